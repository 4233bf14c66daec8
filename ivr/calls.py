"""Where the dialogue meets the world: every event of a call comes in here and is worked through in one transaction.

Any process can serve any step, since nothing of a call lives outside the database. A webhook that comes twice, late or
out of order finds that the call has moved on: it is answered with what the call says now and changes nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from ivr.dialog.commands import Listen, Reply, Transfer, reply_from_json
from ivr.dialog.events import CallEvent, Driver, Finished, Started, StreamLost, Utterance
from ivr.dialog.state import DialogState, state_from_json
from ivr.stepping import CallsSetup, Step
from ivr.store.calls import (
    CallRow,
    SeenStep,
    consume_stream,
    dropped_call,
    insert_call,
    load_call,
    load_step,
    save_reply,
    set_status,
    set_stream_serial,
)
from ivr.store.db import StoreError
from ivr.store.line import Place, places_of_call

log = structlog.get_logger(__name__)

TRANSFER = "transfer"
"""The name under which the end of a transfer comes back to the dialogue."""


class UnknownCallError(Exception):
    """A webhook about a call that never began here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook is answered with."""

    reply: Reply
    stream_token: str | None = None
    """Given when the call goes on in a media stream."""
    stream_serial: int = 0
    """Which stream the token opens; comes back in the address of the redirect behind it."""
    place: Place | None = None
    """Given when the call waits in the line to the operators."""


class Calls:
    """All calls of the hotline. Methods block on the database; safe to use from several threads.

    They raise ``ivr.store.db.StoreError`` where the database fails; nothing is stored then.
    """

    def __init__(self, setup: CallsSetup) -> None:
        self._setup = setup

    # -- webhooks -------------------------------------------------------------------------------------------------

    def begin(self, sid: str, from_number: str, to_number: str, token: str | None = None) -> Answer:
        """The telephone rings. A second delivery for the same call is answered like the first."""
        driver: Driver = "stream" if self._setup.streams_free() else "keypad"
        with self._transaction() as (conn, step_of):
            row = load_call(conn, sid) or self._insert(conn, sid, from_number, to_number, driver)
            if row.step > 0:  # it has begun already, perhaps at this very moment in another process
                return self._answer(conn, row, _last_reply(row))
            facts = {**self._setup.facts, **self._setup.services.starting_facts(conn, from_number)}
            started = Started(keypad=driver == "keypad", facts=facts)
            return self._answer(conn, row, step_of(row).take(self._earlier(conn, row), started, driver, token))

    def step(self, sid: str, step: int, event: CallEvent, token: str | None = None, clip: bytes = b"") -> Answer:
        """One event of the dialogue. Only the first event of a step counts. Raises ``UnknownCallError``.

        ``clip``: the μ-law behind a spoken answer.
        """
        return self._step(sid, step, lambda _: event, token, clip)

    def after_stream(self, sid: str, serial: int, token: str | None = None) -> Answer:
        """The socket was closed. By us: here is what comes next. By anything else: the dialogue hears of it.

        A stream has number ``serial`` until it opens and the next one from then on; its loss takes it one further, so
        that the same loss told twice counts once. Raises ``UnknownCallError``.
        """
        with self._transaction() as (conn, step_of):
            row, seen = _load(conn, sid, token)
            reply = _last_reply(row)
            waits = isinstance(reply.then, Listen) and row.driver == "stream" and row.disposition is None
            if seen is not None or not waits or row.stream_serial not in (serial, serial + 1):
                return self._answer(conn, row, reply)
            log.warning("stream_lost", call_sid=sid)
            set_stream_serial(conn, sid, serial + 2)
            reply = step_of(row).take(state_from_json(row.state), StreamLost(), "stream", token)
            return self._answer(conn, row, reply, serial + 2)

    def transferred(self, sid: str, step: int, outcome: str, token: str | None = None) -> Answer:
        """A transfer has come to its end. Raises ``UnknownCallError``."""
        return self.step(sid, step, Finished(TRANSFER, outcome), token)

    def left_queue(self, sid: str, step: int, *, bridged: bool, token: str | None = None) -> Answer:
        """The caller is back from the line to the operators, which knows why. Raises ``UnknownCallError``."""
        came_back = self._setup.line.came_back
        return self._step(sid, step, lambda conn: Finished(TRANSFER, came_back(conn, sid, bridged=bridged)), token)

    def status(self, sid: str, status: str, sequence: int | None) -> None:
        """A status callback: late, repeated and out-of-order ones change nothing."""
        with self._transaction() as (conn, step_of):
            if not set_status(conn, sid, status, sequence, self._setup.clock.now()):
                return
            row = load_call(conn, sid)
            if row is None or row.ended_at is None:
                return
            if row.disposition is None:
                step_of(row).hang_up()
        self._setup.call_over(sid)

    # -- media ----------------------------------------------------------------------------------------------------

    def open_stream(self, sid: str, account_sid: str, token: str) -> Reply | None:
        """Use up a stream's token. None where it is forged, expired, used, or of another call or account."""
        serial = self._setup.stream_tokens.serial_of(sid, token)
        if serial is None or account_sid != self._setup.account_sid:
            return None
        with self._transaction() as (conn, _):
            row = load_call(conn, sid)
            if row is None or row.reply is None or not consume_stream(conn, sid, serial):
                return None
            return reply_from_json(row.reply)

    def heard_so_far(self, sid: str) -> Utterance:
        """The parts of the open answer that earlier turns gave."""
        with self._setup.db.reading() as conn:
            row = load_call(conn, sid, lock=False)
        return state_from_json(row.state).heard if row else Utterance()

    def said(self, sid: str, step: int) -> None:
        """The prompts of this step were played in the stream: TwiML goes straight to what follows them."""
        with self._transaction() as (conn, _):
            row = load_call(conn, sid)
            if row is not None and row.step == step and row.reply is not None:
                save_reply(conn, sid, step, dict(row.reply) | {"says": []})

    # -- plumbing -------------------------------------------------------------------------------------------------

    def _step(
        self,
        sid: str,
        step: int,
        event_of: Callable[[Connection], CallEvent],
        token: str | None,
        clip: bytes = b"",
    ) -> Answer:
        """``event_of`` is asked only where the step is the call's present one."""
        with self._transaction() as (conn, step_of):
            row, seen = _load(conn, sid, token)
            if seen is not None or row.step != step or row.disposition is not None:
                return self._answer(conn, row, _last_reply(row))
            driver: Driver = "keypad" if row.driver == "keypad" else "stream"
            reply = step_of(row).take(state_from_json(row.state), event_of(conn), driver, token, clip)
            return self._answer(conn, row, reply)

    def _insert(self, conn: Connection, sid: str, from_number: str, to_number: str, driver: Driver) -> CallRow:
        at = self._setup.clock.now()
        insert_call(conn, sid, state={}, driver=driver, from_number=from_number, to_number=to_number, at=at)
        row = load_call(conn, sid)
        assert row is not None
        return row

    def _earlier(self, conn: Connection, row: CallRow) -> DialogState | None:
        """Where this caller's last call broke off a moment ago; nobody is known by a withheld number."""
        services = self._setup.services
        if services.caller_phone(row.from_number) is None:
            return None
        state = dropped_call(conn, row.sid, row.from_number, services.resume_since())
        return state_from_json(state) if state else None

    def _answer(self, conn: Connection, row: CallRow, reply: Reply, serial: int | None = None) -> Answer:
        if isinstance(reply.then, Transfer):
            return Answer(reply, place=_held_place(conn, row.sid))
        number = row.stream_serial if serial is None else serial
        in_stream = reply.driver == "stream" and isinstance(reply.then, Listen)
        token = self._setup.stream_tokens.issue(row.sid, number) if in_stream else None
        return Answer(reply, token, number)

    @contextmanager
    def _transaction(self) -> Iterator[tuple[Connection, Callable[[CallRow], Step]]]:
        """A transaction, and what makes its steps; what hangs on them is done once it is committed."""
        steps: list[Step] = []
        with self._setup.db.transaction() as conn:

            def step_of(row: CallRow) -> Step:
                steps.append(Step(self._setup, conn, row))
                return steps[-1]

            yield conn, step_of
        for step in steps:
            for outbox_id in step.outbox_ids:
                self._setup.deliver_soon(outbox_id)
            for line in step.lines:
                self._setup.feed.publish(line)
            for answer in step.answers:
                self._setup.feed.publish_answer(answer)
            if step.over:
                self._let_go(step.sid)

    def _let_go(self, sid: str) -> None:
        """The status callback tells it too, but may get lost: a call back that was promised waits for it."""
        try:
            self._setup.call_ending(sid)
        except StoreError:
            log.exception("end_not_told", call_sid=sid)


def _load(conn: Connection, sid: str, token: str | None) -> tuple[CallRow, SeenStep | None]:
    row, seen = load_step(conn, sid, token)
    if row is None:
        raise UnknownCallError(sid)
    return row, seen


def _last_reply(row: CallRow) -> Reply:
    """What the call says now: the answer to a webhook that came before, or too late."""
    assert row.reply is not None
    return reply_from_json(row.reply)


def _held_place(conn: Connection, sid: str) -> Place | None:
    """The place in the line that the call holds; None: the operators' own number is dialled."""
    return next((place for place in places_of_call(conn, sid) if place.state != "ended" and place.queue), None)
