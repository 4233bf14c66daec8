"""What each chart shows."""

from collections.abc import Mapping, Sequence
from datetime import date

from ivr.reports.ageing import OLDEST, Age
from ivr.reports.calls import HOURS, TopicHours, WeekdayHours
from ivr.reports.charts import BLUE, DARK, GREEN, GREY, ORANGE, PURPLE, RED, Chart, hatched, picture
from ivr.reports.containment import Containment
from ivr.reports.figures import Share
from ivr.reports.hearing import Question
from ivr.reports.line import LineFigures
from ivr.reports.words import ReportWords

INCHES_A_ROW = 0.32
INCHES_AROUND = 1.7
INCHES_OF_LINES = 5.2
MOST_QUESTIONS = 24
"""More would be too small to read; the table has all."""
LONGEST_LABEL = 44
MOST_TICKS = 14
"""Days named under a chart."""
ONE_DIGIT = 10
"""Means below which a decimal is worth its place."""


def draw_topics(topics: Sequence[TopicHours], titles: Mapping[str, str], words: ReportWords) -> bytes:
    """Categories by hours."""

    def draw(chart: Chart) -> None:
        rows = [_counted(titles.get(topic.category, topic.category), topic.calls, words) for topic in topics]
        chart.heat(rows, [topic.by_hour for topic in topics], 0)

    return picture(words, "topics", _height(len(topics)), draw if topics else None)


def draw_hours(weekdays: Sequence[WeekdayHours], words: ReportWords) -> bytes:
    """Weekdays by hours."""

    def draw(chart: Chart) -> None:
        rows = [f"{words.short_weekdays[day.weekday]} ({words.labels['days']} {day.days})" for day in weekdays]
        means = [[day.mean(hour) for hour in HOURS] for day in weekdays]
        most = max(mean for row in means for mean in row if mean is not None)
        chart.heat(rows, means, 0 if most >= ONE_DIGIT else 1)

    return picture(words, "hours", _height(len(weekdays)), draw if any(day.days for day in weekdays) else None)


def draw_containment(days: Mapping[date, Containment], words: ReportWords) -> bytes:
    """Three shares, less and less flattering, day by day."""

    def draw(chart: Chart) -> None:
        _share_line(chart, [one.raw for one in days.values()], words.labels["raw"], PURPLE, "o:")
        _share_line(chart, [one.goal for one in days.values()], words.labels["solved"], BLUE, "s-")
        _share_line(chart, [one.kept for one in days.values()], words.labels["kept"], GREEN, "^--")
        _around_shares(chart, [(day, one.raw.whole) for day, one in days.items()])

    known = any(one.raw.whole for one in days.values())
    return picture(words, "containment", INCHES_OF_LINES, draw if known else None)


def draw_line(days: Mapping[date, LineFigures], words: ReportWords) -> bytes:
    """Service level and losses, day by day."""

    def draw(chart: Chart) -> None:
        _share_line(chart, [one.service_all for one in days.values()], words.labels["service_all"], BLUE, "s-")
        _share_line(chart, [one.abandonment for one in days.values()], words.labels["abandonment"], RED, "^--")
        percent = words.rules.service_share * 100
        goal = f"{words.labels['goal']} {percent:.0f}\u00a0%"
        chart.axes.axhline(percent, color=DARK, linewidth=1, linestyle=":", label=goal)
        _around_shares(chart, [(day, one.service_all.whole) for day, one in days.items()])

    known = any(one.service_all.whole for one in days.values())
    return picture(words, "line", INCHES_OF_LINES, draw if known else None)


