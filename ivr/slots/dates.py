"""Words to dates: all readings, the most natural first, with corrections carried out."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ivr.slots.date_pieces import Piece, Words, days, months, years
from ivr.slots.steps import Run, Step, steps_of
from ivr.slots.words import Token

Fields = tuple[int | None, int | None, int | None]
"""Day, month, year; None is not known yet, a year below 100 lacks its century."""
READINGS_AT_MOST = 32
UNFINISHED_COST = 4
UNFINISHED_AT_MOST = 3
"""Words of a number that is not finished: «одна тысяча девятьсот»."""
_UNFINISHED = ("zero", "unit", "tens", "teen", "hundreds", "thousand", "key")
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


def _mark(readings: list[DateReading], step: Step) -> tuple[list[DateReading], bool]:
    return (readings, True) if step == "correct" else ([NOTHING], False)


def _cheapest(readings: Iterator[DateReading]) -> list[DateReading]:
    return sorted(dict.fromkeys(readings), key=lambda reading: reading.cost)[:READINGS_AT_MOST]


def _continue(old: DateReading, run: Run, correcting: bool) -> Iterator[DateReading]:
    """Readings in which ``run`` goes on after ``old``, or replaces fields of it."""
    given = sum(field is not None for field in old.fields)
    starts = range(min(given + 1, len(_PIECES))) if correcting else range(given, given + 1)
    for start in starts:
        distance = abs(old.last - start) if correcting else 0
        for new in _read(run.words, 0, start, DateReading(old.cost + distance, old.fields, True, old.last)):
            if new.last >= start or not correcting:
                yield new


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
    if not any(piece.end == len(words) for piece in pieces) and _is_unfinished(words[at:]):
        yield DateReading(before.cost + UNFINISHED_COST, before.fields, True, before.last)


def _is_unfinished(rest: Words) -> bool:
    return len(rest) <= UNFINISHED_AT_MOST and all(word.kind in _UNFINISHED for word in rest)


def _without_last(reading: DateReading) -> DateReading:
    return DateReading(reading.cost, _with(reading.fields, reading.last, None), True, max(reading.last - 1, 0))


def _with(fields: Fields, index: int, value: int | None) -> Fields:
    day, month, year = (value if index == at else field for at, field in enumerate(fields))
    return day, month, year
