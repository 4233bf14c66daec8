"""Figures of a run: percentiles of times, and a target with its verdict."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: a value that was measured, never one between two. NaN for no values."""
    if not values:
        return math.nan
    ranked = sorted(values)
    return ranked[max(1, math.ceil(len(ranked) * percent / 100)) - 1]


@dataclass(frozen=True, slots=True)
class Spread:
    """How a set of times is spread, in seconds. NaN where nothing was measured."""

    count: int
    p50: float
    p95: float
    p99: float
    longest: float

    def in_milliseconds(self) -> dict[str, float | int | None]:
        """For JSON, where NaN has no place."""
        times = {"p50_ms": self.p50, "p95_ms": self.p95, "p99_ms": self.p99, "max_ms": self.longest}
        return {"count": self.count} | {name: rounded(seconds * 1000) for name, seconds in times.items()}


def spread(seconds: Sequence[float]) -> Spread:
    """The spread of measured times."""
    p50, p95, p99 = (percentile(seconds, percent) for percent in (50, 95, 99))
    return Spread(len(seconds), p50, p95, p99, max(seconds, default=math.nan))


@dataclass(frozen=True, slots=True)
class Target:
    """A figure and the bound it is wanted within. A figure that could not be measured misses its target."""

    name: str
    value: float
    unit: str
    at_most: float = math.inf
    at_least: float = -math.inf

    @property
    def met(self) -> bool:
        return self.at_least <= self.value <= self.at_most

    @property
    def bound(self) -> str:
        """``<= 300 ms`` or ``>= 0.4``."""
        sign, limit = ("<=", self.at_most) if math.isfinite(self.at_most) else (">=", self.at_least)
        return f"{sign} {limit:g} {self.unit}".rstrip()

    def as_json(self) -> dict[str, object]:
        return {"name": self.name, "value": rounded(self.value), "wanted": self.bound, "met": self.met}


def ratio(part: float, whole: float) -> float:
    """``part / whole``; NaN where the whole is nothing."""
    return part / whole if whole else math.nan


def rounded(value: float) -> float | None:
    """Three decimals; None for what is no number."""
    return round(value, 3) if math.isfinite(value) else None
