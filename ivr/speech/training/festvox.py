"""The man behind Debian's festvox-ru: which word he says when, from the package's own text and phone times.

The letters of the text are laid over the phones of ``lab/`` at the least cost. A word is *sure* where its letters may
sound as its phones by ``festvox_letters.tsv`` and the nearest letters of both its neighbours do: no edge is a guess.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ivr.errors import AudioError

VOICE = Path("/usr/share/festival/voices/russian/msu_ru_nsh_clunits")
"""Where Debian's festvox-ru installs the recordings."""

PAUSE = "pau"
_SOUNDS = Path(__file__).with_name("festvox_letters.tsv")
_LINE = re.compile(r'\(\s*(\S+)\s+"(.*)"\s*\)')
_SLACK = 4
"""Edits by which a way may lag behind the best one before it is given up; more costs time and finds nothing better."""
_NEAR = 3
"""Letters (the space counts) beside a word where an edit makes its edge a guess."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone of ``lab/``; times in seconds."""

    name: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word with its times in seconds."""

    word: str
    start: float
    end: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """One recording and the words of its text."""

    file: Path
    words: tuple[SpokenWord, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """The cheapest way to have read so many letters and heard so many phones."""

    cost: int
    letters: int
    phones: int


def sentences(voice: Path = VOICE) -> Iterator[Sentence]:
    """All recordings with their words. Raises ``AudioError`` where the package is not installed."""
    text = voice / "etc" / "txt.done.data"
    if not text.is_file():
        raise AudioError(f"{voice} holds no recordings: install Debian's festvox-ru.")
    for line in text.read_text("utf-8").splitlines():
        if found := _LINE.match(line):
            name, said = found.groups()
            phones = read_phones(voice / "lab" / f"{name}.lab")
            yield Sentence(voice / "wav" / f"{name}.wav", align(words_of(said), phones))


def words_of(text: str) -> tuple[str, ...]:
    """Words in lower case, without stress marks and punctuation; none where a sign has no one reading (a digit)."""
    plain = re.sub(r"[+'\u0301]", "", text.lower())
    words = re.findall(r"[^\W_]+", plain)
    return tuple(words) if all(letter in _readings() for word in words for letter in word) else ()


def read_phones(file: Path) -> tuple[Phone, ...]:
    """The phones of a ``lab`` file: lines of end time, a colour, a name, after a line of ``#``."""
    rows = [line.split() for line in file.read_text("ascii").splitlines()]
    times = [(float(row[0]), row[2]) for row in rows if len(row) == 3]
    starts = [0.0, *(end for end, _ in times)]
    return tuple(Phone(name, start, end) for start, (end, name) in zip(starts, times, strict=False))


@cache
def _readings() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Groups of letters and the phones that each may sound as."""
    rows = (line.split("\t") for line in _SOUNDS.read_text("utf-8").splitlines())
    return {letters: tuple(tuple(way.split()) for way in ways.split("|")) for letters, ways in rows}


@cache
def _longest() -> int:
    return max(map(len, _readings()))


def align(words: Sequence[str], phones: Sequence[Phone]) -> tuple[SpokenWord, ...]:
    """Lay words over phones; empty where they do not fit at all."""
    text = " " + " ".join(words) + " "
    names = tuple(phone.name for phone in phones)
    path = _path(text, names) if words else []
    return tuple(_cut(words, path, phones))


def _path(text: str, names: tuple[str, ...]) -> list[_Step]:
    """The cheapest way through, from the first letter to the last; a step holds the place that it has reached."""
    ways: list[dict[int, _Step]] = [{} for _ in range(len(text) + 1)]
    ways[0][0] = _Step(0, -1, -1)
    for at in range(len(text) + 1):
        _hear(ways[at], at, names)
        _prune(ways[at])
        if at < len(text):
            _read(ways, at, text, names)
    return _trace(ways, len(text), len(names))


def _hear(here: dict[int, _Step], at: int, names: tuple[str, ...]) -> None:
    """A phone without a letter costs one edit."""
    if not here:
        return
    for heard in range(min(here), len(names)):
        if heard in here:
            _offer(here, heard + 1, _Step(here[heard].cost + 1, at, heard))


def _prune(here: dict[int, _Step]) -> None:
    limit = min((step.cost for step in here.values()), default=0) + _SLACK
    for heard in [heard for heard, step in here.items() if step.cost > limit]:
        del here[heard]


def _read(ways: list[dict[int, _Step]], at: int, text: str, names: tuple[str, ...]) -> None:
    """Go on by one group of letters that sounds as the next phones, or drop a letter for one edit."""
    edges = list(_edges(at, text))
    for heard, step in ways[at].items():
        for letters, phones, price in edges:
            after = heard + len(phones)
            if names[heard:after] == phones:
                _offer(ways[at + letters], after, _Step(step.cost + price, at, heard))


def _edges(at: int, text: str) -> Iterator[tuple[int, tuple[str, ...], int]]:
    if text[at] == " ":
        yield 1, (), 0
        yield 1, (PAUSE,), 0
        yield 1, (PAUSE, PAUSE), 0
        return
    yield 1, (), 1
    for letters in range(1, _longest() + 1):
        for phones in _readings().get(text[at : at + letters], ()):
            yield letters, phones, 0


def _offer(ways: dict[int, _Step], heard: int, step: _Step) -> None:
    if heard not in ways or step.cost < ways[heard].cost:
        ways[heard] = step


def _trace(ways: list[dict[int, _Step]], letters: int, phones: int) -> list[_Step]:
    """Places passed, first to last: ``cost`` so far, ``letters`` read, ``phones`` heard."""
    path: list[_Step] = []
    while letters >= 0:
        if phones not in ways[letters]:
            return []
        step = ways[letters][phones]
        path.append(_Step(step.cost, letters, phones))
        letters, phones = step.letters, step.phones
    return path[::-1]


def _cut(words: Sequence[str], path: list[_Step], phones: Sequence[Phone]) -> Iterator[SpokenWord]:
    """Times of the words on the path. An edit within a word or within two letters of it leaves it unsure."""
    at = 1
    for word in words if path else ():
        after = at + len(word)
        first = max(step.phones for step in path if step.letters == at)
        last = min(step.phones for step in path if step.letters == after)
        edits = _cost(path, after + _NEAR) - _cost(path, at - _NEAR)
        start = phones[min(first, len(phones) - 1)].start
        yield SpokenWord(word, start, phones[last - 1].end if last > first else start, last > first and edits == 0)
        at = after + 1


def _cost(path: list[_Step], letters: int) -> int:
    return max((step.cost for step in path if step.letters <= letters), default=0)
