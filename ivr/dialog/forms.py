"""What a dialogue is made of: the words of VoiceXML (form, field, prompt, grammar, noinput, nomatch) as frozen data.

A ``DialogBook`` is loaded from ``grammars/`` by ``ivr.book``, checked once, and never changes during a call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from ivr.dialog.events import Utterance

RETURN = "return"
"""Stands for a form: the one that wanted another passed first."""


@dataclass(frozen=True, slots=True)
class Complete:
    """The utterance gives a whole value."""

    values: tuple[str, ...]
    """All readings that fit, most likely first, each once; never empty. Canonical form, see the slot type."""
    closed: bool = True
    """False while more speech could still lengthen the value, so that the endpoint waits longer."""
    sure: bool = field(default=False, compare=False)
    """True where nothing that a caller may go on with changes the value: the endpoint need not wait for more."""
    forced: bool = False
    """True where only an unnatural reading is a whole value: more is likely to come, as after a beginning."""
    rivals: int = field(default=1, compare=False)
    """How many of the first readings can hardly be told apart by what was heard: worth a question."""


@dataclass(frozen=True, slots=True)
class Partial:
    """A good beginning that needs more."""

    progress: str
    """What is understood so far in canonical form, such as the first eight digits."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Nothing usable."""

    reason: str
    """A word from the slot type's closed set, such as ``nothing``, ``too_long``, ``impossible``."""


Reading = Complete | Partial | Rejection


class SlotType(Protocol):
    """A kind of answer: how it is heard, and how it is said back. Pure: no I/O, clock or randomness."""

    @property
    def name(self) -> str: ...

    def phrases(self) -> tuple[str, ...]:
        """The recognizer's list for this answer: phrases of in-vocabulary words (see ``vosk.md`` 1.8)."""
        ...

    def read(self, utterance: Utterance) -> Reading:
        """Hypotheses and keys to a value."""
        ...

    def spoken(self, value: str) -> tuple[str, ...]:
        """The value in words, cut into the pieces that are recorded: ``("сорок два", "семьдесят шесть")``."""
        ...

    def key_count(self) -> int | None:
        """How many keys make a whole answer; None where ``#`` ends it."""
        ...


