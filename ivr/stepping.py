"""One step of one call, inside its transaction: advance the dialogue, run its actions, save what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import Connection

from ivr.actions import Action
from ivr.actions.services import Context, Services
from ivr.clock import Clock
from ivr.dialog.answered import answered
from ivr.dialog.commands import Ending, HangUp, Listen, Reply, Run, Say, Transfer, reply_to_json, says_of
from ivr.dialog.engine import advance
from ivr.dialog.events import CallEvent, Driver, Finished, Heard, HungUp, NoInput
from ivr.dialog.forms import DialogBook
from ivr.dialog.state import DialogState, state_from_json, state_to_json
from ivr.dialog.walk import PACE
from ivr.feed import Answer, Feed, Line
from ivr.store.answers import note_answer
from ivr.store.calls import CallRow, Turn, add_turns, remember_token, save_step
from ivr.store.db import Database
from ivr.store.incidents import note_topic
from ivr.telephony.stream_token import StreamTokens

log = structlog.get_logger(__name__)

MASK = "***"
"""Stands for a secret answer in the written dialogue."""


class StepServices(Services, Protocol):
    """An action's services, and the SMS that the step put into the outbox."""

    @property
    def outbox_ids(self) -> list[str]: ...


class ServicesFactory(Protocol):
    """Makes an action's services for one step of one call."""

    def __call__(self, conn: Connection, call_sid: str, from_number: str) -> StepServices: ...

    def resume_since(self) -> datetime:
        """Calls that broke off before this are not gone on with."""
        ...

    def caller_phone(self, from_number: str) -> str | None:
        """The number in E.164 where it can receive SMS."""
        ...

    def starting_facts(self, conn: Connection, from_number: str) -> Mapping[str, str]:
        """What is true of a call that begins now."""
        ...

    def remember_pace(self, conn: Connection, from_number: str, pace: str) -> None:
        """For the caller's next call."""
        ...


class CallersLine(Protocol):
    """The line to the operators, as far as a call is concerned."""

    def came_back(self, conn: Connection, call_sid: str, *, bridged: bool = False) -> str:
        """How a caller whose leg lives has come back from the queue: an outcome of a transfer."""
        ...


class ClipKeeper(Protocol):
    """Keeps the sound behind answers for operators."""

    def keep(
        self, conn: Connection, call_sid: str, before: DialogState | None, after: DialogState, mulaw: bytes
    ) -> None:
        """``mulaw``: what was said in the turn between the two states; nothing is kept of what is no answer."""
        ...


@dataclass(frozen=True, slots=True)
class CallsSetup:
    """What calls work with."""

    book: DialogBook
    db: Database
    actions: Mapping[str, Action]
    services: ServicesFactory
    clock: Clock
    feed: Feed
    stream_tokens: StreamTokens
    account_sid: str
    facts: Mapping[str, str]
    """Words that every prompt may name, such as the brand."""
    deliver_soon: Callable[[str], None]
    """Told of an outbox row after its transaction was committed."""
    line: CallersLine
    call_ending: Callable[[str], object]
    """Told, after the commit, that the dialogue has come to its end; the caller still hears the goodbye."""
    call_over: Callable[[str], object]
    """Told after the commit that a call, or its dialogue, has ended; perhaps more than once."""
    clips: ClipKeeper
    streams_free: Callable[[], bool]
    """False when recognition is full or down, so that a new call is served by keypad."""


