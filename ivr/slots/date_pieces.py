"""Every day, month and year that may begin at a word of a run."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from ivr.slots.numerals import SPLIT_COST, below_hundred
from ivr.slots.words import Word, WordKind

DIGITS_COST = 3
"""«Два три» for 23: callers who read a date digit by digit are few."""
LONE_ORDINAL_COST = 2
"""«Пятого» for 2005."""
SHORT_YEAR_COST = 1
"""A year without its century, or in two halves."""
LOST_WORD_COST = 3
"""«Тысячи пятого» without its two."""

Words = Sequence[Word]


class Piece(NamedTuple):
    """A number of a date."""

    end: int
    value: int
    """Below 100 in a year: the century is not said."""
    cost: int = 0
    open_ended: bool = False
    """True when the next word could still change the number."""


def days(words: Words, at: int) -> list[Piece]:
    return _dearer_when_split(piece for piece in two_digits(words, at) if 1 <= piece.value <= 31)


def months(words: Words, at: int) -> list[Piece]:
    if _kinds(words, at, "month"):
        return [Piece(at + 1, words[at].value)]
    return _dearer_when_split(piece for piece in two_digits(words, at) if 1 <= piece.value <= 12)


def years(words: Words, at: int) -> list[Piece]:
    """Years with and without their century, the word "year" after them included."""
    found = [*_round_years(words, at), *_halves(words, at), *_digits(words, at), *_short_years(words, at)]
    return _dearer_when_split(_close(words, piece) for piece in found)


def two_digits(words: Words, at: int) -> Iterator[Piece]:
    """1 to 99, or 00 in keys, as ordinal, as cardinal, with a zero before it, or digit by digit."""
    if _kinds(words, at, "tens", "ordinal") and words[at + 1].value < 10:
        yield Piece(at + 2, words[at].value + words[at + 1].value)
    if _kinds(words, at, "zero", "ordinal") and words[at + 1].value < 10:
        yield Piece(at + 2, words[at + 1].value)
    if _kinds(words, at, "ordinal") and words[at].value < 100:
        yield Piece(at + 1, words[at].value)
    for span in below_hundred(tuple(words), at):
        yield Piece(span.end, span.value, 0, words[span.end - 1].kind == "tens")
    if _kinds(words, at, "zero", "unit") or _kinds(words, at, "key", "key"):
        yield Piece(at + 2, words[at].value * 10 + words[at + 1].value, 0, words[at].kind == "key")
    if _kinds(words, at, "unit", "unit") or _kinds(words, at, "unit", "zero"):
        yield Piece(at + 2, words[at].value * 10 + words[at + 1].value, DIGITS_COST, True)


def _kinds(words: Words, at: int, *kinds: WordKind) -> bool:
    return tuple(word.kind for word in words[at : at + len(kinds)]) == kinds


def _dearer_when_split(pieces: Iterator[Piece]) -> list[Piece]:
    found = list(pieces)
    longest = max((piece.end for piece in found if piece.cost < DIGITS_COST), default=0)
    return [p if p.end >= longest else p._replace(cost=p.cost + SPLIT_COST) for p in found]


def _close(words: Words, piece: Piece) -> Piece:
    if _kinds(words, piece.end, "year"):
        return Piece(piece.end + 1, piece.value, piece.cost)
    return piece


def _round_years(words: Words, at: int) -> Iterator[Piece]:
    """«Тысяча девятьсот восемьдесят пятого», «две тысячи пятого», «двухтысячного», «девятьсот восемьдесят пятого»."""
    if _kinds(words, at, "round_year"):
        yield Piece(at + 1, words[at].value)
    elif _kinds(words, at, "unit", "thousand"):
        yield from _after_thousand(words, at + 2, words[at].value * 1000)
    elif _kinds(words, at, "thousand"):
        if words[at].agreement == "one" or _kinds(words, at + 1, "hundreds"):  # «тысячи девятьсот»: only badly heard
            yield from _after_thousand(words, at + 1, 1000)
        else:
            yield from _at_cost(LOST_WORD_COST, _after_thousand(words, at + 1, 2000))
    elif _kinds(words, at, "hundreds"):
        yield from _at_cost(SHORT_YEAR_COST, _after_thousand(words, at, 1000))


def _at_cost(cost: int, pieces: Iterator[Piece]) -> Iterator[Piece]:
    return (piece._replace(cost=piece.cost + cost) for piece in pieces)


def _after_thousand(words: Words, at: int, thousands: int) -> Iterator[Piece]:
    century = thousands
    if at < len(words) and words[at].kind in ("hundreds", "ordinal") and words[at].value >= 100:
        century, at = thousands + words[at].value, at + 1
    for piece in two_digits(words, at):
        if not _kinds(words, at, "key"):
            yield piece._replace(value=century + piece.value)
    yield Piece(at, century, 0, words[at - 1].kind != "ordinal")


def _halves(words: Words, at: int) -> Iterator[Piece]:
    """«Девятнадцать восемьдесят пять», «двадцать ноль пять»."""
    if at < len(words) and words[at].kind in ("teen", "tens") and words[at].value in (19, 20):
        for piece in _at_cost(SHORT_YEAR_COST, chain(two_digits(words, at + 1), _no_years(words, at + 1))):
            if piece.end > at + 2 or piece.value >= 10:
                yield piece._replace(value=words[at].value * 100 + piece.value)


def _digits(words: Words, at: int) -> Iterator[Piece]:
    """«Один девять восемь пять», or four keys."""
    four = words[at : at + 4]
    kinds = {word.kind for word in four}
    if len(four) == 4 and (kinds == {"key"} or kinds <= {"unit", "zero"}):
        cost = 0 if kinds == {"key"} else DIGITS_COST - 1
        yield Piece(at + 4, int("".join(str(word.value) for word in four)), cost)


def _short_years(words: Words, at: int) -> Iterator[Piece]:
    for piece in two_digits(words, at):
        first, last = words[at].kind, words[piece.end - 1].kind
        if piece.end > at + 1 or last not in ("unit", "ordinal"):
            open_ended = piece.open_ended or (last == "teen" and piece.value == 19)
            yield Piece(piece.end, piece.value, piece.cost + SHORT_YEAR_COST, open_ended)
        elif first == "ordinal":
            yield Piece(piece.end, piece.value, LONE_ORDINAL_COST if piece.value < 10 else SHORT_YEAR_COST)
    yield from _at_cost(SHORT_YEAR_COST, _no_years(words, at))


def _no_years(words: Words, at: int) -> Iterator[Piece]:
    """«Ноль ноль» of the year 2000; two keys are a number anyhow."""
    if _kinds(words, at, "zero", "zero"):
        yield Piece(at + 2, 0)
