"""The chart of the coming week: what is needed against what the schedule has."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ivr.reports.charts import BLUE, DARK, ORANGE, RED, Chart, picture
from ivr.reports.staffing import HalfHour
from ivr.reports.words import ReportWords

INCHES_A_DAY = 1.35
INCHES_AROUND = 1.3
TICK = 4
"""Half-hours between two hours that are named."""


def draw_staffing(half_hours: Sequence[HalfHour], words: ReportWords) -> bytes:
    """A panel for each day that is worked."""
    days: dict[date, list[HalfHour]] = {}
    for one in half_hours:
        days.setdefault(one.starts.date(), []).append(one)
    known = any(one.on_shift is not None for one in half_hours)
    panels = len(days) if known else 1

    def draw(chart: Chart) -> None:
        _draw_week(chart, days)

    return picture(words, "staffing", INCHES_AROUND + INCHES_A_DAY * panels, draw if known else None, panels)


def _draw_week(chart: Chart, days: Mapping[date, Sequence[HalfHour]]) -> None:
    all_of_them = [one for of_day in days.values() for one in of_day]
    first, last = min(map(_slot, all_of_them)), max(map(_slot, all_of_them)) + 1
    most = max(max(one.on_shift or 0, one.scheduled) for one in all_of_them)
    ticks = [slot for slot in range(first, last + 1) if slot % TICK == 0]
    for axes, (day, of_day) in zip(chart.panels, days.items(), strict=True):
        _draw_day(axes, {_slot(one): one for one in of_day}, range(first, last), chart.words)
        axes.set_xlim(first, last)
        axes.set_ylim(0, most * 1.15 + 1)
        axes.set_xticks(ticks, [f"{slot // 2:02}:00" for slot in ticks])
        axes.set_ylabel(f"{chart.words.short_weekdays[day.weekday()]} {day:%d.%m}\n{chart.around.up}", color=DARK)
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.grid(axis="y", alpha=0.3)
    chart.axes = max(chart.panels, key=lambda axes: len(axes.get_legend_handles_labels()[0]))
    chart.legend()


def _draw_day(axes: Any, day: Mapping[int, HalfHour], slots: range, words: ReportWords) -> None:  # noqa: ANN401
    """``day``: by half-hour; closed ones are gaps."""
    edges = [*slots, slots.stop]
    scheduled = [_or_gap(day[slot].scheduled if slot in day else None) for slot in slots]
    needed = [_or_gap(day[slot].on_shift if slot in day else None) for slot in slots]
    if all(one.on_shift is None for one in day.values()):
        axes.text(0.5, 0.5, words.labels["no_data"], transform=axes.transAxes, ha="center", va="center", color=DARK)
    if any(one.short_by for one in day.values()):
        lacks = [need if need > have else have for need, have in zip(needed, scheduled, strict=True)]
        style = {"facecolor": ORANGE, "edgecolor": RED, "hatch": "///", "linewidth": 0, "alpha": 0.5}
        axes.stairs(lacks, edges, baseline=scheduled, fill=True, label=words.labels["missing"], **style)
    axes.stairs(needed, edges, baseline=None, color=RED, linewidth=2, label=words.labels["on_shift"])
    axes.stairs(scheduled, edges, baseline=None, color=BLUE, linewidth=2, ls="--", label=words.labels["scheduled"])


def _or_gap(value: int | None) -> float:
    return math.nan if value is None else value


def _slot(one: HalfHour) -> int:
    return one.starts.hour * 2 + one.starts.minute // 30
