"""The screen of a call, as the operator's page shows it: seven blocks of plain data, times in UTC, texts in Russian.

All of it is personal data: it goes to the operator's page and nowhere else.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Source = Literal["heard", "keyed", "corrected", "missing"]
"""How a value came in: said, keyed by the caller, or put right by an operator; ``missing``: there is none, but an
operator may fill it in."""
Side = Literal["caller", "hotline"]
InputKind = Literal["text", "choice", "long_text"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, in words."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Who:
    """The caller."""

    phone: str
    """Masked, as ``+7 *** ***-01-02``; empty where the number is withheld. ``reveal`` gives the whole of it."""
    verified: bool
    """True once this call has proven, by a code, to hold the card's phone."""
    calls_day: int
    """Calls from this number in 24 hours, this one included; 0 where the number is withheld."""
    calls_month: int
    """The same in 30 days."""


@dataclass(frozen=True, slots=True)
class Why:
    """What the caller wants, and how far the machine has come."""

    category: str | None
    """The category's name; None: the caller never got as far as to name one."""
    title: str
    path: tuple[Moment, ...]
    """The call's way, oldest first."""
    failures: tuple[str, ...]
    """What went wrong: recognition, codes, ways that did not help, a lost stream. Empty: nothing did."""
    misses: int
    """Silences and answers not understood in the whole call."""
    last_question: str | None
    """What the hotline asked last."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The caller's time in the line."""

    place: int | None
    """The number in the line; None: the caller has not joined it."""
    since: datetime | None
    seconds: int
    """From joining to the operator's answer, or to now."""
    positions: tuple[Moment, ...]
    """The positions that the caller was told, and what else happened to the place."""
    call_back: datetime | None
    """When a call back is promised for; None: none is."""
    tries: int
    """How often a call back was dialled."""


@dataclass(frozen=True, slots=True)
class CaseField:
    """An answer of the caller."""

    name: str
    """The slot; goes into addresses and requests."""
    title: str
    value: str
    """As it is read by people: ``4276 0512 0002 0024``, ``23.05.1985``; empty where there is none."""
    source: Source
    fits: bool | None
    """Whether it agrees with what is on file; None where nothing is there to compare with."""
    proven: bool
    """True for the card whose holder's phone this call has proven to hold."""
    clip: bool
    """True where the sound behind the answer can be heard."""
    choices: tuple[tuple[str, str], ...] = ()
    """Value and title of all that a correction may say; empty: any text, read like the caller's speech."""


@dataclass(frozen=True, slots=True)
class CaseCard:
    """The card in the loyalty base."""

    known: bool
    """False where the base has no such card."""
    number: str
    """Masked, its last four digits alone."""
    status: str
    """``issued``, ``active``, ``blocked``, ``excluded`` or ``replaced``; empty for an unknown card."""
    status_title: str
    balance: str
    """A number and the noun; empty for an unknown card."""
    phone: str
    """The one on file, masked; empty where none is."""
    since: datetime | None
    """When it was activated; for one that waits for activation, when it was handed out."""
    operations: tuple[Moment, ...]
    """Points that came and went, newest first."""
    receipts: tuple[Moment, ...]
    """Purchases, newest first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the same decision tables as in calls have found."""

    table: str
    """The action that decided, such as ``diagnose_points``."""
    outcome: str
    text: str


@dataclass(frozen=True, slots=True)
class Input:
    """What an action asks of the operator."""

    name: str
    title: str
    kind: InputKind
    required: bool
    value: str = ""
    """What stands in it at first."""
    choices: tuple[tuple[str, str], ...] = ()
    """Value and title, for ``choice``."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An action that can be done now, or why it cannot."""

    kind: str
    """Goes into requests: ``send_code``, ``activate`` …"""
    title: str
    confirm: str
    """The question before it is done."""
    inputs: tuple[Input, ...] = ()
    refusal: str = ""
    """Why it cannot be done now; empty: it can."""
    suggested: bool = False
    """True for what the suggestion names; these come first."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The next step."""

    steps: tuple[str, ...]
    """Sentences, the first to be done first."""
    actions: tuple[Offered, ...]
    """All actions, suggested ones first. ``reveal`` and ``correct_field`` have places of their own on the page."""


@dataclass(frozen=True, slots=True)
class CaseAppeal:
    """An appeal of the caller that is not closed."""

    number: str
    """Eight digits."""
    title: str
    """Of its category."""
    status: str
    """``open`` or ``answered``."""
    status_title: str
    due_at: datetime
    timeline: tuple[Moment, ...]
    this_call: bool
    """Registered in this very call."""


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """A line of the dialogue."""

    id: int
    """Grows; what came after a line is asked for by it."""
    at: datetime
    who: Side
    text: str
    """Secret answers are masked."""


@dataclass(frozen=True, slots=True)
class CallScreen:
    """All that an operator sees of a call."""

    call_sid: str
    who: Who
    why: Why
    wait: Wait
    fields: tuple[CaseField, ...]
    card: CaseCard | None
    """None where the caller gave no card, or where the base is away."""
    base_away: bool
    """True where the loyalty base does not answer: the card's block says so."""
    finding: Finding | None
    suggestion: Suggestion
    appeals: tuple[CaseAppeal, ...]
    transcript: tuple[TranscriptLine, ...]