def draw_hearing(questions: Sequence[Question], wordings: Mapping[str, str], words: ReportWords) -> bytes:
    """How each question ended, in shares."""
    asked = [question for question in questions if question.asked]
    seen = asked[:MOST_QUESTIONS][::-1]
    kinds = {
        "understood": (BLUE, ""),
        "keys": (GREEN, "//"),
        "not_understood": (RED, "xx"),
        "wrong_keys": (PURPLE, ".."),
        "silence": (GREY, "--"),
    }

    def draw(chart: Chart) -> None:
        stacks = {words.labels[kind]: (_percents(seen, kind), *style) for kind, style in kinds.items()}
        hatched(chart.axes, stacks, across=True)
        labels = [_counted(_short(wordings.get(one.name, one.name)), one.asked, words) for one in seen]
        chart.axes.set_yticks(range(len(seen)), labels)
        chart.axes.set_ylim(-0.6, len(seen) - 0.4)
        chart.axes.set_xlim(0, 100)
        if len(asked) > len(seen):
            chart.note(words.labels["others"].format(shown=len(seen), all=len(asked)))
        chart.legend(len(kinds))

    return picture(words, "hearing", _height(len(seen)), draw if seen else None)


def draw_appeals(ages: Sequence[Age], words: ReportWords) -> bytes:
    """Open appeals by the days since they were registered."""
    kinds = {"in_time": (BLUE, ""), "near": (ORANGE, "//"), "overdue": (RED, "xx")}

    def draw(chart: Chart) -> None:
        stacks = {words.labels[kind]: ([getattr(age, kind) for age in ages], *style) for kind, style in kinds.items()}
        hatched(chart.axes, stacks, across=False)
        for age in ages:
            if age.open:
                chart.axes.text(age.days, age.open, str(age.open), ha="center", va="bottom", color=DARK, fontsize=9)
        names = [f"{age.days}" if age.days < OLDEST else f"{OLDEST} {words.labels['or_more']}" for age in ages]
        chart.axes.set_xticks(range(len(ages)), names)
        chart.axes.set_ylabel(chart.around.up, color=DARK)
        chart.axes.yaxis.get_major_locator().set_params(integer=True)
        chart.axes.margins(y=0.12)
        chart.legend(len(kinds))

    return picture(words, "appeals", INCHES_OF_LINES, draw if any(age.open for age in ages) else None)


def _share_line(chart: Chart, shares: Sequence[Share], label: str, colour: str, style: str) -> None:
    """A point for each day that has data, with the range in which the true share lies; a line where days adjoin."""
    values = [float("nan") if share.value is None else share.value * 100 for share in shares]
    chart.axes.plot(range(len(shares)), values, style, color=colour, label=label, linewidth=2, markersize=6)
    known = [(at, share) for at, share in enumerate(shares) if share.whole]
    for at, share in known:
        low, high = share.interval()
        chart.axes.vlines(at, low * 100, high * 100, color=colour, linewidth=1, alpha=0.6)


def _around_shares(chart: Chart, days: Sequence[tuple[date, int]]) -> None:
    """Axes of shares by day, each with its number."""
    words = chart.words
    step = -(-len(days) // MOST_TICKS)
    number = words.labels["number"]
    names = [f"{words.short_weekdays[day.weekday()]} {day:%d.%m}\n{number} = {count}" for day, count in days]
    chart.axes.set_xticks(range(0, len(days), step), names[::step])
    chart.axes.set_xlim(-0.5, len(days) - 0.5)
    chart.percent_axis()
    chart.note(words.labels["interval"])
    chart.legend()


def _percents(questions: Sequence[Question], kind: str) -> list[float]:
    return [getattr(question, kind) / question.asked * 100 for question in questions]


def _counted(title: str, count: int, words: ReportWords) -> str:
    return f"{title} ({words.labels['number']} = {count})"


def _short(text: str) -> str:
    """Its beginning, by whole words."""
    if len(text) <= LONGEST_LABEL:
        return text
    return text[: LONGEST_LABEL + 1].rpartition(" ")[0].rstrip(" ,.:;—") + "…"


def _height(rows: int) -> float:
    return INCHES_AROUND + INCHES_A_ROW * max(rows, 5)
