"""Which words a model knows, read from its files as libvosk reads them.

Official models carry the list inside ``graph/Gr.fst``, in OpenFst's binary form: a header, then the tables of input and
output symbols where two of its flags say so. All numbers are little-endian; a text is its length and its bytes.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ivr.errors import ModelError

_FST_MAGIC = 2125659606
_TABLE_MAGIC = 2125658996
_HEADER = "<iiQqqq"
"""Version, flags, properties, initial state, numbers of states and arcs."""
_HAS_INPUT, _HAS_OUTPUT = 1, 2
_LONGEST_TEXT = 10_000
"""Bytes. More means that something else is read."""


def words_of(folder: Path) -> frozenset[str]:
    """The vocabulary of a model. Raises ``ModelError`` where it is in neither of the two places."""
    embedded, listed = folder / "graph" / "Gr.fst", folder / "graph" / "words.txt"
    try:
        if embedded.is_file() and (words := _embedded(embedded)):
            return words
        if listed.is_file():
            return frozenset(line.split()[0] for line in listed.read_text("utf-8").splitlines() if line.strip())
    except ValueError as error:
        raise ModelError(f"The words of the model in {folder} are not readable; download it again.") from error
    raise ModelError(f"{listed} is missing and Gr.fst beside it holds no words: download the model again.")


def _embedded(path: Path) -> frozenset[str]:
    """The output symbols of a graph; none where it has none. Raises ``ValueError`` for another kind of file."""
    with path.open("rb") as file:
        if _number(file, "<i") != _FST_MAGIC:
            raise ValueError("no graph")
        for _ in range(2):  # its type and its arcs' type
            _text(file)
        _, flags, *_ = struct.unpack(_HEADER, _exactly(file, struct.calcsize(_HEADER)))
        if flags & _HAS_INPUT:
            for _ in _table(file):
                pass
        return frozenset(_table(file)) if flags & _HAS_OUTPUT else frozenset()


def _table(file: BinaryIO) -> Iterator[str]:
    if _number(file, "<i") != _TABLE_MAGIC:
        raise ValueError("no table of symbols")
    _text(file)  # its name
    _number(file, "<q")  # the next free number
    for _ in range(_number(file, "<q")):
        yield _text(file).decode("utf-8")
        _number(file, "<q")


def _text(file: BinaryIO) -> bytes:
    length = _number(file, "<i")
    if not 0 <= length <= _LONGEST_TEXT:
        raise ValueError("no text")
    return _exactly(file, length)


def _number(file: BinaryIO, form: str) -> int:
    found: int = struct.unpack(form, _exactly(file, struct.calcsize(form)))[0]
    return found


def _exactly(file: BinaryIO, count: int) -> bytes:
    found = file.read(count)
    if len(found) < count:
        raise ValueError("the file ends too early")
    return found
