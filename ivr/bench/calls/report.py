"""What a run of the call bench has measured."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.bench.figures import Spread, Target, ratio, rounded
from ivr.bench.streams import MEGABYTE, MOST_FIRST_PROMPT_MILLISECONDS, MOST_LAG_MILLISECONDS, MOST_MEGABYTES
from ivr.bench.webhooks import WebhookReport

Bucket = tuple[float, float]
"""Upper bound in seconds, and how many were at most that."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """A histogram of the hotline's own: it knows between which bounds a time was, not the time."""

    counts: tuple[Bucket, ...] = ()

    @property
    def count(self) -> int:
        return round(self.counts[-1][1]) if self.counts else 0

    def percentile(self, percent: float) -> float:
        """The bound that ``percent`` of all do not pass, in seconds; NaN for none."""
        rank = self.count * percent / 100
        return next((bound for bound, count in self.counts if rank and count >= rank), math.nan)

    def since(self, before: "Buckets") -> "Buckets":
        """Those that came after ``before`` was read."""
        earlier = dict(before.counts)
        return Buckets(tuple((bound, count - earlier.get(bound, 0)) for bound, count in self.counts))

    def in_milliseconds(self) -> dict[str, float | int | None]:
        bounds = {f"p{percent}_ms_at_most": rounded(self.percentile(percent) * 1000) for percent in (50, 95, 99)}
        return {"count": self.count} | bounds


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """One question of a script, and how long the hotline's answer to its answer took."""

    asked: str
    how: str
    times: Spread

    def as_json(self) -> dict[str, object]:
        return {"asked": self.asked, "how": self.how, **self.times.in_milliseconds()}


@dataclass(frozen=True, slots=True)
class CallsReport:
    """The whole run, or what there is of it. Times in seconds, memory in bytes."""

    concurrency: int
    seconds: float
    """From the end of the warm-up to the end of the last call."""
    dialled: int
    lost: Mapping[str, int]
    """Calls that broke, or that ended otherwise than their script says, by what went wrong."""
    ended: int
    turns: Sequence[TurnFigures]
    """First prompts and the answers to each question; at last spoken ones and keyed ones together."""
    recognition_lag: Buckets
    """Audio that waited when a turn ended, as the hotline counts it."""
    idle_bytes: int
    loaded_bytes: int
    cores: float
    """Processor cores that the hotline used."""
    load_cores: float
    """And the callers' process."""
    other_cores: float
    """And other programs; near 0 on a quiet machine."""
    interrupted: bool
    webhooks: WebhookReport | None
    """The same machine by webhooks only, next to a bare route; None where the run was broken off before."""

    @property
    def calls_per_second(self) -> float:
        return ratio(self.ended, self.seconds)

    @property
    def bytes_per_call(self) -> float:
        return (self.loaded_bytes - self.idle_bytes) / self.concurrency if self.loaded_bytes else math.nan

    @property
    def under_way(self) -> int:
        return self.dialled - self.ended

    @property
    def first_prompt(self) -> float:
        """Its 95th percentile."""
        return next((turn.times.p95 for turn in self.turns if turn.how == "dialled"), math.nan)

    @property
    def targets(self) -> tuple[Target, ...]:
        return (
            Target("lost calls", sum(self.lost.values()) if self.ended else math.nan, "", at_most=0),
            Target("first prompt p95", self.first_prompt * 1000, "ms", at_most=MOST_FIRST_PROMPT_MILLISECONDS),
            Target(
                "recognition lag p95", self.recognition_lag.percentile(95) * 1000, "ms", at_most=MOST_LAG_MILLISECONDS
            ),
            Target("memory per call", self.bytes_per_call / MEGABYTE, "MB", at_most=MOST_MEGABYTES),
            *(self.webhooks.targets if self.webhooks else ()),
        )

    def as_json(self) -> dict[str, object]:
        return {
            "bench": "calls",
            "concurrency": self.concurrency,
            "seconds": rounded(self.seconds),
            "dialled": self.dialled,
            "ended": self.ended,
            "under_way": self.under_way,
            "calls_per_second": rounded(self.calls_per_second),
            "lost": dict(self.lost),
            "turns": [turn.as_json() for turn in self.turns],
            "recognition_lag": self.recognition_lag.in_milliseconds(),
            "idle_mb": rounded(self.idle_bytes / MEGABYTE),
            "loaded_mb": rounded(self.loaded_bytes / MEGABYTE),
            "mb_per_call": rounded(self.bytes_per_call / MEGABYTE),
            "cores": rounded(self.cores),
            "load_cores": rounded(self.load_cores),
            "other_cores": rounded(self.other_cores),
            "interrupted": self.interrupted,
            "webhooks": self.webhooks.as_json() if self.webhooks else None,
            "targets": [target.as_json() for target in self.targets],
        }
