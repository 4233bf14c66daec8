"""A call by text: the real dialogue and services on a throw-away database, without telephone, sound and server."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.application import Application
from ivr.calls import TRANSFER, Answer
from ivr.clock import ShiftedClock
from ivr.content import GRAMMARS, content_of
from ivr.dialog.commands import HangUp, Listen, Reply, Transfer
from ivr.dialog.events import CallEvent, Finished, Heard, Hypothesis, Keyed, NoInput, Part, Spoken, Utterance
from ivr.dialog.forms import Field
from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.dialog.render import PLACEHOLDER
from ivr.media.prompts import same_words
from ivr.media.question import phrases_for
from ivr.retelling.acts import Act, Piece, Told
from ivr.simulator.hosting import KEYPAD_ONLY_STREAMS, codes_drawn, furnish, own_settings
from ivr.simulator.scenario import CODE_IN_SMS, Incident, filled
from ivr.slots.words import fold
from ivr.speech.recognizer import Hearing, Recognizer
from ivr.store.appeals import list_appeals
from ivr.store.calls import load_call
from ivr.store.cards import find_samples
from ivr.store.operators import Operator, add_operator
from ivr.store.outbox import messages_to

CALL_SID = "CA" + "0" * 32
ANNA = "anna"
"""The operator at the desk."""
CODES_SEED = 1
_TWILIO_SECONDS = 6.0
"""What a silence on the keypad lasts at most where the question says nothing shorter."""


@dataclass(frozen=True, slots=True)
class World:
    """Where and when a call takes place."""

    number: str
    """The caller's, E.164."""
    time: datetime
    """Local time at the hotline, to the minute."""
    keypad: bool = False
    incident: Incident | None = None
    desk: bool = False
    """True: an operator of the desk is ready, so that callers wait in line; else the operators' number is dialled."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is true when the call is over."""

    disposition: str
    cards: dict[str, str]
    """Sample cards whose status has changed, with the new one."""
    appeals: int


class Deaf:
    """An ear and a recognizer that hear nothing: texts need no model."""

    def recognizer(self, phrases: tuple[str, ...]) -> Recognizer:
        return self

    def missing_words(self, words: Iterable[str]) -> list[str]:
        return []

    def accept(self, pcm: bytes) -> Hearing:
        return Hearing()

    def finish(self) -> tuple[Hypothesis, ...]:
        return ()


