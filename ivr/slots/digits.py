"""Words to strings of digits of a known length: all readings that fit, the most natural first.

A lattice of numbers over the words is walked from left to right. Readings that cannot come to the wanted length are
dropped on the way, and at most ``KEPT_PER_LENGTH`` readings of one length go on from each word, so that the work grows
with the number of words and not with the number of readings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from ivr.slots.numerals import SPLIT_COST, Arc, arcs
from ivr.slots.steps import Run, Step, steps_of
from ivr.slots.words import Token

KEPT_PER_LENGTH = 32
"""For one wanted length."""
KEPT_PER_OPEN_LENGTH = 8
"""Where a correction leaves the length of each side open."""
CORRECTED_AT_MOST = 8
"""Digits that one correction replaces: two blocks of four."""
SPLITS_AT_MOST = 2
"""Numbers that one caller reads as two: «двадцать пять» for 20 and 5."""
OPEN_ENDED = ("tens", "hundreds", "thousand", "times")
"""The next word may still change the last number without making it longer: «семьдесят» becomes «семьдесят шесть»."""


class Reading(NamedTuple):
    """One string of digits."""

    cost: int
    """How unnatural it is: see ``numerals``."""
    length: int
    groups: tuple[str, ...]
    """Digits as they were grouped by the caller."""

    @property
    def digits(self) -> str:
        return "".join(self.groups)


EMPTY = Reading(0, 0, ())


@dataclass(frozen=True, slots=True)
class DigitString:
    """What the words come to."""

    natural: Reading
    """The most natural reading, of any length."""
    exact: tuple[Reading, ...]
    """All readings of the wanted length, the most natural first."""
    open_ended: bool
    """True when the next word could still change the last number."""
    too_long: bool
    """True when no reading is short enough."""


def read_digits(tokens: Sequence[Token], length: int, block: int) -> DigitString:
    """All readings of ``length`` digits; ``*`` takes back to the last multiple of ``block``."""
    steps = steps_of(tokens)
    last = steps[-1] if steps else "end"
    open_ended = isinstance(last, Run) and last.words[-1].kind in OPEN_ENDED
    if len(steps) <= 1:
        return _read_run(last if isinstance(last, Run) else Run(()), length, open_ended)
    readings = _follow(steps, length, block)
    short = [reading for reading in readings if reading.length <= length]
    natural = min(readings, key=lambda reading: reading.cost, default=EMPTY)
    exact = tuple(reading for reading in short if reading.length == length)
    return DigitString(short[0] if short and natural.length > length else natural, exact, open_ended, not short)


def _read_run(run: Run, length: int, open_ended: bool) -> DigitString:
    lattice = _lattice(run)
    natural = _natural(lattice)
    exact = _walk(lattice, 1 << length, KEPT_PER_LENGTH)
    if not exact and natural.length > length:
        shorter = _walk(lattice, (1 << length) - 1, KEPT_PER_OPEN_LENGTH)
        return DigitString(min(shorter, default=natural), (), open_ended, not shorter)
    return DigitString(natural, tuple(_plausible(exact, natural, length)), open_ended, False)


def _is_regular(groups: Sequence[str]) -> bool:
    """True for whole pairs, triples or fours."""
    ends = set(accumulate(map(len, groups), initial=0))
    total = max(ends)
    return any(total % size == 0 and ends.issuperset(range(0, total, size)) for size in (2, 3, 4))


def _plausible(exact: list[Reading], natural: Reading, length: int) -> list[Reading]:
    """Without readings that only fit because numbers are split, where an unfinished number is likelier.

    So it is when two or more digits are missing after whole pairs, triples or fours, and when many numbers are split.
    """
    missing = length - natural.length
    splits = 0 if missing > 1 and _is_regular(natural.groups) else SPLITS_AT_MOST
    return [reading for reading in exact if missing <= 0 or reading.cost <= natural.cost + splits * SPLIT_COST]


def _lattice(run: Run) -> list[list[Arc]]:
    return [arcs(run, index) for index in range(len(run.words))]


def _natural(lattice: Sequence[Sequence[Arc]]) -> Reading:
    """The way through the lattice that costs least, by the longest numbers where costs are equal."""
    best: list[tuple[int, Arc | None]] = [(0, None)] * (len(lattice) + 1)
    for at in range(len(lattice) - 1, -1, -1):
        best[at] = min(((arc.cost + best[arc.end][0], arc) for arc in lattice[at]), key=lambda choice: choice[0])
    groups, arc = list[str](), best[0][1]
    while arc:
        groups.append(arc.digits)
        arc = best[arc.end][1]
    kept = tuple(filter(None, groups))
    return Reading(best[0][0], sum(map(len, kept)), kept)


def _walk(lattice: Sequence[Sequence[Arc]], lengths: int, keep: int) -> list[Reading]:
    """Readings whose length is a set bit of ``lengths``, the most natural first."""
    reach = _reach(lattice, lengths.bit_length())
    if not reach[0] & lengths:
        return []
    states: list[list[Reading]] = [[EMPTY], *([] for _ in lattice)]
    for at, numbers in enumerate(lattice):
        for reading in _most_natural(states[at], keep):
            for arc in numbers:
                length = reading.length + len(arc.digits)
                if reach[arc.end] << length & lengths:
                    groups = (*reading.groups, arc.digits) if arc.digits else reading.groups
                    states[arc.end].append(Reading(reading.cost + arc.cost, length, groups))
    return _most_natural(states[-1], keep)


def _reach(lattice: Sequence[Sequence[Arc]], limit: int) -> list[int]:
    """For each word, the set of lengths that the rest from it can have, as bits."""
    reach = [0] * len(lattice) + [1]
    mask = (1 << limit) - 1
    for at in range(len(lattice) - 1, -1, -1):
        for arc in lattice[at]:
            reach[at] |= reach[arc.end] << len(arc.digits) & mask
    return reach


def _most_natural(readings: list[Reading], keep: int) -> list[Reading]:
    """At most ``keep`` readings of each length; equal costs stay in the order in which they were made."""
    if len(readings) <= 1:
        return readings
    counts: dict[int, int] = {}
    kept = []
    for reading in sorted(readings, key=lambda reading: reading.cost):
        counts[reading.length] = counts.get(reading.length, 0) + 1
        if counts[reading.length] <= keep:
            kept.append(reading)
    return kept


def _follow(steps: Sequence[Step], length: int, block: int) -> list[Reading]:
    """Carries out runs, corrections and taking back one after another."""
    readings, correcting = [EMPTY], False
    for step in steps:
        if isinstance(step, Run):
            said = _walk(_lattice(step), (1 << (length + 1)) - 1, KEPT_PER_OPEN_LENGTH)
            readings, correcting = _join(readings, said, correcting), False
        elif step == "restart":
            readings, correcting = [EMPTY], False
        elif step == "take_back":
            readings = [_shortened(reading, _taken_back(reading.length, block)) for reading in readings]
        else:
            correcting = True
    return [_without_last_group(reading) for reading in readings] if correcting else readings


def _join(old: list[Reading], new: list[Reading], correcting: bool) -> list[Reading]:
    join = _replace if correcting else _append
    return _most_natural([joined for one in old for two in new for joined in join(one, two)], KEPT_PER_OPEN_LENGTH)


def _without_last_group(reading: Reading) -> Reading:
    return _shortened(reading, len(reading.groups[-1])) if reading.groups else reading


def _append(old: Reading, new: Reading) -> Iterator[Reading]:
    yield Reading(old.cost + new.cost, old.length + new.length, old.groups + new.groups)


def _taken_back(length: int, block: int) -> int:
    return (length - 1) % block + 1 if length else 0


def _shortened(reading: Reading, count: int) -> Reading:
    """Without its last ``count`` digits."""
    if not count:
        return reading
    groups = list(reading.groups)
    while count:
        last = groups.pop()
        if len(last) > count:
            groups.append(last[:-count])
        count -= min(len(last), count)
    return Reading(reading.cost, sum(map(len, groups)), tuple(groups))


def _replace(old: Reading, new: Reading) -> Iterator[Reading]:
    """Each way in which the beginning of ``new`` can stand for as many last digits of ``old``."""
    if not old.length:
        yield new
    replaced = 0
    for group in new.groups:
        replaced += len(group)
        if replaced <= min(old.length, CORRECTED_AT_MOST):
            kept = _shortened(old, replaced)
            cost = old.cost + new.cost + _correction_cost(old, new, replaced)
            yield Reading(cost, kept.length + new.length, kept.groups + new.groups)


def _correction_cost(old: Reading, new: Reading, count: int) -> int:
    """Callers repeat the group that went wrong, or begin anew a little before the mistake."""
    wrong, right = old.digits[-count:], new.digits[:count]
    if wrong == right:
        return 6
    if count > 1 and wrong[0] == right[0]:
        return 0
    if len(old.groups[-1]) == count:
        return 0 if count > 1 else 1
    return 3
