"""A call as the database remembers it, step by step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection

from ivr.dialog.events import Hypothesis, Keyed, Part, Spoken, Utterance
from ivr.dialog.state import state_from_json
from ivr.errors import RecordError
from ivr.simulator.scenario import Incident
from ivr.stepping import MASK
from ivr.store.calls import CallRow, Turn, load_call, turns_of
from ivr.store.incidents import list_incidents
from ivr.store.operators import list_operators

KEYS_BEGIN = "<"
"""In a stored line; see ``Utterance.best_text``."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a caller said or keyed, as it was understood. Personal data."""

    text: str
    """Words, and keys in angle brackets; ``MASK`` for a secret."""
    field: str
    """The question that was open."""
    result: str | None
    """One of ``ivr.dialog.answered.Answered``; None where it was no answer."""

    @property
    def is_secret(self) -> bool:
        return self.text == MASK

    @property
    def utterance(self) -> Utterance:
        return Utterance(tuple(_parts(self.text)))


@dataclass(frozen=True, slots=True)
class StoredStep:
    """One event of the call. ``line`` is None where the caller was silent, or the telephone told something."""

    number: int
    line: Line | None
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A whole call. Personal data."""

    sid: str
    number: str
    """The caller's, as Twilio gave it."""
    started_at: datetime
    steps: tuple[StoredStep, ...]
    slots: Mapping[str, str]
    """Answers as they stood at the end."""
    incident: Incident | None
    desk: bool
    """True where operators have accounts, so that callers wait in line for them."""

    @property
    def by_keys(self) -> bool:
        """True where no word was heard in it."""
        lines = [step.line for step in self.steps if step.line]
        return all(line.is_secret or line.utterance.keyed_only for line in lines) and any(
            line.utterance.keyed_only for line in lines
        )


def read_call(conn: Connection, sid: str) -> StoredCall:
    """The call. Raises ``RecordError`` where there is none, or nothing was said in it."""
    row, lines = load_call(conn, sid, lock=False), turns_of(conn, sid)
    if row is None or not lines:
        raise RecordError(
            f"Nothing is kept of a call {sid[:40]!r}; take a CallSid out of the log or of the desk's address."
        )
    steps = tuple(_step(list(of_step)) for _, of_step in groupby(lines, key=lambda line: line.step))
    slots = state_from_json(row.state).slots if row.state else {}
    return StoredCall(
        row.sid,
        row.from_number,
        row.started_at,
        steps,
        slots,
        _incident(conn, row),
        bool(list_operators(conn)),
    )


def _incident(conn: Connection, row: CallRow) -> Incident | None:
    """The first outage that was known when the call began."""
    for one in list_incidents(conn):
        if one.opened_at <= row.started_at < (one.closed_at or one.expires_at):
            return Incident(category=one.category, say=one.say)
    return None


def _step(lines: list[Turn]) -> StoredStep:
    heard = next((line for line in lines if line.who == "caller"), None)
    says = tuple(line.text for line in lines if line.who == "hotline")
    line = Line(heard.text, heard.field or "", heard.result) if heard else None
    return StoredStep(lines[0].step, line, says)


def _parts(text: str) -> Iterator[Part]:
    """The parts that ``Utterance.best_text`` shows, words next to each other as one."""
    for keyed, words in groupby(text.split(), key=lambda word: word.startswith(KEYS_BEGIN)):
        joined = list(words)
        if keyed:
            yield from (Keyed(word.strip("<>")) for word in joined)
        else:
            yield Spoken((Hypothesis(" ".join(joined)),))