class TextCall:
    """One call. ``dial`` first, then ``act`` until what it told is ``over``."""

    def __init__(self, application: Application, world: World) -> None:
        self._application, self._world = application, world
        self._book = application.content.book
        self._listen: Listen | None = None
        self._step = 0
        self._seen_sms = 0
        self._code = ""
        self._over = False
        self._statuses = self._sample_statuses()

    def dial(self) -> Told:
        number = self._application.content.hotline.hotline_number
        return self._told(self._application.calls.begin(CALL_SID, self._world.number, number))

    def act(self, act: Act) -> Told:
        """What the hotline makes of it. Nothing may follow what was ``over``."""
        assert not self._over
        if act.hangs_up:
            return self._hang_up()
        return self._told(self._application.calls.step(CALL_SID, self._step, self._event(act)))

    @property
    def question(self) -> Field | None:
        """The open question; None where the call is over."""
        return self._book.fields[self._listen.field] if self._listen else None

    @property
    def keys_only(self) -> bool:
        """True where nobody listens for words."""
        return self._world.keypad or (self._listen is not None and self._listen.keypad)

    @property
    def code(self) -> str:
        """The digits of the newest code; empty before it."""
        return self._code

    def left(self) -> Left:
        """What the call has left behind."""
        with self._application.db.reading() as conn:
            row, appeals = load_call(conn, CALL_SID, lock=False), len(list_appeals(conn))
        now = self._sample_statuses().items()
        changed = {number: status for number, status in now if self._statuses.get(number) != status}
        return Left((row.disposition if row else None) or "hung_up", changed, appeals)

    # -- plumbing -------------------------------------------------------------------------------------------------

    def _told(self, answer: Answer) -> Told:
        reply, says = answer.reply, answer.reply.says
        transferred_after: int | None = None
        while isinstance(reply.then, Transfer):
            transferred_after = len(says) if transferred_after is None else transferred_after
            reply = self._application.calls.step(CALL_SID, reply.step, Finished(TRANSFER, "answered")).reply
            says += reply.says
        self._step = reply.step
        self._listen = reply.then if isinstance(reply.then, Listen) else None
        self._over = isinstance(reply.then, HangUp)
        return Told(says, self._new_sms(), self._over, self._silence(reply), transferred_after)

    def _hang_up(self) -> Told:
        self._application.calls.status(CALL_SID, "completed", None)
        self._listen, self._over = None, True
        return Told((), self._new_sms(), over=True)

    def _silence(self, reply: Reply) -> float:
        if not isinstance(reply.then, Listen):
            return 0.0
        field = self._book.fields[reply.then.field]
        return max(reply.then.silence_seconds(field.silence_seconds), _TWILIO_SECONDS)

    def _new_sms(self) -> tuple[str, ...]:
        with self._application.db.reading() as conn:
            rows = messages_to(conn, self._world.number)
        new = [row.body or "" for row in rows[self._seen_sms :]]
        self._seen_sms = len(rows)
        found = [code for body in new for code in CODE_IN_SMS.findall(body)]
        self._code = found[-1] if found else self._code
        return tuple(new)

    def _sample_statuses(self) -> dict[str, str]:
        with self._application.db.reading() as conn:
            return {card.number: card.status for card in find_samples(conn)}

    # -- what a caller says ---------------------------------------------------------------------------------------

    def _event(self, act: Act) -> CallEvent:
        parts = tuple(part for piece in act.pieces if (part := self._part(piece)))
        return Heard(Utterance(parts)) if parts else NoInput()

    def _part(self, piece: Piece) -> Part | None:
        if piece.keyed:
            pressed = "".join(key for key in filled(piece.text, self._code) if key in "0123456789*#")
            return Keyed(pressed) if pressed else None
        slot = self._application.content.slot_types["one_time_code"]
        text = PLACEHOLDER.sub(lambda name: " ".join(slot.spoken(filled(name[0], self._code))), piece.text)
        text = self._as_heard(text)
        return Spoken((Hypothesis(text),)) if text else None

    def _as_heard(self, text: str) -> str:
        """As a recognizer gives it: words that the question does not listen for are other speech."""
        assert self._listen is not None
        known = {fold(word) for phrase in phrases_for(self._book, self._listen) for word in phrase.split()}
        words = (word if fold(word) in known else UNKNOWN_WORD for word in same_words(text).split())
        return " ".join(words)


@contextmanager
def text_call(world: World) -> Iterator[TextCall]:
    """A call on a hotline of its own, with the sample cards; both are thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="hotline-") as folder:
        streams = KEYPAD_ONLY_STREAMS if world.keypad else 1
        settings = own_settings(f"sqlite:///{folder}/call.db", "http://127.0.0.1", streams)
        clock = ShiftedClock(world.time.replace(tzinfo=settings.zone))
        content = content_of(GRAMMARS, world.time.year)
        application = Application(settings, clock=clock, ear=Deaf(), draw=codes_drawn(CODES_SEED), content=content)
        try:
            application.prepare()
            furnish(application, world.time.date(), world.incident, world.incident.category if world.incident else "")
            if world.desk:
                _add_anna(application)
            yield TextCall(application, world)
        finally:
            application.db.close()


def _add_anna(application: Application) -> None:
    now = application.clock.now()
    seen = now + timedelta(days=1)
    with application.db.transaction() as conn:
        add_operator(conn, Operator(ANNA, ANNA, "operator", None, None, None, "browser", "ready", now, seen))
