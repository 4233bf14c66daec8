"""Words to dates: all readings, the most natural first, with corrections carried out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ivr.slots.date_pieces import Piece, Words, days, months, years
from ivr.slots.steps import Run, Step, steps_of
from ivr.slots.words import Token, Word

Fields = tuple[int | None, int | None, int | None]
"""Day, month, year; None is not known yet, a year below 100 lacks its century."""
READINGS_AT_MOST = 32
UNFINISHED_COST = 4
UNFINISHED_AT_MOST = 3
"""Words of a number that is not finished: «одна тысяча девятьсот»."""
SKIPPED_COST = 5
"""For each word; beside other hypotheses, for where a date begins at the first word no word is skipped."""
SKIPPED_AT_MOST = 2
_YEAR = 2
_UNFINISHED_YEAR = ("zero", "unit", "tens", "teen", "hundreds", "thousand", "key")
_PIECES: tuple[Callable[[Words, int], list[Piece]], ...] = (days, months, years)


class DateReading(NamedTuple):
    """A date or its beginning."""

    cost: int
    fields: Fields
    open_ended: bool
    """True when the next word could still change it."""
    last: int = 0
    """Index of the field that was said last."""


NOTHING = DateReading(0, (None, None, None), True)


def read_dates(tokens: Sequence[Token]) -> list[DateReading]:
    """All readings that use every word, the most natural first; empty when there is none."""
    readings, correcting, steps = [NOTHING], False, steps_of(tokens)
    for step in steps:
        if isinstance(step, Run):
            readings = _cheapest(new for old in readings for new in _continue(old, step, correcting))
            correcting = False
        else:
            readings, correcting = _mark(readings, step)
    return [_without_last(reading) for reading in readings] if correcting else readings


def mend_date(fields: Fields, tokens: Sequence[Token]) -> list[DateReading]:
    """The date as it is after a correction, the most natural first; empty when the words correct nothing."""
    told = _right_words(tokens)
    for first in range(len(told)):
        found = [new for new in _cheapest(_replace(fields, told[first:])) if new.fields != fields]
        if found or "instead" not in tokens:
            return found
    return []


def _replace(fields: Fields, words: Words) -> Iterator[DateReading]:
    """Fields in which the words stand for others; a number that is not finished stands for none."""
    for start in range(len(_PIECES)):
        read = _read(words, 0, start, DateReading(0, fields, True, start))
        yield from (new for new in read if new.cost < UNFINISHED_COST)


def _right_words(tokens: Sequence[Token]) -> Words:
    """Words of the correction: of «не март, а май» those behind the last «а»."""
    last = max((at for at, item in enumerate(tokens) if item == "right" and "wrong" in tokens[:at]), default=-1)
    return tuple(token for token in tokens[last + 1 :] if isinstance(token, Word))


def _mark(readings: list[DateReading], step: Step) -> tuple[list[DateReading], bool]:
    return (readings, True) if step == "correct" else ([NOTHING], False)


def _cheapest(readings: Iterable[DateReading]) -> list[DateReading]:
    return sorted(dict.fromkeys(readings), key=lambda reading: reading.cost)[:READINGS_AT_MOST]


def _continue(old: DateReading, run: Run, correcting: bool) -> Iterator[DateReading]:
    """Readings in which ``run`` goes on after ``old``, or replaces fields of it."""
    given = sum(field is not None for field in old.fields)
    if not correcting:
        found = list(_read(run.words, 0, given, old))
        yield from found if found or given else _skip(run.words)
        return
    for start in range(min(given + 1, len(_PIECES))):
        distance = abs(old.last - start)
        for new in _read(run.words, 0, start, DateReading(old.cost + distance, old.fields, True, old.last)):
            if new.last >= start:
                yield new


def _skip(words: Words) -> Iterator[DateReading]:
    """Whole dates after a word or two that do not belong to them: a filler heard as a number, or a false start.

    Never within a number: «сорок пятое» is no fifth.
    """
    for skipped in range(1, min(SKIPPED_AT_MOST, len(words) - 1) + 1):
        before = DateReading(skipped * SKIPPED_COST, NOTHING.fields, True)
        if words[skipped - 1].kind != "tens":
            yield from (new for new in _read(words, skipped, 0, before) if None not in new.fields)


def _read(words: Words, at: int, field: int, before: DateReading) -> Iterator[DateReading]:
    """Fields from ``field`` on until the words end."""
    if at == len(words):
        yield before
        return
    if field == len(_PIECES):
        return
    pieces = _PIECES[field](words, at)
    for piece in pieces:
        fields = _with(before.fields, field, piece.value)
        after = DateReading(before.cost + piece.cost, fields, piece.open_ended or None in fields, field)
        yield from _read(words, piece.end, field + 1, after)
    if not any(piece.end == len(words) for piece in pieces) and _is_unfinished(words[at:], field):
        yield DateReading(before.cost + UNFINISHED_COST, before.fields, True, before.last)


def _is_unfinished(rest: Words, field: int) -> bool:
    """A day or month may begin with a zero or a key, a year with any number."""
    kinds = _UNFINISHED_YEAR if field == _YEAR else ("zero", "key")
    return len(rest) <= UNFINISHED_AT_MOST and all(word.kind in kinds for word in rest)


def _without_last(reading: DateReading) -> DateReading:
    return DateReading(reading.cost, _with(reading.fields, reading.last, None), True, max(reading.last - 1, 0))


def _with(fields: Fields, index: int, value: int | None) -> Fields:
    day, month, year = (value if index == at else field for at, field in enumerate(fields))
    return day, month, year
