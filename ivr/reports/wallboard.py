"""What is going on now, in figures that each have a definition, a value, and a mark where somebody should act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from ivr.reports.figures import Count, Share, Value, longest_span, quantile_span
from ivr.reports.line import LineFigures, line_figures
from ivr.reports.period import Period
from ivr.reports.source import (
    AppealCounts,
    PlaceFate,
    SentCode,
    appeal_counts,
    calls_in_progress,
    live_places,
    open_incidents,
    operators_by_status,
    places_between,
    sent_codes,
)
from ivr.reports.words import ReportRules
from ivr.store.code_events import Neighbours, worst_conversion
from ivr.store.line import LONGEST_CALL

RECENT = timedelta(minutes=30)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
SLOWEST_LEFT_OUT = 0.95
RECENT_METRICS = frozenset({"service_answered", "service_all", "abandonment", "mean_wait", "wait_p90"})
FEW = 10
"""A share of fewer is never marked."""
IN_LINE = frozenset({"away", "waiting", "offered", "connecting"})
STATUSES = ("ready", "offered", "talking", "wrap_up", "pause", "missed")


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric's value."""

    metric: str
    value: Value
    attention: bool = False
    """True only where somebody should do something now."""


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that are read together."""

    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Wallboard:
    """Everything at one moment."""

    at: datetime
    groups: tuple[Group, ...]

    def figure(self, group: str, metric: str) -> Figure:
        """The figure of this name. Raises ``KeyError``."""
        for one in self.groups:
            for figure in one.figures:
                if (one.name, figure.metric) == (group, metric):
                    return figure
        raise KeyError(metric)


def look(
    conn: Connection, day: Period, now: datetime, slots: Share, rules: ReportRules, *, codes_paused: bool
) -> Wallboard:
    """Read the present state. ``day``: today; ``slots``: places of recognition, taken of all."""
    lately = places_between(conn, min(day.since, now - LONGEST_CALL), day.until)
    today = [place for place in lately if place.joined_at >= day.since]
    # By the moment of the answer: who has waited for longer than that is late, and must not be left out.
    recent = [place for place in lately if (place.answered_at or place.ended_at or LONG_AGO) > now - RECENT]
    live, statuses = live_places(conn), operators_by_status(conn)
    return Wallboard(
        now,
        (
            Group("line", _line(live, statuses, now, rules)),
            Group("operators", _operators(statuses)),
            Group("service_today", service_figures(line_figures(today, rules), rules)),
            Group("service_recent", _recent_figures(line_figures(recent, rules), rules)),
            Group("machine", _machine(conn, now, slots)),
            Group("codes", _codes(conn, day, now, rules, paused=codes_paused)),
            Group("appeals", appeal_figures(appeal_counts(conn, now, timedelta(hours=rules.near_hours)))),
        ),
    )


def _line(
    live: Sequence[PlaceFate], statuses: Mapping[str, int], now: datetime, rules: ReportRules
) -> tuple[Figure, ...]:
    holding = [now - place.joined_at for place in live if place.kind == "holding" and place.state in IN_LINE]
    due = [place.due_at for place in live if place.kind == "call_back" and place.state in IN_LINE]
    waiting = sum(at <= now for at in due)
    overdue = sum(at < now - timedelta(minutes=rules.overdue_minutes) for at in due)
    too_long = bool(holding) and max(holding) > timedelta(minutes=rules.longest_wait_minutes)
    return (
        Figure("in_line", Count(len(holding)), bool(holding) and not statuses),
        Figure("longest_wait", longest_span(holding), too_long),
        Figure("call_backs_waiting", Count(waiting)),
        Figure("call_backs_overdue", Count(overdue), overdue > 0),
    )


def _operators(statuses: Mapping[str, int]) -> tuple[Figure, ...]:
    counts = {status: statuses.get(status, 0) for status in STATUSES}
    return tuple(
        Figure(f"operators_{status}", Count(count), status == "missed" and count > 0)
        for status, count in counts.items()
    )


def service_figures(line: LineFigures, rules: ReportRules) -> tuple[Figure, ...]:
    """How the line fared."""
    return (
        Figure("queued", Count(line.queued)),
        Figure("service_answered", line.service_answered),
        Figure("service_all", line.service_all, _is_below(line.service_all, rules.service_share)),
        Figure("abandonment", line.abandonment, _is_above(line.abandonment, rules.most_abandoned)),
        Figure("short_abandons", Count(line.short)),
        Figure("call_backs_booked", Count(line.call_backs)),
        Figure("left_line", Count(line.left)),
        Figure("mean_wait", line.mean_wait),
        Figure("wait_p90", line.wait_p90),
        Figure("handling", line.handling),
    )


def _recent_figures(line: LineFigures, rules: ReportRules) -> tuple[Figure, ...]:
    """Those that change within half an hour."""
    return tuple(figure for figure in service_figures(line, rules) if figure.metric in RECENT_METRICS)


def _machine(conn: Connection, now: datetime, slots: Share) -> tuple[Figure, ...]:
    incidents = open_incidents(conn, now)
    return (
        Figure("calls_now", Count(calls_in_progress(conn, now))),
        Figure("slots_taken", slots, slots.whole > 0 and slots.part >= slots.whole),
        Figure("incidents_open", Count(incidents)),
    )


def _codes(conn: Connection, day: Period, now: datetime, rules: ReportRules, *, paused: bool) -> tuple[Figure, ...]:
    """Are codes entered, and does somebody guess cards or pump messages?"""
    codes = sent_codes(conn, day.since)
    return (
        Figure("codes_sent", Count(len(codes))),
        Figure("codes_used", _used(codes, now)),
        Figure("sms_p95", quantile_span([code.sent_at - code.created_at for code in codes], SLOWEST_LEFT_OUT)),
        Figure("codes_paused", Count(int(paused)), paused),
        _worst(conn, "codes_worst_range", "range_key", now, rules),
        _worst(conn, "codes_worst_askers", "prefix_key", now, rules),
    )


def _worst(conn: Connection, metric: str, key: Neighbours, now: datetime, rules: ReportRules) -> Figure:
    """Of all neighbours the ones whose codes are entered least."""
    worst = worst_conversion(conn, key, now, rules.least_codes)
    share = Share(worst.right, worst.sent)
    return Figure(metric, share, _is_below(share, rules.least_entered))


def _used(codes: Sequence[SentCode], now: datetime) -> Share:
    """Of those that were used or can be used no longer."""
    settled = [code for code in codes if code.used_at is not None or code.expires_at <= now]
    return Share(sum(code.used_at is not None for code in settled), len(settled))


def appeal_figures(counts: AppealCounts) -> tuple[Figure, ...]:
    """Open appeals by their deadline."""
    return (
        Figure("appeals_open", Count(counts.open)),
        Figure("appeals_near", Count(counts.near)),
        Figure("appeals_overdue", Count(counts.overdue), counts.overdue > 0),
    )


def _is_below(share: Share, goal: float) -> bool:
    """Marked only where chance alone does not explain it: one late call of three tells nothing."""
    return share.whole >= FEW and share.interval()[1] < goal


def _is_above(share: Share, most: float) -> bool:
    return share.whole >= FEW and share.interval()[0] > most
