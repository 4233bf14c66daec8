"""Corrections of a whole number: «нет, ноль шесть», «второй блок …», «вместо ноль пять — ноль шесть»."""

from collections.abc import Iterable, Iterator, Sequence

from ivr.dialog.parts import NO_CORRECTION, Mended
from ivr.slots.digits import read_digits
from ivr.slots.places import DANGLING, Stretch, fill, span, stretches
from ivr.slots.words import Place, Token, Word

LONGEST = 8
"""Digits that one correction without a place replaces: two blocks of four."""


def mend(value: str, tokens: Sequence[Token], block: int, within: int | None = None) -> Mended:
    """The number as it is after a correction; ``within``: the index of the block in which the mistake is, if known."""
    if any(isinstance(token, Place) for token in tokens):
        return _at_places(value, stretches(tokens), block)
    said = _stripped(tokens)
    if not any(isinstance(token, Word) for token in said):
        return NO_CORRECTION
    pairs = list(_replacements(said))
    told = "wrong" in said or "instead" in said
    found = _exchanged(value, pairs) if told else _alike(value, said, block, within)
    return Mended(tuple(dict.fromkeys(found)))


def _at_places(value: str, parts: Sequence[Stretch], block: int) -> Mended:
    given = [part for part in parts if part.tokens]
    if not given:
        place = next(part.place for part in reversed(parts) if part.place)
        return _named(place, len(value), block)
    if given[0].place is None:
        return NO_CORRECTION
    mended = (one.digits for one in fill(value, given, block))
    return Mended(tuple(dict.fromkeys(new for new in mended if new != value)))


def _named(place: Place, length: int, block: int) -> Mended:
    start, count = span(place, length, block)
    at = length - (count or block) if start is None else start
    return Mended(block=at // block) if count <= block else NO_CORRECTION


def _stripped(tokens: Sequence[Token]) -> tuple[Token, ...]:
    kept = list(tokens)
    while kept and kept[0] in DANGLING:
        del kept[0]
    while kept and kept[-1] in DANGLING:
        del kept[-1]
    return tuple(kept)


# -- one thing for another --------------------------------------------------------------------------------------------


def _replacements(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """What is wrong and what is right instead: «не X, а Y», «вместо X Y», «Y вместо X»; «не X Y» where «а» was lost."""
    for at, mark in enumerate(tokens):
        before, after = tokens[:at], tokens[at + 1 :]
        if mark == "wrong" and "right" in after:
            middle = after.index("right")
            yield from _same_length(after[:middle], after[middle + 1 :])
        elif mark in ("wrong", "instead") and any(isinstance(word, Word) for word in before):
            yield from _same_length(after, before)
        elif mark in ("wrong", "instead"):
            cuts = range(1, len(after))
            yield from (pair for cut in cuts for pair in _same_length(after[:cut], after[cut:]))


def _same_length(wrong: Sequence[Token], right: Sequence[Token]) -> Iterator[tuple[str, str]]:
    old, new = _natural(wrong), _natural(right)
    if old and len(old) == len(new):
        yield old, new


def _natural(tokens: Sequence[Token]) -> str:
    return read_digits(_stripped(tokens), LONGEST, LONGEST).natural.digits


def _exchanged(value: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for old, new in pairs:
        for at in _aligned(len(value), len(old)):
            if value[at : at + len(old)] == old != new:
                yield value[:at] + new + value[at + len(new) :]


# -- a piece without a place ------------------------------------------------------------------------------------------


def _alike(value: str, said: Sequence[Token], block: int, within: int | None) -> list[str]:
    """The numbers in which the piece stands for the one most like it; none where that may be several.

    A caller who corrects repeats the group with the mistake, so that most of it is right already. Groups are pairs and
    fours; an odd number of digits is a group that was heard badly.
    """
    digits = _natural(said)
    if len(digits) % 2 or not 0 < len(digits) <= LONGEST:
        return []
    step = block if len(digits) % block == 0 else 1
    places = [at for at in _aligned(len(value), len(digits)) if at % step == 0 and within in (None, at // block)]
    wrong = {at: sum(a != b for a, b in zip(value[at:], digits, strict=False)) for at in places}
    fewest = min((count for count in wrong.values() if count), default=len(digits))
    best = [at for at, count in wrong.items() if count == fewest]
    if len(best) != 1 or fewest * 2 > len(digits):
        return []
    return [value[: best[0]] + digits + value[best[0] + len(digits) :]]


def _aligned(length: int, count: int) -> range:
    """Where a group of so many digits may begin: pairs and fours at even places, as they are read back."""
    return range(0, length - count + 1, 1 if count % 2 else 2)
