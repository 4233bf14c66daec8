"""Every number that may begin at a word of a run: «двадцать пять» begins 25 and 20."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ivr.slots.steps import Run
from ivr.slots.words import Word

SPLIT_COST = 2
"""Two numbers where one would do: «двадцать пять» as 20 and 5."""
GAP_COST = 1
"""A pause inside a number, or a number that ends at a pause though it could go on: equally likely."""
DISAGREEMENT_COST = 1
"""«Пять тысяча»: heard badly, or two numbers."""
TEN_THOUSAND_COST = 2
"""«Двадцать две тысячи»: callers read blocks of at most four digits, so this is likelier 20 and 2000."""
COUNTED_AT_MOST = 16


class Arc(NamedTuple):
    """A number: the digits that the words up to ``end`` stand for."""

    end: int
    digits: str
    cost: int


class Span(NamedTuple):
    """A number by value."""

    end: int
    value: int


def arcs(run: Run, start: int) -> list[Arc]:
    """All numbers that begin at ``start``, the longest first. Never empty."""
    words = run.words
    found = _READERS[words[start].kind](words, start)
    if len(found) == 1 and found[0].end == start + 1:
        return found
    whole = (arc.end for arc in found if not arc.cost and not _cuts_off_thousand(words, arc.end))
    longest = max(whole, default=start + 1)
    return [Arc(arc.end, arc.digits, arc.cost + _cost(run, start, arc.end, longest)) for arc in found]


def _cost(run: Run, start: int, end: int, longest: int) -> int:
    crossed = sum(GAP_COST for index in range(start + 1, end) if index in run.gaps)
    if end >= longest and not _cuts_off_thousand(run.words, end):
        return crossed
    return crossed + (GAP_COST if end in run.gaps else SPLIT_COST)


def _cuts_off_thousand(words: tuple[Word, ...], end: int) -> bool:
    return end < len(words) and words[end].kind == "thousand" and _agrees(words[end - 1], words[end])


def below_hundred(words: tuple[Word, ...], start: int) -> Iterator[Span]:
    """1 to 99."""
    if start >= len(words):
        return
    word = words[start]
    if word.kind == "tens" and start + 1 < len(words) and words[start + 1].kind == "unit":
        yield Span(start + 2, word.value + words[start + 1].value)
    if word.kind in ("unit", "teen", "tens"):
        yield Span(start + 1, word.value)


def below_thousand(words: tuple[Word, ...], start: int) -> Iterator[Span]:
    """1 to 999."""
    if start < len(words) and words[start].kind == "hundreds":
        yield from (Span(span.end, words[start].value + span.value) for span in below_hundred(words, start + 1))
        yield Span(start + 1, words[start].value)
    else:
        yield from below_hundred(words, start)


def _cardinals(words: tuple[Word, ...], start: int) -> list[Arc]:
    found = []
    for span in below_thousand(words, start):
        following = words[span.end] if span.end < len(words) else None
        if following and following.kind == "thousand":
            cost = 0 if _agrees(words[span.end - 1], following) else DISAGREEMENT_COST
            found += _thousands(words, span.end, span.value, cost)
        if following and following.kind == "noun" and span.value <= COUNTED_AT_MOST:
            found.append(Arc(span.end + 1, str(following.value) * span.value, 0))
        found.append(Arc(span.end, str(span.value), 0))
    return found


def _agrees(last: Word, thousand: Word) -> bool:
    """Whether a number whose last word is ``last`` may stand before this form of thousand."""
    if last.kind == "unit" and last.value < 5:
        expected = "one" if last.value == 1 else "few"
        return thousand.agreement == expected and (last.value > 2 or last.agreement == "feminine")
    return thousand.agreement == "many" and last.kind in ("unit", "teen", "tens", "hundreds")


def _thousands(words: tuple[Word, ...], at: int, count: int, cost: int) -> list[Arc]:
    cost += TEN_THOUSAND_COST if count > 9 else 0
    found = [Arc(span.end, str(count * 1000 + span.value), cost) for span in below_thousand(words, at + 1)]
    return [*found, Arc(at + 1, str(count * 1000), cost)]


def _bare_thousand(words: tuple[Word, ...], start: int) -> list[Arc]:
    return _thousands(words, start, 1, 0 if words[start].agreement == "one" else DISAGREEMENT_COST)


def _times(words: tuple[Word, ...], start: int) -> list[Arc]:
    if start + 1 == len(words) or words[start + 1].kind in ("times", "key"):
        return [Arc(start + 1, "", 0)]
    repeated = _READERS[words[start + 1].kind](words, start + 1)
    return [Arc(arc.end, arc.digits * words[start].value, arc.cost) for arc in repeated]


def _digit(words: tuple[Word, ...], start: int) -> list[Arc]:
    return [Arc(start + 1, str(words[start].value), 0)]


def _nothing(words: tuple[Word, ...], start: int) -> list[Arc]:
    return [Arc(start + 1, "", 0)]


_READERS: dict[str, Callable[[tuple[Word, ...], int], list[Arc]]] = {
    "zero": _digit,
    "key": _digit,
    "noun": _digit,
    "unit": _cardinals,
    "teen": _cardinals,
    "tens": _cardinals,
    "hundreds": _cardinals,
    "thousand": _bare_thousand,
    "times": _times,
    "ordinal": _nothing,
    "month": _nothing,
    "year": _nothing,
    "round_year": _nothing,
}
