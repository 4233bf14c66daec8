"""Which digits are the card, which are the date, and which are neither.

The digits are cut into pieces, each a card number, a date, a phone number or nothing, so that all of them together cost
least. What is written as people write such a thing costs nothing; digits that belong to nothing, a number of the wrong
length, a date that cannot be, and a cut inside digits that are written together cost more and more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ivr.sms_form.dates import LONGEST, is_year, read_groups
from ivr.sms_form.gaps import Digits, Gap
from ivr.sms_form.validators import INCOMPLETE, DateRead, Validators

PieceKind = Literal["card", "misfit", "date", "phone", "other"]
"""``misfit``: a card number of the wrong length."""

CUT, CUT_SHORT, CUT_GROUP = 10.0, 12.0, 25.0
"""For a cut inside digits that are written together: seven or more, five or six, fewer."""
LONE, YEAR, AMONG = 5.0, 9.0, 13.0
"""For digits that are nothing: alone between words, a year, and others beside digits. «2)» before something counts as
alone."""
LONE_AT_MOST = 7
"""Digits; of more of them each costs one more."""
MISFIT = 8.0
"""For a card number of the wrong length, and one more for each digit too few or too many, up to so many."""
MISFIT_WORST = 6
MISFIT_AT_LEAST = 8
MISFIT_AT_MOST_OVER = 7
"""Digits more than a card has."""
UNUSUAL = 6.0
"""For each group of digits that is not as long as the others, but for one."""
MIXED = 14.0
"""For other signs between some groups than between others: the date after a card."""
IN_ONE = -6.0
"""For just so many digits as a card has, written together."""
UNFIT = 0.5
"""For a card number that the scheme refuses: of two ways to cut, the other one."""
BAD_DATE = 7.0
PART_OF_DATE = 6.0
GLUED_DATE, SHORT_DATE, HALF_GLUED = 2.0, 3.0, 4.0
"""For dates without signs: of eight digits, of fewer, and with a sign in one place only."""
SPACED = 1.0
"""For each space in a date where a sign is usual; and twice so much for a new line."""
BEHIND_LABEL, BEHIND_PHONE = 2.0, 3.0
"""For a piece behind the label of another, and of a phone."""
PHONE_AT_LEAST, PHONE_LENGTH, PHONE_AT_MOST = 5, 11, 13
"""Digits: a local number, one of this country, one from abroad."""
LABELLED_PHONES = (5, 6, 7, 10, 11)
"""Digits of what is a phone number only because its label says so; eight are a date."""
BARE_PHONE = 5.0
"""For a mobile number without the country's seven or eight."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Digits from ``start`` to ``end`` as one thing."""

    kind: PieceKind
    start: int
    end: int
    cost: float
    date: DateRead | None = None
    month_at: int = -1
    """The index of the token with the month's name."""


def cut_into_pieces(digits: Digits, checks: Validators) -> tuple[Piece, ...]:
    """All digits of a message, piece by piece."""
    return _Cutting(digits, checks).cheapest()


