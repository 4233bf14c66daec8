"""YAML without its traps: what looks like text stays text, and a repeated key is refused.

YAML 1.1 reads ``on:`` as True, ``closes: 23:00`` as 1380 and ``012`` as 10, and lets the last of two equal keys win
silently; each of these once cost somebody a wrong opening hour. Here ``true`` and ``false`` are the only booleans,
``7`` and ``-7`` the only integers, ``0.5`` the only fractions; dates, hours, ``yes``, ``on`` and ``012`` are text.
"""

import re
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.reader import ReaderError

from ivr.errors import BookError

MAX_BYTES = 1_000_000
"""A larger file is no dialogue; it would only cost the memory it is read into."""

_Value = str | int | float | bool | None

_ALIGN = "line it up with its neighbours, and put a text that begins with a sign in quotes"
_CURES = (
    ("'\\t'", "a tab stands where spaces belong", "indent with spaces"),
    ("mapping values are not allowed", "a second colon in the line", "put the whole text in quotes"),
    ("could not find expected ':'", "a line without a colon", "write `key: text`, or indent it under the line above"),
    ("expected <block end>", "the indentation does not fit the lines above", _ALIGN),
    ("while scanning a quoted scalar", "a quote that is never closed", "close it at the end of the text"),
    ("unexpected end of stream", "a quote that is never closed", "close it at the end of the text"),
    ("but found another document", "a second document in one file", "remove the line `---`, one file is one thing"),
    ("undefined alias", "a `*` at the beginning of a text", "put the text in quotes"),
    ("while scanning an alias", "a `*` at the beginning of a text", "put the text in quotes"),
    ("while scanning an anchor", "a `&` at the beginning of a text", "put the text in quotes"),
    ("while parsing a tag", "the tag that `!` begins", "put the text in quotes"),
    ("while scanning a directive", "a `%` at the beginning of a line", "put the text in quotes"),
    ("cannot start any token", "a sign at the beginning of a text", "put the text in quotes"),
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something is written: file as it was named, line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Mapped(dict[Any, Any]):
    """A mapping that knows where it and its keys are written; equal to a plain dict."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.lines: dict[Any, int] = {}

    def at(self, *path: Hashable) -> Place:
        """The place of a key, or of a key in a mapping below; of the deepest one that is there."""
        key, rest = (path[0], path[1:]) if path else (None, ())
        if key not in self.lines:
            return self.place
        below = self[key]
        if rest and isinstance(below, Mapped | Listed):
            return below.at(*rest)
        return Place(self.place.file, self.lines[key])


class Listed(list[Any]):
    """A list that knows where it and its items are written; equal to a plain list."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.lines: list[int] = []

    def at(self, *path: Hashable) -> Place:
        """The place of an item by its index, or of something in a mapping below."""
        if not path or not isinstance(path[0], int) or not 0 <= path[0] < len(self):
            return self.place
        below = self[path[0]]
        if path[1:] and isinstance(below, Mapped | Listed):
            return below.at(*path[1:])
        return Place(self.place.file, self.lines[path[0]])


class StrictLoader(yaml.SafeLoader):
    """PyYAML's safe loader with our own small table of what is not text."""


class FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the base is not in every PyYAML
    """The same in C, ten times as fast; it words mistakes otherwise, so that a file with one is read again."""


def fault(place: Place, what: str, cure: str) -> BookError:
    """An error in the one shape that all of the book uses: ``file:line: what is wrong; what to write instead``."""
    return BookError(f"{place}: {what}; {cure}")


def check_keys(data: Mapped, keys: Collection[str], path: str = "") -> None:
    """All of these keys and no other. ``path``: what leads to them in the file, such as ``codes.``."""
    for key in data:
        if key not in keys:
            raise fault(data.at(key), f"unknown key `{path}{key}`", f"remove it; the keys are {', '.join(keys)}")
    for key in keys:
        if key not in data:
            raise fault(data.place, f"the key `{path}{key}` is missing", "add it")


def read_section(data: Mapped, name: str, keys: Collection[str], what: str = "keys", cure: str = "") -> Mapped:
    """A mapping of all of these keys and no other. ``what``: what it holds; ``cure``: what to write where it does not,
    by default its keys."""
    section = data[name]
    if not isinstance(section, Mapped):
        raise fault(data.at(name), f"`{name}` holds no {what}", cure or f"write {', '.join(keys)} below it")
    check_keys(section, keys, f"{name}.")
    return section


def read_text(data: Mapped, name: str, path: str = "") -> str:
    """A text that is not empty. ``path``: as ``check_keys`` has it."""
    text = data[name]
    if not isinstance(text, str) or not text.strip():
        raise fault(data.at(name), f"`{path}{name}` is no text", "write one")
    return text


def named_values(text: str) -> set[str]:
    """The names in braces. Raises ``ValueError`` for braces that do not pair."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def load_yaml(path: Path) -> Any:  # noqa: ANN401  the file decides the type
    """Read one file. Mappings come as ``Mapped``, lists as ``Listed``, the rest as str, bool, int, float or None.

    Raises ``BookError`` with ``file:line``, what is wrong and what to write instead.
    """
    file = shown(path)
    text = _text(path, file)
    try:
        data = _data(FastLoader, text, file)
    except yaml.YAMLError:
        data = _data_or_fault(text, file)
    if data is None:
        raise fault(Place(file, 1), "the file is empty", "write its keys, or remove the file")
    return data


def _data(kind: type[StrictLoader | FastLoader], text: str, file: str) -> Any:  # noqa: ANN401  as ``load_yaml``
    loader = kind(text)
    loader.name = file
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def _data_or_fault(text: str, file: str) -> Any:  # noqa: ANN401  as ``load_yaml``
    try:
        return _data(StrictLoader, text, file)
    except yaml.MarkedYAMLError as error:
        raise _explained(error, file) from error
    except ReaderError as error:
        raise fault(Place(file, 1), "a control character in the text", "remove it, keep letters and signs") from error


def shown(path: Path) -> str:
    """A file's name as people type it: relative to where they are, if it is below."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def _text(path: Path, file: str) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise fault(Place(file, 1), "the file cannot be read", "check that it is there and readable") from error
    if len(raw) > MAX_BYTES:
        raise fault(Place(file, 1), "the file is larger than a megabyte", "split it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise fault(Place(file, line), "the text is not UTF-8", "save the file in the encoding UTF-8") from error


def _explained(error: yaml.MarkedYAMLError, file: str) -> BookError:
    mark = error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1 if mark else 1)
    told = f"{error.context or ''} {error.problem or ''}"
    for part, what, cure in _CURES:
        if part in told:
            return fault(place, what, cure)
    if isinstance(error, ConstructorError) and error.note:
        return fault(place, str(error.problem), error.note)
    return fault(place, str(error.problem or error.context), "check the quotes and the indentation here")


def _place(loader: StrictLoader | FastLoader, node: yaml.Node) -> Place:
    return Place(loader.name, node.start_mark.line + 1)


def _mapping(loader: StrictLoader | FastLoader, node: yaml.MappingNode) -> Mapped:
    found = Mapped(_place(loader, node))
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = _place(loader, key_node).line
        if not isinstance(key, Hashable) or key is None:
            raise _refused(key_node, "a key that is not a word", "write `key: value`")
        if key in found:
            cure = f"keep one; the first is in line {found.lines[key]}"
            raise _refused(key_node, f"the key `{key}` is written twice", cure)
        found[key] = loader.construct_object(value_node, deep=True)
        found.lines[key] = line
    return found


def _list(loader: StrictLoader | FastLoader, node: yaml.SequenceNode) -> Listed:
    found = Listed(_place(loader, node))
    for item in node.value:
        found.append(loader.construct_object(item, deep=True))
        found.lines.append(_place(loader, item).line)
    return found


def _scalar(loader: StrictLoader | FastLoader, node: yaml.ScalarNode) -> _Value:
    kind = node.tag.rpartition(":")[2]
    if not node.style and kind in _PLAIN and not _PLAIN[kind].fullmatch(node.value):
        raise _refused(node, f"`{node.value}` is no {kind}", "remove the tag before it")
    return _MADE[kind](node.value)


def _tagged(loader: StrictLoader | FastLoader, node: yaml.Node) -> None:
    raise _refused(node, f"the tag {node.tag}", "put the text in quotes: an exclamation mark begins a tag")


def _refused(node: yaml.Node, what: str, cure: str) -> ConstructorError:
    return ConstructorError(None, None, what, node.start_mark, cure)


_PLAIN = {
    "bool": re.compile("true|false"),
    "int": re.compile("0|-?[1-9][0-9]*"),
    "float": re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+"),
    "null": re.compile("null|~|"),
}

_MADE: dict[str, Callable[[str], _Value]] = {
    "bool": lambda text: text == "true",
    "int": int,
    "float": float,
    "null": lambda _: None,
    "str": str,
}
_TAG = "tag:yaml.org,2002:"

for _loader in (StrictLoader, FastLoader):
    _loader.yaml_implicit_resolvers = {}
    _loader.yaml_constructors = {}
    for _kind, _pattern in _PLAIN.items():
        _loader.add_implicit_resolver(_TAG + _kind, re.compile(f"^(?:{_pattern.pattern})$"), None)
    for _kind in _MADE:
        _loader.add_constructor(_TAG + _kind, _scalar)
    _loader.add_constructor(_TAG + "map", _mapping)
    _loader.add_constructor(_TAG + "seq", _list)
    _loader.add_constructor(None, _tagged)
