"""Reads ``grammars/dispositions.yaml``: how an operator may say what a call came to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.book.strict_yaml import Listed, Mapped, Place, fault, load_yaml

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
"""As it fits into the column ``places.result``."""
_KEYS = ("name", "title", "words")


@dataclass(frozen=True, slots=True)
class Disposition:
    """What a call came to."""

    name: str
    title: str
    words: str
    """Other words that operators may look for it by."""


@dataclass(frozen=True, slots=True)
class DispositionGroup:
    """Dispositions that are shown under one heading."""

    title: str
    leaves: tuple[Disposition, ...]


Dispositions = tuple[DispositionGroup, ...]


def load_dispositions(path: Path) -> Dispositions:
    """Read the file. Raises ``BookError`` with file and line, and what to write instead."""
    data = load_yaml(path)
    if not isinstance(data, Mapped) or list(data) != ["groups"] or not isinstance(data["groups"], Listed):
        raise fault(Place(str(path), 1), "the file is not `groups:` and a list", "write groups of dispositions")
    groups = data["groups"]
    read = tuple(_group(group, groups.at(at)) for at, group in enumerate(groups))
    _check_names(read, data.place)
    return read


def names_of(dispositions: Dispositions) -> Iterator[str]:
    """All results that a call may have."""
    return (leaf.name for group in dispositions for leaf in group.leaves)


def _group(data: object, place: Place) -> DispositionGroup:
    if not isinstance(data, Mapped) or set(data) != {"title", "leaves"} or not isinstance(data["leaves"], Listed):
        raise fault(place, "a group has a `title` and a list of `leaves`", "write both")
    leaves = data["leaves"]
    return DispositionGroup(_text(data, "title"), tuple(_leaf(leaf, leaves.at(at)) for at, leaf in enumerate(leaves)))


def _leaf(data: object, place: Place) -> Disposition:
    if not isinstance(data, Mapped) or not set(data) <= set(_KEYS) or not {"name", "title"} <= set(data):
        raise fault(place, "a disposition has a `name`, a `title` and perhaps `words`", "write these keys alone")
    name = _text(data, "name")
    if not _NAME.fullmatch(name):
        raise fault(data.at("name"), f"`{name}` is no name", "write up to 32 small letters, digits and _")
    return Disposition(name, _text(data, "title"), _text(data, "words") if "words" in data else "")


def _text(data: Mapped, key: str) -> str:
    value = data[key]
    if not isinstance(value, str) or not value.strip():
        raise fault(data.at(key), f"`{key}` is not a text", "write one")
    return value


def _check_names(groups: Dispositions, place: Place) -> None:
    names = list(names_of(groups))
    for name in names:
        if names.count(name) > 1:
            raise fault(place, f"the disposition `{name}` stands here twice", "give each a name of its own")
