"""The numbers at the top of a report."""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.simulator.rounds import Replayed


@dataclass(frozen=True, slots=True)
class Figures:
    """All calls together."""

    calls: int
    passed: int
    failed: int
    skipped: int
    rounds: int
    flaky: int
    flake_percent: float
    """Of the calls that were played more than once: how many did not go the same way each time."""
    call_seconds: float
    play_seconds: float
    """Machine time of all processes together."""
    median_ms: int | None
    """Of the times between a caller's end and the answer's beginning, in call time."""
    ninety_fifth_ms: int | None


def figures(replayed: Sequence[Replayed]) -> Figures:
    """Count them up."""
    shown = [group.worst for group in replayed]
    plays = [one for group in replayed for one in group.rounds]
    repeated = [group for group in replayed if len(group.rounds) > 1 and not group.first.skipped]
    flaky = sum(group.flaky for group in replayed)
    waits = sorted(reply.milliseconds for one in shown for reply in one.replies)
    return Figures(
        calls=len(shown),
        passed=sum(one.passed for one in shown),
        failed=sum(bool(one.failures) for one in shown),
        skipped=sum(bool(one.skipped) for one in shown),
        rounds=max((len(group.rounds) for group in replayed), default=0),
        flaky=flaky,
        flake_percent=round(100 * flaky / len(repeated), 1) if repeated else 0.0,
        call_seconds=sum(one.seconds for one in plays),
        play_seconds=sum(one.wall_seconds for one in plays),
        median_ms=_quantile(waits, 0.5),
        ninety_fifth_ms=_quantile(waits, 0.95),
    )


def _quantile(ordered: Sequence[int], part: float) -> int | None:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else None