class _Cutting:
    """One message."""

    def __init__(self, digits: Digits, checks: Validators) -> None:
        self._digits, self._checks = digits, checks
        self._places = _places(digits, checks.length)

    def cheapest(self) -> tuple[Piece, ...]:
        """The way through the digits that costs least; of equal ones the first found."""
        count = len(self._digits.text)
        best: list[tuple[float, Piece | None]] = [(float("inf"), None) for _ in range(count + 1)]
        best[0] = 0.0, None
        for start in self._places[:-1]:
            for piece in self._pieces(start):
                cost = best[start][0] + piece.cost + self._cut(piece.end)
                if cost < best[piece.end][0]:
                    best[piece.end] = (cost, piece)
        found, at = list[Piece](), count
        while last := best[at][1]:
            found.append(last)
            at = last.start
        return tuple(reversed(found))

    def _pieces(self, start: int) -> Iterator[Piece]:
        yield from self._cards(start)
        yield from self._dates(start)
        yield from self._phones(start)
        yield from self._hours(start)
        yield self._other(start)

    def _cut(self, at: int) -> float:
        digits = self._digits
        if at == len(digits.text) or digits.gaps[at].kind != "none":
            return 0.0
        written = digits.groups[at]
        if written <= 4:
            return CUT_GROUP
        return CUT_SHORT if written <= 6 else CUT

    def _ends(self, start: int, least: int, most: int) -> Iterator[int]:
        """Where a piece of so many digits may end."""
        return (place for place in self._places if start + least <= place <= start + most)

    def _inner(self, start: int, end: int) -> list[Gap]:
        return [self._digits.gaps[at] for at in self._digits.inner(start, end)]

    def _behind(self, start: int, *labels: str) -> float:
        label = self._digits.gaps[start].label
        if label is None or label in (*labels, "name"):
            return 0.0
        return BEHIND_PHONE if label == "phone" else BEHIND_LABEL

    # -- cards ---------------------------------------------------------------------------------------------------------

    def _cards(self, start: int) -> Iterator[Piece]:
        length = self._checks.length
        for end in self._ends(start, MISFIT_AT_LEAST, length + MISFIT_AT_MOST_OVER):
            if any(gap.kind == "words" or gap.hidden or gap.plus for gap in self._inner(start, end)):
                return
            cost = self._behind(start, "card")
            if end == start + length:
                fits = self._checks.card_fault(self._digits.text[start:end]) is None
                in_one = IN_ONE if self._digits.groups[start] == length and not self._inner(start, end) else 0.0
                yield Piece("card", start, end, cost + self._unusual(start, end) + in_one + (0.0 if fits else UNFIT))
            else:
                wrong = MISFIT + min(abs(end - start - length), MISFIT_WORST)
                yield Piece("misfit", start, end, cost + self._unusual(start, end) + wrong)

    def _unusual(self, start: int, end: int) -> float:
        """Groups of one length, but for one that is cut short or two that are joined, with the same between them."""
        sizes = [len(group) for group in self._digits.split(start, end)]
        usual = max(sizes, key=lambda size: (sizes.count(size), size))
        odd = sum(size % usual > 0 for size in sizes)
        signs = {gap.signs for gap in self._inner(start, end) if gap.kind != "line"}
        return UNUSUAL * max(odd - 1, 0) + (MIXED if len(signs) > 1 else 0.0)

    # -- dates ---------------------------------------------------------------------------------------------------------

    def _dates(self, start: int) -> Iterator[Piece]:
        for end in self._ends(start, 1, LONGEST):
            inner = self._digits.inner(start, end)
            if len(inner) > 2:
                return
            for months in self._months(start, inner, end):
                yield from self._date(start, end, months)

    def _months(self, start: int, inner: tuple[int, ...], end: int) -> Iterator[dict[int, int]]:
        """Months in words by the index of the group behind them: between groups, else none, or one around them."""
        gaps = self._digits.gaps
        between = {at: place for at, place in enumerate(inner, 1) if gaps[place].kind == "words"}
        if all(gaps[place].month for place in between.values()):
            yield between
        if not between and gaps[start].month and not gaps[start].is_name:
            yield {0: start}
        if gaps[end].month and not gaps[end].is_name and all(gaps[place].void for place in between.values()):
            yield {len(inner) + 1: end}

    def _date(self, start: int, end: int, months: dict[int, int]) -> Iterator[Piece]:
        digits = self._digits
        groups = digits.split(start, end)
        named = {at: digits.gaps[place].month or 0 for at, place in months.items()}
        inner = self._inner(start, end)
        read = read_groups(groups, named, self._checks, "".join(gap.signs for gap in inner))
        if read is None and len(groups) == 1 and len(groups[0]) in (2, 4) and digits.gaps[end].year:
            read = INCOMPLETE
        if read is None or any(gap.hidden or gap.plus or gap.bracket for gap in inner):
            return
        cost = self._behind(start, "date") + _written(groups, inner, bool(months)) + _doubt(read)
        month_at = digits.gaps[next(iter(months.values()))].month_at if months else -1
        yield Piece("date", start, end, cost, read, month_at)

    # -- the rest ------------------------------------------------------------------------------------------------------

    def _phones(self, start: int) -> Iterator[Piece]:
        text, gap = self._digits.text, self._digits.gaps[start]
        if gap.kind == "none" and start:
            return
        for end in self._ends(start, PHONE_AT_LEAST, PHONE_AT_MOST):
            if any(one.kind in ("words", "line") for one in self._inner(start, end)):
                return
            cost = self._phone(text[start:end], gap)
            if cost is not None:
                yield Piece("phone", start, end, cost + (self._behind(start, "phone") if cost else 0))

    @staticmethod
    def _phone(digits: str, before: Gap) -> float | None:
        """What it costs to take digits for a phone number."""
        size = len(digits)
        if before.plus and size >= PHONE_LENGTH:
            return 0.5 + 6 * (size - PHONE_LENGTH)
        if size == PHONE_LENGTH and digits[0] in "78" and digits[1] in "34589":
            return 1.0
        if before.label == "phone" and size in LABELLED_PHONES:
            return 1.0 + abs(size - PHONE_LENGTH + 1) / 4
        return BARE_PHONE if size == PHONE_LENGTH - 1 and digits[0] == "9" else None

    def _hours(self, start: int) -> Iterator[Piece]:
        """«18:45»."""
        for end in self._ends(start, 3, 4):
            colons, groups = [gap.colon for gap in self._inner(start, end)], self._digits.split(start, end)
            if colons == [True] and len(groups[1]) == 2 and int(groups[0]) < 24 and int(groups[1]) < 60:
                yield Piece("other", start, end, LONE)

    def _other(self, start: int) -> Piece:
        gaps, count = self._digits.gaps, len(self._digits.text)
        end = next((at for at in range(start + 1, count) if gaps[at].kind != "none"), count)
        left, right = (gaps[at].kind in ("words", "line") or at in (0, count) for at in (start, end))
        numbered = end - start == 1 and (gaps[end].bracket or (left and gaps[end].kind == "sign"))
        if numbered or (left and right):
            return Piece("other", start, end, LONE + (end - start if end - start > LONE_AT_MOST else 0))
        return Piece("other", start, end, YEAR if is_year(self._digits.text[start:end], self._checks) else AMONG)


def _places(digits: Digits, length: int) -> tuple[int, ...]:
    """Where pieces may meet: between groups, and inside one only at an end of a card that is written in one with it."""
    count = len(digits.text)
    between = {0, count, *(at for at in range(count) if digits.gaps[at].kind != "none")}
    at_cards = {at + step for at in between for step in (-length, length)}
    return tuple(sorted(place for place in between | at_cards if 0 <= place <= count))


def _written(groups: tuple[str, ...], inner: list[Gap], with_month: bool) -> float:
    """How unusual it is to write a date so."""
    spaces = sum(SPACED * {"space": 1, "line": 2}.get(gap.kind, 0) for gap in inner)
    if with_month:
        return 0.0 if len(groups) == 2 else SPACED
    by_count = {3: 0.0, 2: HALF_GLUED, 1: GLUED_DATE if len(groups[0]) == len("31031986") else SHORT_DATE}
    return spaces + by_count[len(groups)]


def _doubt(read: DateRead) -> float:
    if read.value or read.fault == "date_ambiguous":
        return 0.0
    return PART_OF_DATE if read.fault == "date_incomplete" else BAD_DATE
