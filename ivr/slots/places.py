"""Digits whose place is named: «последние четыре ноль один один девять, первые …», blocks in any order."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ivr.slots.digits import DigitString, Reading, read_digits
from ivr.slots.words import Place, Token, settle_contrast

UNKNOWN = "."
"""Stands for a digit that is not known yet."""
READINGS_AT_MOST = 16
DANGLING = ("correct", "gap", "end")
"""At the end of a stretch, before a place is named, these mean nothing more: «…, нет, последние четыре …»."""


class Masked(NamedTuple):
    """A number with holes."""

    cost: int
    digits: str

    @property
    def known(self) -> int:
        return len(self.digits) - self.digits.count(UNKNOWN)


class Stretch(NamedTuple):
    """Words after the name of a place; the place is None before the first one."""

    place: Place | None
    tokens: tuple[Token, ...]


def holds_places(tokens: Sequence[Token]) -> bool:
    return any(isinstance(token, Place) for token in tokens)


def after_restart(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """What counts: all after the last word that starts over."""
    last = max((at for at, item in enumerate(tokens) if item == "restart"), default=-1)
    return tuple(tokens[last + 1 :])


def stretches(tokens: Sequence[Token]) -> list[Stretch]:
    """The words between places, without marks that have nothing to change."""
    found, place, since = list[Stretch](), None, list[Token]()
    for token in [*settle_contrast(tokens), None]:
        if isinstance(token, Place) or token is None:
            if trimmed := _trimmed(since):
                found.append(Stretch(place, trimmed))
            elif place is not None:
                found.append(Stretch(place, ()))
            place, since = token, []
        else:
            since.append(token)
    return found


def _trimmed(tokens: list[Token]) -> tuple[Token, ...]:
    start, end = 0, len(tokens)
    while start < end and tokens[start] in DANGLING:
        start += 1
    while end > start and tokens[end - 1] in DANGLING:
        end -= 1
    return tuple(tokens[start:end])


def read_placed(tokens: Sequence[Token], length: int, block: int) -> DigitString:
    """All readings of a number whose parts have named places; unknown digits of ``natural`` are ``UNKNOWN``."""
    filled = fill(UNKNOWN * length, stretches(after_restart(tokens)), block)
    if not filled:
        return DigitString(Reading(0, 0, ()), (), False, True)
    exact = tuple(Reading(one.cost, length, (one.digits,)) for one in filled if one.known == length)
    natural = min(filled, key=lambda one: (one.cost, -one.known))
    shown = natural.digits.rstrip(UNKNOWN)
    return DigitString(Reading(natural.cost, natural.known, (shown,) if shown else ()), exact, False, False)


def fill(base: str, parts: Sequence[Stretch], block: int) -> list[Masked]:
    """``base`` with the stretches written into it one after another, in all ways that fit, likeliest first."""
    readings = [Masked(0, base)]
    for number, part in enumerate(parts):
        named = sum(span(later.place, len(base), block)[1] for later in parts[number + 1 :] if later.place)
        new = (one for reading in readings for one in _fill_one(reading, part, named, block))
        readings = sorted(dict.fromkeys(new), key=lambda one: one.cost)[:READINGS_AT_MOST]
    return readings


def _fill_one(old: Masked, part: Stretch, named_later: int, block: int) -> Iterator[Masked]:
    if not part.tokens:
        yield old
        return
    length = len(old.digits)
    start, count = span(part.place, length, block) if part.place else (0, 0)
    holes = old.digits.count(UNKNOWN)
    for reading in _readings(part.tokens, {count or length - named_later, count + holes, length - named_later}, length):
        yield from _write(old, reading, start, count)


def _readings(tokens: tuple[Token, ...], lengths: set[int], length: int) -> list[Reading]:
    """The natural reading, and those that come to one of the lengths."""
    found = dict[str, Reading]()
    for wanted in sorted(wanted for wanted in lengths if 0 < wanted <= length):
        read = read_digits(tokens, wanted, length)
        for reading in (read.natural, *read.exact[:READINGS_AT_MOST]):
            if reading.length <= length:
                found.setdefault(reading.digits, reading)
    return list(found.values())


def _write(old: Masked, reading: Reading, start: int | None, count: int) -> Iterator[Masked]:
    """The digits at their place; more of them than the place holds go on to the first ones that are not known."""
    digits, length = reading.digits, len(old.digits)
    at = length - (count or len(digits)) if start is None else start
    here = digits[:count] if count else digits
    if not digits or at + len(here) > length or (count and len(digits) < count):
        return
    written = old.digits[:at] + here + old.digits[at + len(here) :]
    rest = digits[len(here) :]
    for digit in rest:
        if UNKNOWN not in written:
            return
        written = written.replace(UNKNOWN, digit, 1)
    yield Masked(old.cost + reading.cost, written)


def span(place: Place, length: int, block: int) -> tuple[int | None, int]:
    """Where a place begins, None where it ends with the number's end, and how many digits it names; 0: not said."""
    if place.block is not None:
        return (place.block * block) % length, block
    if place.first is not None:
        return 0, place.first
    return None, place.last or 0
