"""Mistakes in a scenario, in the shape of all content errors: ``file:line: what is wrong; what to write instead``."""

import difflib
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ivr.book.strict_yaml import Listed, Mapped, Place, fault
from ivr.errors import BookError

if TYPE_CHECKING:
    from ivr.simulator.scenario import Scenario, Turn

_PAIRS = ("is not made of `key: value` pairs", "write `key: value`, a line each")
_NUMBER = ("is no number", "write one such as 2.5, without quotes")
_WHOLE = ("is no whole number", "write one, without quotes")
_FLAG = ("is neither true nor false", "write true or false, without quotes")
_LIST = ("is no list", "write [one, two], or lines that begin with a dash")
_TOLD = {
    "string_type": ("is no text", "put it in quotes: digits that are a text stand in quotes"),
    "path_type": ("is no name of a file", "name a sound file"),
    "model_type": _PAIRS,
    "dict_type": _PAIRS,
    "mapping_type": _PAIRS,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": _FLAG,
    "bool_parsing": _FLAG,
    "tuple_type": _LIST,
}
_WRITTEN = {
    "keys": 'digits, * and # in quotes, such as "4276#", or "{code}"',
    "caller": 'it in E.164 in quotes, such as "+79160000001"',
    "phone": 'it in E.164 in quotes, such as "+79160000001"',
    "name": "small Latin letters, digits and _",
    "call": "letters, digits, _, - and dots without spaces",
}
"""What patterns want, by key."""
_LEAST_ALIKE = 0.6


def explained(error: ValidationError, data: Any, file: str, model: type[BaseModel]) -> BookError:  # noqa: ANN401
    """The mistake that is written first. ``data``: what was validated, with its places; ``model``: as what."""
    found = [(_place(one["loc"], data, file), *_told(one, data, model)) for one in _deepest(error.errors(), data)]
    return fault(*min(found, key=lambda one: one[0]))


def _deepest(errors: Sequence[ErrorDetails], data: object) -> list[ErrorDetails]:
    """Of the ways in which one value fits none of several kinds, the one that was followed deepest into the file."""
    paths = {_path(one["loc"], data) for one in errors}
    last = [one for one in errors if not any(_is_below(path, _path(one["loc"], data)) for path in paths)]
    return sorted(last, key=lambda one: one["type"] != "literal_error" or one["ctx"]["expected"] == "True")


def _is_below(path: tuple[Hashable, ...], upper: tuple[Hashable, ...]) -> bool:
    return len(path) > len(upper) and path[: len(upper)] == upper


def _path(loc: Sequence[int | str], data: object) -> tuple[Hashable, ...]:
    """What of a location is written in the file: names of kinds are left out, and so is a key that is missing."""
    path: list[Hashable] = []
    for part in loc:
        listed = isinstance(data, Listed) and isinstance(part, int) and part < len(data)
        if listed or (isinstance(data, Mapped) and part in data):
            data = data[part]  # type: ignore[index]
            path.append(part)
    return tuple(path)


def _place(loc: Sequence[int | str], data: object, file: str) -> Place:
    return data.at(*_path(loc, data)) if isinstance(data, Mapped | Listed) else Place(file, 1)


def _told(error: ErrorDetails, data: Any, model: type[BaseModel]) -> tuple[str, str]:  # noqa: ANN401
    """What is wrong, and what to write instead."""
    path = _path(error["loc"], data)
    name = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in path) or "the file"
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(str(error["loc"][-1]), _keys_of(model, error["loc"][:-1]))
    if kind == "missing":
        return f"the key `{error['loc'][-1]}` is missing", "add it"
    if kind == "literal_error":
        known = [
            word.strip(" '").replace("True", "true")
            for word in str(context["expected"]).replace(" or ", ",").split(",")
        ]
        return f"`{name}` cannot be {error['input']!r}", _meant(str(error["input"]), known)
    if kind == "value_error":
        what, _, cure = str(context["error"]).partition("; ")
        return what, cure or "see docs/scenarios.md"
    if kind == "string_pattern_mismatch":
        wanted = _WRITTEN.get(str(path[-1]), "it otherwise, see docs/scenarios.md")
        return f"`{name}` cannot be {error['input']!r}", f"write {wanted}"
    if kind in _TOLD:
        return f"`{name}` {_TOLD[kind][0]}", _TOLD[kind][1]
    return f"`{name}`: {error['msg'][:1].lower()}{error['msg'][1:]}", "see docs/scenarios.md"


def _unknown(key: str, known: Collection[str]) -> tuple[str, str]:
    return f"unknown key `{key}`", _meant(key, known)


def _meant(word: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(word, known, 1, _LEAST_ALIKE)
    meant = f"did you mean `{near[0]}`? " if near else ""
    return f"{meant}There are: {', '.join(known)}" if meant else f"there are: {', '.join(known)}"


def _keys_of(model: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    """The keys of the model at a location."""
    for part in loc:
        inside = list(_models(model.model_fields[str(part)].annotation)) if part in model.model_fields else []
        named = [one for one in _models_below(model) if one.__name__ == part]
        model = (named or inside or [model])[0]
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_below(model: type[BaseModel]) -> Iterable[type[BaseModel]]:
    for field in model.model_fields.values():
        yield from _models(field.annotation)


def _models(annotation: object) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inside in get_args(annotation):
        yield from _models(inside)


def contradiction(scenario: "Scenario", data: Mapped) -> BookError | None:
    """What each line allows but the whole does not; None where there is nothing."""
    for number, what, cure in _contradictions(scenario):
        turns = data["turns"]
        return fault(turns.at(number) if number is not None else data.at("expect"), what, cure)
    return None


def _contradictions(scenario: "Scenario") -> Iterable[tuple[int | None, str, str]]:
    texted = False
    for number, turn in enumerate(scenario.turns):
        texted = texted or turn.sms is not None
        if not texted and "code}" in f"{turn.caller}{turn.keys}":
            yield number, "there is no code before the first SMS", "add a turn `sms: true` above"
        by_keys = "keys" in scenario.by and turn.only in (None, "keys")
        if by_keys and turn.speaks and turn.keys is None:
            yield (
                number,
                "a call by keys cannot speak",
                "add `keys:` or `only: voice`, or `by: [voice]` at the top",
            )
    if scenario.expect.disposition is None and any(_is_in_a_call(turn) for turn in scenario.turns):
        yield None, "the key `disposition` is missing", "say how the last call ends: solved, operator, appeal, hung_up"


def _is_in_a_call(turn: "Turn") -> bool:
    return turn.text_to_hotline is None and turn.sms is None
