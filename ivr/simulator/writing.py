"""A scenario written as a file, the way a tester would write it."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ivr.settings import ROOT
from ivr.simulator.scenario import Scenario

SCHEMA = ROOT / "docs" / "scenario.schema.json"
_PLAIN = re.compile(r"[^\W\d_][\w …,.()?!/«»—-]*")
"""Texts that YAML takes as they are, whatever reads it."""
_NOT_TEXT = frozenset(["true", "false", "yes", "no", "on", "off", "null", "y", "n"])
_LONGEST_LINE = 110


def written(scenario: Scenario, folder: Path = Path()) -> str:
    """The text of the file; ``folder``: where it will lie, which recordings and the schema are named from."""
    lines = [f"# yaml-language-server: $schema={_relative(SCHEMA, folder)}"]
    lines += [f"{key}: {value}" for key, value in _pairs(scenario, folder, without=("turns", "expect"))]
    lines += ["turns:", *(f"  - {_flow(turn, folder)}" for turn in scenario.turns), "expect:"]
    lines += [f"  {key}: {value}" for key, value in _pairs(scenario.expect, folder)]
    return "\n".join(lines) + "\n"


def _pairs(model: BaseModel, folder: Path, without: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """The keys that say something, in the order of the language."""
    for name, described in type(model).model_fields.items():
        value = getattr(model, name)
        if name not in without and value != described.get_default(call_default_factory=True):
            yield described.alias or name, _value(value, folder)


def _flow(model: BaseModel, folder: Path) -> str:
    """On one line, or with a key on each."""
    pairs = [f"{key}: {value}" for key, value in _pairs(model, folder)]
    if len(pairs) == 1:
        return pairs[0]
    one_line = "{" + ", ".join(pairs) + "}"
    return one_line if len(one_line) < _LONGEST_LINE else "\n    ".join(pairs)


def _value(value: Any, folder: Path) -> str:  # noqa: ANN401  what a field of the language may hold
    match value:
        case bool() | int() | float():
            return json.dumps(value)
        case Path():
            return _text(_relative(value, folder))
        case BaseModel():
            return "{" + ", ".join(f"{key}: {inside}" for key, inside in _pairs(value, folder)) + "}"
        case Mapping():
            return "{" + ", ".join(f"{_text(key)}: {_value(inside, folder)}" for key, inside in value.items()) + "}"
        case tuple():
            return "[" + ", ".join(_value(inside, folder) for inside in value) + "]"
    return _text(str(value))


def _text(text: str) -> str:
    """Bare where nothing could read it otherwise, also inside brackets; else in quotes."""
    bare = _PLAIN.fullmatch(text) and "," not in text and not text.endswith(" ") and text.lower() not in _NOT_TEXT
    return text if bare else json.dumps(text, ensure_ascii=False)


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()