@runtime_checkable
class ClosedSet(Protocol):
    """A slot type whose values can be listed, so that a form may branch on them."""

    @property
    def values(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text with a name. The text is the truth; ``audio/prompts/<name>.wav`` is played where it exists."""

    name: str
    text: str
    """Russian words; ``{slot}`` or ``{fact}`` stands for a value."""
    bargein: bool = True


@dataclass(frozen=True, slots=True)
class Confirm:
    """How a field's value is read back."""

    when: Literal["never", "spoken", "always"]
    """``spoken``: only when some of the value was heard, for keys are never misheard."""
    ask: Prompt
    noinput: tuple[Prompt, ...]
    nomatch: tuple[Prompt, ...]
    wrong: Prompt
    """Said when the caller refuses the value, before the question is asked again."""


@dataclass(frozen=True, slots=True)
class Clarify:
    """The small questions by which a value is put right in part, each the name of a question."""

    which: str
    """Which of two versions of one block is meant."""
    where: str
    """Which block of a refused value is wrong."""
    again: str
    """One block once more."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question. Its lists of noinput and nomatch prompts are the retry counters."""

    name: str
    slot: SlotType
    ask: Prompt
    keys: Prompt
    """The keypad twin of ``ask``."""
    help: Prompt
    more: Prompt | None
    """Said after a partial answer; ``{heard}`` is what was understood."""
    noinput: tuple[Prompt, ...]
    nomatch: tuple[Prompt, ...]
    confirm: Confirm | None = None
    choose: str | None = None
    """An action that picks one of several readings, or None where the first is taken."""
    keep: bool = True
    """False: the answer counts once, and the question is asked again whenever its form is entered."""
    secret: bool = False
    """True: the answer is never read back nor written to a transcript."""
    silence_seconds: float = 6.0
    """Silence after the prompt that counts as noinput."""
    unanswered: str | None = None
    """The answer that a caller gives by saying nothing to the end; None: who says nothing needs an operator."""
    kept: tuple[Prompt, ...] = ()
    """For a number in blocks: said when the first one, the first two and so on are there from a call that broke off;
    one fewer than there are blocks."""
    clarify: Clarify | None = None
    pieces: tuple[str, ...] = ()
    """Small questions, asked one by one when the whole answer could not be understood; their answers are joined."""
    lead: Prompt | None = None
    """Said before the question whenever it is asked: what to do now, of which is then asked whether it helped."""


@dataclass(frozen=True, slots=True)
class End:
    """How a form leaves the machine."""

    kind: Literal["hang_up", "transfer"]
    disposition: str
    """``solved``, ``operator`` or ``appeal``."""


@dataclass(frozen=True, slots=True)
class First:
    """A form that has to be passed before another one."""

    form: str
    unless: str
    """The fact that spares it where it is not empty."""


@dataclass(frozen=True, slots=True)
class Form:
    """Ordered questions, then an action whose outcome names what is said and which form comes next."""

    name: str
    title: str
    """What an operator reads."""
    opening: Prompt | None = None
    ask: tuple[str, ...] = ()
    finish: str | None = None
    """An action's name, or None for a form that only speaks."""
    args: Mapping[str, str] = field(default_factory=dict)
    """Constants for the action."""
    branch: str | None = None
    """One of ``ask``, whose answer is the outcome; given instead of an action."""
    sets: Mapping[str, str] = field(default_factory=dict)
    """Facts that are true from the moment the form is entered."""
    first: First | None = None
    say: Mapping[str, Prompt] = field(default_factory=dict)
    then: Mapping[str, str] = field(default_factory=dict)
    """Outcome to form, or to ``RETURN``. A form without an action and a branch has the one outcome ``done``."""
    end: End | None = None


UniversalName = Literal["operator", "repeat", "help", "restart", "slower", "faster", "back", "wait"]


@dataclass(frozen=True, slots=True)
class Universal:
    """A word that works at every question."""

    name: UniversalName
    phrases: tuple[str, ...]
    keys: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is heard and said while a caller waits in line for an operator."""

    words: SlotType
    """Reads what a waiting caller says or presses: ``call_back``, ``menu`` or ``repeat``."""
    prompts: Mapping[str, Prompt]
    """By the names of ``ivr.book.waiting.PROMPTS``."""
    tips: tuple[Prompt, ...]
    """Said by turns between the music."""
    counted: Mapping[str, str]
    """Texts around one ``{number}``, by the names of ``ivr.book.waiting.COUNTED``."""
    nouns: Mapping[str, tuple[str, str, str]]
    """What is counted, as it is said behind one, a few and many; by the names of ``ivr.book.waiting.NOUNS``."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may cost a caller's patience."""

    misses: int
    """Noinputs and nomatches in the whole call before an operator is offered."""
    stream_losses: int
    """Streams that may break before the call goes on by keypad."""


@dataclass(frozen=True, slots=True)
class DialogBook:
    """All forms and questions, checked and immutable."""

    forms: Mapping[str, Form]
    fields: Mapping[str, Field]
    universals: tuple[Universal, ...]
    yes_no: SlotType
    prompts: Mapping[str, Prompt]
    """Prompts that belong to no form: ``keypad_only``, ``resume`` and the like."""
    limits: Limits
    start: str
    """The form a call begins with."""
    escalate: str
    """The form that leads to an operator."""
    home: str | None
    """The form that asks what the caller needs, where there is one: «в начало» leads back to it."""
    version: str
    """A hash of all that was loaded."""
    waiting: Waiting | None = None
    """None for dialogues without a line of callers."""
