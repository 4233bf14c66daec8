"""Values of reports. Where nothing was counted there is no value: never a zero, and never a hundred per cent."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

NORMAL_95 = 1.959964
"""Standard deviations around a mean within which 95 of 100 lie."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many; None where it cannot be known."""

    value: int | None


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.whole + other.whole)

    @property
    def value(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    def interval(self) -> tuple[float, float]:
        """Where the true share lies with a chance of 95 %, by Wilson 1927: it holds for few and for extreme counts too.

        Raises ``ZeroDivisionError`` for a share of nothing.
        """
        share, z2 = self.part / self.whole, NORMAL_95**2
        middle = share + z2 / (2 * self.whole)
        half = NORMAL_95 * math.sqrt(share * (1 - share) / self.whole + z2 / (4 * self.whole**2))
        scale = 1 + z2 / self.whole
        # The share itself is within: floating point would leave out a whole one by its last digit.
        return max(0.0, min((middle - half) / scale, share)), min(1.0, max((middle + half) / scale, share))


@dataclass(frozen=True, slots=True)
class Span:
    """A time that was measured so often: a mean, a quantile or the longest."""

    seconds: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Load:
    """Something worked out of history, such as erlangs or operators; None where there is too little of it."""

    value: float | None


Value = Count | Share | Span | Load


def mean_span(times: Sequence[timedelta]) -> Span:
    """The mean of some times."""
    seconds = [time.total_seconds() for time in times]
    return Span(math.fsum(seconds) / len(seconds) if seconds else None, len(seconds))


def quantile_span(times: Sequence[timedelta], share: float) -> Span:
    """The time within which so large a share lies: the nearest rank, so that it is one that was measured."""
    ordered = sorted(times)
    if not ordered:
        return Span(None, 0)
    rank = max(math.ceil(share * len(ordered)), 1)
    return Span(ordered[rank - 1].total_seconds(), len(ordered))


def longest_span(times: Sequence[timedelta]) -> Span:
    """The longest of some times."""
    return Span(max(times).total_seconds() if times else None, len(times))