class Step:
    """The transaction of one event. ``outbox_ids`` and ``lines`` are for after its commit."""

    def __init__(self, setup: CallsSetup, conn: Connection, row: CallRow) -> None:
        self._setup = setup
        self._conn = conn
        self._row = row
        self.sid = row.sid
        self.outbox_ids: list[str] = []
        """SMS to deliver."""
        self.lines: list[Line] = []
        """Dialogue to show."""
        self.answers: list[Answer] = []
        """For whoever follows what was heard."""
        self.over = False
        """True once the dialogue has come to its end."""
        self._result: str | None = None

    def take(
        self, state: DialogState | None, event: CallEvent, driver: Driver, token: str | None, clip: bytes = b""
    ) -> Reply:
        """Work an event through and store everything.

        ``token``: the webhook's, to know it when it comes again; ``clip``: the μ-law behind a spoken answer.
        """
        state_after, says, then = self._work(state, event)
        lost_too_often = state_after.stream_losses >= self._setup.book.limits.stream_losses
        reply = Reply(self._row.step + 1, says, then, "keypad" if lost_too_often else driver)
        self.over = isinstance(then, HangUp)
        self._save(state_after, reply, token)
        if clip:
            self._setup.clips.keep(self._conn, self._row.sid, state, state_after, clip)
        self._note_topic(state, state_after)
        self._remember_pace(state, state_after)
        self._write_dialogue(state, event, reply)
        log.info(
            "step", call_sid=self._row.sid, step=reply.step, form=state_after.form, field=state_after.field or "none"
        )
        return reply

    def hang_up(self) -> None:
        """The caller left before the dialogue was over."""
        state, _ = advance(self._setup.book, state_from_json(self._row.state), HungUp())
        self._store(state, self._row.reply, self._row.driver, state.disposition)
        log.info("hung_up", call_sid=self._row.sid, form=state.form)

    def _work(self, state: DialogState | None, event: CallEvent) -> tuple[DialogState, tuple[Say, ...], Ending]:
        """Advance until the dialogue waits for the caller or for the telephone."""
        services = self._setup.services(self._conn, self._row.sid, self._row.from_number)
        before = state
        state, commands = advance(self._setup.book, state, event)
        self._note_answer(before, event, state)
        self._follow(before, event)
        says = says_of(commands)
        while isinstance(run := commands[-1], Run):
            finished = self._run(run, state.facts, services)
            state, commands = advance(self._setup.book, state, finished)
            says += says_of(commands)
        self.outbox_ids += services.outbox_ids
        then = commands[-1]
        assert isinstance(then, Listen | Transfer | HangUp)
        return state, says, then

    def _note_answer(self, before: DialogState | None, event: CallEvent, after: DialogState) -> None:
        """Count how the open question fared: reports tell which ones callers fail at."""
        result = answered(self._setup.book, before, event, after) if before is not None else None
        if before is not None and before.field is not None and result is not None:
            self._result = result
            note_answer(self._conn, self._row.sid, before.field, result, self._setup.clock.now())

    def _follow(self, before: DialogState | None, event: CallEvent) -> None:
        if before is None or before.field is None or not isinstance(event, Heard | NoInput):
            return
        utterance = event.utterance if isinstance(event, Heard) else None
        answer = Answer(self._row.sid, before.field, before.confirming, before.heard, utterance, self._result)
        self.answers.append(answer)

    def _run(self, run: Run, facts: Mapping[str, str], services: Services) -> Finished:
        caller = self._setup.services.caller_phone(self._row.from_number)
        context = Context(self._row.sid, caller, run.slots, run.candidates, run.args, facts)
        finished = self._setup.actions[run.action].run(context, services)
        log.info("action", call_sid=self._row.sid, action=run.action, outcome=finished.outcome)
        return finished

    def _save(self, state: DialogState, reply: Reply, token: str | None) -> None:
        rendered = reply_to_json(reply)
        disposition = state.disposition if isinstance(reply.then, HangUp) else None
        self._store(state, rendered, reply.driver, disposition)
        if token:
            at = self._setup.clock.now()
            remember_token(self._conn, token, call_sid=self._row.sid, step=reply.step, at=at)

    def _note_topic(self, before: DialogState | None, after: DialogState) -> None:
        """What the call is about: rising counts of one thing suggest an outage."""
        category = after.facts.get("category", "")
        if category and (before is None or category != before.facts.get("category")):
            note_topic(self._conn, self._row.sid, category, self._setup.clock.now())

    def _remember_pace(self, before: DialogState | None, after: DialogState) -> None:
        pace = after.facts.get(PACE)
        if pace and before is not None and pace != before.facts.get(PACE):
            self._setup.services.remember_pace(self._conn, self._row.from_number, pace)

    def _store(
        self, state: DialogState, reply: Mapping[str, object] | None, driver: str, disposition: str | None
    ) -> None:
        saved = save_step(
            self._conn,
            self._row.sid,
            self._row.step,
            state=state_to_json(state),
            reply=reply,
            driver=driver,
            disposition=disposition,
            at=self._setup.clock.now(),
        )
        assert saved, "the row is locked, so nobody else can have moved the call"

    def _write_dialogue(self, state: DialogState | None, event: CallEvent, reply: Reply) -> None:
        heard = self._heard_text(state, event)
        at = self._setup.clock.now()
        field = state.field if state else None
        lines = [Turn(reply.step, "caller", heard, at, field, self._result)] if heard else []
        lines += [Turn(reply.step, "hotline", say.text, at) for say in reply.says]
        add_turns(self._conn, self._row.sid, lines)
        by_twiml = isinstance(event, Finished) and not isinstance(reply.then, Listen)
        if reply.driver == "keypad" or by_twiml:
            self._show(event, reply)  # in a stream the media session shows each line as it is spoken

    def _heard_text(self, state: DialogState | None, event: CallEvent) -> str:
        if not isinstance(event, Heard):
            return ""
        field = self._setup.book.fields.get(state.field or "") if state else None
        return MASK if field and field.secret else event.utterance.best_text

    def _show(self, event: CallEvent, reply: Reply) -> None:
        if isinstance(event, Heard):
            self.lines.append(Line(self._row.sid, "keys", event.utterance.keys))
        self.lines += [Line(self._row.sid, "hotline", say.text) for say in reply.says]
