"""A book together with where everything in it is written, so that each check can name file and line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ivr.book.strict_yaml import Place
from ivr.dialog.forms import ClosedSet, Confirm, DialogBook, Field, Form, Prompt

Outcomes = Mapping[str, frozenset[str]]
"""An action's name to its closed set of outcomes."""
TRANSFER = "transfer"
"""The name under which the end of a transfer comes back, as an action's would."""
DIALLED = frozenset({"answered", "unanswered"})
"""How a caller comes back where the operators' own number is dialled."""
IN_LINE = DIALLED | {"broke_off", "enter_code", "call_back", "left", "closed", "nobody", "full"}
"""How a caller comes back from the line to the operators: ``answered`` and done with; ``unanswered`` by anybody;
because the operator's telephone ``broke_off``; to ``enter_code`` that the operator has sent; with a wish for a
``call_back``; of the own accord (``left``); because work is over (``closed``), ``nobody`` is on shift, or the line is
``full``.
"""
SPOKEN_ONLY = frozenset({"done"})
"""The outcomes of a form without an action."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a content editor should mend."""

    file: str
    line: int
    what: str
    cure: str
    severity: Literal["error", "note"] = "error"
    """A note does not keep the hotline from starting: a synthesizer speaks what was not recorded."""

    def __str__(self) -> str:
        mark = "note: " if self.severity == "note" else ""
        return f"{self.file}:{self.line}: {mark}{self.what}; {self.cure}"


@dataclass(frozen=True, slots=True)
class Phrasing:
    """What one template lets callers say."""

    question: str | None
    """The question whose option it is; None for a word that works everywhere."""
    value: str
    """The option, or the name of the everywhere-word."""
    place: Place
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """Something a caller may say, and what it has to be understood as, or must not be."""

    question: str
    text: str
    value: str
    place: Place
    expected: bool


@dataclass(frozen=True, slots=True)
class BookSource:
    """A readable book that may still contradict itself."""

    book: DialogBook
    outcomes: Outcomes
    places: Mapping[str, Place]
    """``form NAME``, ``form NAME.then.OUTCOME``, ``question NAME.slot``, ``prompt NAME`` and the like to places."""
    phrasings: tuple[Phrasing, ...]
    examples: tuple[Example, ...] = ()
    boxes: Mapping[str, str] = field(default_factory=dict)
    """A form to the ladder that it is a step of."""

    def place(self, *names: str) -> Place:
        """The first of the names that is written somewhere."""
        return next(self.places[name] for name in names if name in self.places)

    def finding(self, place: Place, what: str, cure: str) -> Finding:
        return Finding(place.file, place.line, what, cure)

    def form_outcomes(self, form: Form) -> frozenset[str]:
        """How a form can come to its end; empty for one that hangs up."""
        if form.end:
            return self._transfer_outcomes() if form.end.kind == "transfer" else frozenset()
        if form.finish:
            return self.outcomes.get(form.finish, frozenset())
        if form.branch:
            return self.answers(form.branch)
        return SPOKEN_ONLY

    def _transfer_outcomes(self) -> frozenset[str]:
        return self.outcomes.get(TRANSFER, IN_LINE if self.book.waiting else DIALLED)

    def answers(self, question: str) -> frozenset[str]:
        """All that a caller may answer to a question with a closed set of answers; empty for any other."""
        field = self.book.fields.get(question)
        return frozenset(field.slot.values) if field and isinstance(field.slot, ClosedSet) else frozenset()


def ladders(field: Field) -> Iterable[tuple[str, tuple[Prompt, ...]]]:
    """A question's lists of wordings by name, those of its read-back included."""
    yield "noinput", field.noinput
    yield "nomatch", field.nomatch
    if field.confirm:
        yield "confirm.noinput", field.confirm.noinput
        yield "confirm.nomatch", field.confirm.nomatch


def field_prompts(field: Field) -> Iterable[Prompt]:
    """All that a question may say."""
    yield from (field.ask, field.keys, field.help)
    yield from (prompt for prompt in (field.lead, field.more, *field.kept) if prompt)
    for _, wordings in ladders(field):
        yield from wordings
    if field.confirm:
        yield from confirm_prompts(field.confirm)


def confirm_prompts(confirm: Confirm) -> Iterable[Prompt]:
    """What a read-back says besides its ladders."""
    yield from (confirm.ask, confirm.wrong)


def form_prompts(form: Form) -> Iterable[Prompt]:
    """All that a form may say itself."""
    if form.opening:
        yield form.opening
    yield from form.say.values()


def all_prompts(book: DialogBook) -> Iterable[Prompt]:
    """Every prompt of the book, each once: questions', forms', then those of the engine."""
    asked = (prompt for question in book.fields.values() for prompt in field_prompts(question))
    told = (prompt for form in book.forms.values() for prompt in form_prompts(form))
    waiting = (*book.waiting.prompts.values(), *book.waiting.tips) if book.waiting else ()
    return {prompt.name: prompt for prompt in (*asked, *told, *book.prompts.values(), *waiting)}.values()
