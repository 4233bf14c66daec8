"""Service level, losses, times and patience of hand-made places."""

from datetime import timedelta

from ivr.reports.figures import Share, Span
from ivr.reports.line import line_by_day, line_figures, patience
from ivr.reports.period import last_days
from ivr.reports.source import PlaceFate
from ivr.reports.words import ReportWords
from tests.reports.conftest import MOSCOW, NOW


def place(
    waited: float,
    *,
    outcome: str | None = "answered",
    kind: str = "holding",
    talked: float = 100,
    written: float | None = None,
    ago: timedelta = timedelta(hours=1),
) -> PlaceFate:
    joined = NOW - ago
    answered = joined + timedelta(seconds=waited) if outcome == "answered" else None
    ended = (answered or joined + timedelta(seconds=waited)) + timedelta(seconds=talked if answered else 0)
    result_at = None if written is None else ended + timedelta(seconds=written)
    state = "waiting" if outcome is None else "ended"
    return PlaceFate(kind, state, joined, joined, answered, None if outcome is None else ended, outcome, result_at)


def test_both_service_levels_and_losses_count_what_their_definitions_say(words: ReportWords) -> None:
    places = [
        place(5),
        place(20),
        place(20.1),
        place(40, outcome="abandoned"),
        place(5, outcome="abandoned"),
        place(4.9, outcome="abandoned"),
        place(60, outcome="lost"),
        place(60, outcome="left"),
        place(60, outcome="closed"),
        place(60, outcome=None),
        place(900, kind="call_back"),
        place(900, kind="call_back", outcome="unreached"),
    ]
    figures = line_figures(places, words.rules)
    assert figures.queued == 12
    assert figures.service_answered == Share(2, 3)
    assert figures.service_all == Share(2, 6)
    assert figures.short == 1
    assert figures.abandonment == Share(3, 8)
    assert (figures.left, figures.call_backs, figures.unserved) == (1, 2, 1)


def test_a_call_back_is_never_lost_and_never_late(words: ReportWords) -> None:
    figures = line_figures([place(900, kind="call_back", outcome="abandoned")], words.rules)
    assert figures.abandonment.value is None
    assert figures.service_all.value is None


def test_nobody_in_line_gives_no_shares(words: ReportWords) -> None:
    figures = line_figures([], words.rules)
    assert figures.service_answered.value is figures.service_all.value is figures.abandonment.value is None
    assert figures.mean_wait == figures.wait_p90 == figures.handling == Span(None, 0)


def test_handling_is_talk_and_writing_of_call_backs_too(words: ReportWords) -> None:
    places = [place(5, talked=100, written=20), place(5, talked=60, kind="call_back"), place(5, outcome="abandoned")]
    assert line_figures(places, words.rules).handling == Span(90, 2)


def test_a_result_chosen_before_the_end_costs_nothing(words: ReportWords) -> None:
    assert line_figures([place(5, talked=100, written=-30)], words.rules).handling == Span(100, 1)


def test_patience_is_all_waiting_over_those_who_left(words: ReportWords) -> None:
    places = [place(30) for _ in range(10)] + [place(60, outcome="abandoned") for _ in range(5)]
    assert patience(places) == Span(120, 5)
    assert patience(places[:14]) == Span(None, 4)


def test_every_day_has_its_figures_also_an_empty_one(words: ReportWords) -> None:
    places = [place(5), place(5, ago=timedelta(days=2)), place(5, ago=timedelta(days=2, hours=1))]
    period = last_days(NOW, MOSCOW, 3)
    found = line_by_day(places, period, words.rules)
    assert [one.queued for one in found.values()] == [2, 0, 1]
    assert list(found) == list(period.days())
