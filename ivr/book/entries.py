"""Mappings of the YAML, read key by key with the right type or refused with file, line and cure."""

import difflib
import re
from collections.abc import Iterable

from ivr.book.strict_yaml import Listed, Mapped, Place, fault

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Entry:
    """A mapping whose keys are known. ``what`` names it in messages, such as ``a question``."""

    def __init__(self, data: object, place: Place, what: str, needed: Iterable[str], allowed: Iterable[str]) -> None:
        if not isinstance(data, Mapped):
            raise fault(place, f"{what} is no table of keys", "write `key: value` lines")
        self.data = data
        self.what = what
        known = (*needed, *allowed)
        for key in data:
            if key not in known:
                raise fault(data.at(key), f"{what} has no key `{key}`", _suggestion(str(key), known))
        for key in needed:
            if key not in data:
                raise fault(data.place, f"{what} lacks the key `{key}`", f"add a line `{key}: …`")

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def at(self, *path: str | int) -> Place:
        return self.data.at(*path)

    def text(self, key: str) -> str:
        """Words on one line; folds of the YAML are undone."""
        return read_text(self.data[key], self.at(key), key)

    def texts(self, key: str) -> list[tuple[str, Place]]:
        """A list of texts with their places."""
        items = self.data[key]
        if not isinstance(items, Listed) or not items:
            raise fault(self.at(key), f"`{key}` is no list", "write one line `- text` for each")
        return [(read_text(item, items.at(i), key), items.at(i)) for i, item in enumerate(items)]

    def name(self, key: str) -> str:
        """An English identifier."""
        return read_name(self.data[key], self.at(key), key)

    def names(self, key: str) -> list[tuple[str, Place]]:
        """A list of identifiers with their places; an absent key is an empty list."""
        if key not in self.data:
            return []
        items = self.data[key]
        if not isinstance(items, Listed):
            raise fault(self.at(key), f"`{key}` is no list", "write it like `[one, two]`")
        return [(read_name(item, items.at(i), key), items.at(i)) for i, item in enumerate(items)]

    def table(self, key: str) -> Mapped:
        """A mapping with keys of the editor's choice, each an identifier; an absent key is an empty one."""
        found = self.data.get(key, Mapped(self.at(key)))
        if not isinstance(found, Mapped):
            raise fault(self.at(key), f"`{key}` is no table", "write `name: value` lines below it")
        for name in found:
            read_name(name, found.at(name), key)
        return found

    def below(self, key: str, needed: Iterable[str], allowed: Iterable[str] = ()) -> "Entry":
        return Entry(self.data[key], self.at(key), f"`{key}` of {self.what}", needed, allowed)

    def one_of(self, key: str, words: tuple[str, ...]) -> str:
        value = self.data[key]
        if value not in words:
            raise fault(self.at(key), f"`{key}` is `{value}`", f"write one of: {', '.join(words)}")
        return str(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise fault(self.at(key), f"`{key}` is `{value}`", "write true or false")
        return value

    def number(self, key: str, least: float, most: float, default: float | None = None) -> float:
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise fault(self.at(key), f"`{key}` is `{value}`", f"write a number from {least:g} to {most:g}")
        return value


def read_text(value: object, place: Place, key: str) -> str:
    if isinstance(value, Mapped):
        raise fault(place, f"`{key}` is a table where a text belongs", "put a text that begins with { in quotes")
    if not isinstance(value, str) or not value.strip():
        raise fault(place, f"`{key}` is no text", "write words, in quotes if they look like a number")
    return " ".join(value.split())


def read_name(value: object, place: Place, key: str) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise fault(place, f"`{value}` under `{key}` is no name", "use small Latin letters, digits and `_`")
    return value


def _suggestion(key: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(key, known, 1)
    return f"write `{close[0]}`" if close else f"the keys are: {', '.join(known)}"
