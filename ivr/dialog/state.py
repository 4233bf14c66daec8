"""Where a call stands between two events, as plain JSON."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from ivr.dialog.events import Utterance, utterance_from_json, utterance_to_json

NOTHING = Utterance()


@dataclasses.dataclass(frozen=True, slots=True)
class Aside:
    """A small question that is asked while a bigger one is open, and what its answer is for."""

    of: str
    """The bigger question."""
    value: str = ""
    """Its answer as far as it is understood, where a part of it is asked for."""
    block: int | None = None
    """The part."""
    versions: tuple[str, ...] = ()
    """How it may read."""
    correction: Utterance = NOTHING
    """What the caller has said against the answer, where its place is asked for."""
    given: tuple[str, ...] = ()
    """Answers to small questions that came before this one."""
    refused: tuple[str, ...] = ()
    """Of the bigger question."""


@dataclasses.dataclass(frozen=True, slots=True)
class DialogState:
    """The whole memory of a dialogue. Never holds anything that a restart would lose."""

    book: str
    """Version of the book the call last ran on; a deploy may change it between two steps."""
    form: str
    field: str | None = None
    """The question that is open; None while an action or a transfer runs."""
    confirming: bool = False
    slots: Mapping[str, str] = dataclasses.field(default_factory=dict)
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    heard: Utterance = NOTHING
    """Parts of an answer that is not complete yet, kept over pauses and repeated prompts."""
    candidates: tuple[str, ...] = ()
    """Readings of the open question's answer, the one that is read back first."""
    refused: tuple[str, ...] = ()
    """Readings that the caller said are wrong; never offered again for this question."""
    noinputs: int = 0
    nomatches: int = 0
    misses: int = 0
    """Noinputs and nomatches of the whole call."""
    keypad: bool = False
    """True once only keys are awaited."""
    stream_losses: int = 0
    returns: str | None = None
    """The form that ``RETURN`` leads to: it wanted the present one passed first."""
    trail: tuple[tuple[str, str], ...] = ()
    """Form and question of the answers given, the last one at the end: the way back."""
    waiting: bool = False
    """True while the caller has asked for a minute."""
    aside: Aside | None = None
    """Given while ``field`` is a small question inside a bigger one."""
    disposition: str | None = None
    """Set when the call has come to its end."""


def state_to_json(state: DialogState) -> dict[str, Any]:
    return {
        "book": state.book,
        "form": state.form,
        "field": state.field,
        "confirming": state.confirming,
        "slots": dict(state.slots),
        "facts": dict(state.facts),
        "heard": utterance_to_json(state.heard),
        "candidates": list(state.candidates),
        "refused": list(state.refused),
        "noinputs": state.noinputs,
        "nomatches": state.nomatches,
        "misses": state.misses,
        "keypad": state.keypad,
        "stream_losses": state.stream_losses,
        "returns": state.returns,
        "trail": [list(answered) for answered in state.trail],
        "waiting": state.waiting,
        "aside": _aside_to_json(state.aside) if state.aside else None,
        "disposition": state.disposition,
    }


def state_from_json(data: Mapping[str, Any]) -> DialogState:
    values = dict(data)
    values["heard"] = utterance_from_json(values["heard"])
    values["candidates"] = tuple(values["candidates"])
    values["refused"] = tuple(values["refused"])
    values["trail"] = tuple((form, field) for form, field in values.get("trail", ()))
    values["aside"] = _aside_from_json(values["aside"]) if values.get("aside") else None
    return DialogState(**values)


def _aside_to_json(aside: Aside) -> dict[str, Any]:
    return {
        "of": aside.of,
        "value": aside.value,
        "block": aside.block,
        "versions": list(aside.versions),
        "correction": utterance_to_json(aside.correction),
        "given": list(aside.given),
        "refused": list(aside.refused),
    }


def _aside_from_json(data: Mapping[str, Any]) -> Aside:
    lists = {name: tuple(data[name]) for name in ("versions", "given", "refused")}
    return Aside(data["of"], data["value"], data["block"], correction=utterance_from_json(data["correction"]), **lists)
