"""What ``grammars/reports.yaml`` says: the rules of the figures, and every word that a report prints.

The file has to name what the reports print, no more and no less, so that no figure is left without its definition.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ivr.book.strict_yaml import Listed, Mapped, Place, check_keys, fault, load_yaml, shown
from ivr.errors import BookError
from ivr.reports.erlang import Goal
from ivr.reports.names import CHARTS, COLUMNS, GROUPS, LABELS, METRICS

DAYS_OF_WEEK = 7
LONGEST_REPORT = 92
"""Days. What calls were about is forgotten a week later, see ``ivr.store.answers``."""


@dataclass(frozen=True, slots=True)
class ReportRules:
    """Thresholds; each is explained in the file."""

    service_seconds: int
    service_share: float
    short_seconds: int
    most_abandoned: float
    longest_wait_minutes: int
    overdue_minutes: int
    near_hours: int
    occupancy: float
    absence: float
    history_weeks: int
    least_talks: int
    most_blocked: float
    most_days: int
    least_codes: int
    least_entered: float

    @property
    def goal(self) -> Goal:
        """What staffing has to reach."""
        return Goal(self.service_share, self.service_seconds, self.occupancy)


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure's name, and what exactly it counts."""

    title: str
    means: str


@dataclass(frozen=True, slots=True)
class ChartWords:
    """What stands around a chart."""

    title: str
    across: str
    up: str
    scale: str
    """Beside a scale of colours."""


@dataclass(frozen=True, slots=True)
class ReportWords:
    """The whole file."""

    rules: ReportRules
    metrics: Mapping[str, Metric]
    columns: Mapping[str, str]
    charts: Mapping[str, ChartWords]
    groups: Mapping[str, str]
    labels: Mapping[str, str]
    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]


def load_words(path: Path) -> ReportWords:
    """Read the file. Raises ``BookError`` with file and line, and what to write instead."""
    data = load_yaml(path)
    if not isinstance(data, Mapped):
        raise BookError(f"{shown(path)}:1: not a mapping; write keys such as `metrics:`, see docs/reports.md.")
    check_keys(data, [field.name for field in fields(ReportWords)])
    rules = _rules(_section(data, "rules", [field.name for field in fields(ReportRules)]))
    return ReportWords(
        rules=rules,
        metrics=_metrics(_section(data, "metrics", METRICS), _values_of(rules)),
        columns=_texts(_section(data, "columns", COLUMNS)),
        charts=_charts(_section(data, "charts", CHARTS)),
        groups=_texts(_section(data, "groups", GROUPS)),
        labels=_texts(_section(data, "labels", LABELS)),
        weekdays=_week(data, "weekdays"),
        short_weekdays=_week(data, "short_weekdays"),
    )


def _rules(section: Mapped) -> ReportRules:
    kinds = {field.name: field.type for field in fields(ReportRules)}
    rules = ReportRules(**{name: _number(section, name, kinds[name] is float) for name in kinds})
    if rules.most_days > LONGEST_REPORT:
        raise fault(section.at("most_days"), f"`most_days` is more than {LONGEST_REPORT}", "write fewer days")
    return rules


def _number(section: Mapped, name: str, fraction: bool) -> Any:  # noqa: ANN401 - int or float, as the field has it
    value = section[name]
    if fraction and (not isinstance(value, float) or not 0 < value < 1):
        raise fault(section.at(name), f"`{name}` is no fraction between 0 and 1", "write one such as 0.8")
    if not fraction and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise fault(section.at(name), f"`{name}` is no whole number from 1 on", "write one such as 20")
    return value


def _values_of(rules: ReportRules) -> Mapping[str, str]:
    """What definitions may name in braces."""
    counts = {name: str(getattr(rules, name)) for name in ReportRules.__slots__}
    return counts | {
        "service_percent": f"{rules.service_share:.0%}".rstrip("%"),
        "occupancy_percent": f"{rules.occupancy:.0%}".rstrip("%"),
        "absence_percent": f"{rules.absence:.0%}".rstrip("%"),
        "blocked_permille": f"{rules.most_blocked * 1000:g}",
    }


def _metrics(section: Mapped, values: Mapping[str, str]) -> Mapping[str, Metric]:
    found = {}
    for name in section:
        texts = _texts(_section(section, name, [field.name for field in fields(Metric)]))
        try:
            found[name] = Metric(texts["title"], texts["means"].format_map(values))
        except (KeyError, ValueError, IndexError):
            cure = f"use {', '.join(sorted(values))}, each in braces"
            raise fault(section.at(name), f"the definition of `{name}` names a value that is none", cure) from None
    return found


def _charts(section: Mapped) -> Mapping[str, ChartWords]:
    names = [field.name for field in fields(ChartWords)]
    return {name: ChartWords(**_texts(_section(section, name, names), may_be_empty=names[1:])) for name in section}


def _section(data: Mapped, name: str, names: Iterable[str]) -> Mapped:
    section = data[name]
    if not isinstance(section, Mapped):
        raise fault(data.at(name), f"`{name}` is no mapping", "put keys under it")
    check_keys(section, list(names))
    return section


def _texts(section: Mapped, may_be_empty: Iterable[str] = ()) -> dict[str, str]:
    for name, value in section.items():
        if not isinstance(value, str) or not (value.strip() or name in may_be_empty):
            raise fault(section.at(name), f"`{name}` is no text", "write words")
    return {name: value.strip() for name, value in section.items()}


def _week(data: Mapped, name: str) -> tuple[str, ...]:
    days = data[name]
    texts = [day for day in days if isinstance(day, str) and day] if isinstance(days, Listed) else []
    if len(texts) != DAYS_OF_WEEK:
        place: Place = data.at(name)
        raise fault(place, f"`{name}` does not name seven days", "write them from Monday to Sunday")
    return tuple(texts)
