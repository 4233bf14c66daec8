"""What a played scenario leaves behind: the dialogue with its times, what was heard, how soon it was answered."""

from dataclasses import dataclass

from ivr.exchange.record import CallRecord
from ivr.feed import Line
from ivr.simulator.scenario import Mode, Scenario

Tape = list[tuple[bytes, bytes]]
"""Both sides of a call, 20 ms each: what was said into the telephone and what was heard."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the dialogue and when it came."""

    call: int
    """Which call of the scenario, from 0."""
    at: float
    """Seconds of that call."""
    line: Line


@dataclass(frozen=True, slots=True)
class Understood:
    """What the hotline made of one turn of the caller."""

    call: int
    at: float
    turn: int
    """The line of the scenario that the caller was at, from 1; 0 before the first."""
    question: str
    confirming: bool
    """It was to the read-back."""
    text: str
    """What was heard or keyed; empty for silence."""
    alternatives: tuple[tuple[str, float], ...]
    """Other ways to hear it, with libvosk's confidence, best first; those of a turn's stretches one after another."""
    value: str
    """What was read from it, parts that were given before included."""
    result: str | None
    """One of ``ivr.dialog.answered.Answered``."""
    command: str
    """The word that works everywhere, such as ``operator``; empty for none."""
    by_keys: bool
    noisy: bool
    """There was noise under what the caller did."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How soon the hotline answered a turn."""

    call: int
    at: float
    """When the answer began."""
    turn: int
    milliseconds: int
    """Call time from the caller's end to the answer's beginning; the machine's own speed is not in it."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a scenario went."""

    scenario: Scenario
    mode: Mode
    failures: tuple[str, ...]
    moments: tuple[Moment, ...]
    """The dialogue, final lines only."""
    records: tuple[CallRecord, ...]
    """The telephone's side, a record a call of the caller's."""
    legs: tuple[CallRecord, ...] = ()
    """The calls that the hotline made: to operators, and back to callers."""
    understood: tuple[Understood, ...] = ()
    replies: tuple[Reply, ...] = ()
    tapes: tuple[Tape, ...] = ()
    """A tape a call, as ``Moment.call`` counts them."""

    @property
    def passed(self) -> bool:
        return not self.failures

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(moment.line for moment in self.moments)
