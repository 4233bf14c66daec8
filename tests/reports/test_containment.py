"""Calls without an operator: as it is usually counted, and as it is."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivr.reports.containment import containment_by_day, total
from ivr.reports.figures import Share
from ivr.reports.period import last_days
from ivr.reports.source import CallFate, Fate
from tests.reports.conftest import MOSCOW, NOW

PERIOD = last_days(NOW, MOSCOW, 10)
FATES: list[Fate] = ["operator", "line", "solved", "appeal", "other"]


def call(hours_ago: float, fate: Fate = "solved", number: str | None = "1", minutes: float | None = 3) -> CallFate:
    started = NOW - timedelta(hours=hours_ago)
    return CallFate(started, None if minutes is None else started + timedelta(minutes=minutes), number, fate)


def counted(*calls: CallFate) -> dict[str, Share]:
    found = total(containment_by_day(sorted(calls, key=lambda one: one.started_at), PERIOD, NOW))
    return {name: getattr(found, name) for name in ("raw", "goal", "kept", "operator_kept")}


def test_who_hung_up_counts_as_contained_only_in_the_usual_figure() -> None:
    found = counted(*(call(100 + n, fate, str(n)) for n, fate in enumerate(FATES)))
    assert found["raw"] == Share(3, 5)
    assert found["goal"] == found["kept"] == Share(1, 5)
    assert found["operator_kept"] == Share(1, 1)


def test_who_calls_again_within_a_day_was_not_helped() -> None:
    found = counted(call(100), call(77), call(50, "other"))
    assert found["goal"] == Share(2, 3)
    assert found["kept"] == Share(1, 3)


def test_a_day_is_counted_from_the_end_of_the_call() -> None:
    assert counted(call(100, minutes=3), call(76.0, "other"))["kept"] == Share(0, 2)
    assert counted(call(100, minutes=3), call(75.9, "other"))["kept"] == Share(1, 2)


def test_another_callers_call_is_no_repeat() -> None:
    assert counted(call(100), call(99, "other", "2"))["kept"] == Share(1, 2)


def test_what_is_not_known_yet_is_left_out_also_where_the_caller_has_called_again() -> None:
    found = counted(call(20), call(10), call(200, number="2"))
    assert found["goal"] == Share(3, 3)
    assert found["kept"] == Share(1, 1)


def test_withheld_numbers_are_never_one_caller() -> None:
    found = counted(call(100, number=None), call(99, number=None))
    assert found["goal"] == Share(2, 2)
    assert found["kept"].value is None


def test_a_call_that_goes_on_is_not_counted_and_still_a_repeat() -> None:
    found = counted(call(30), call(29, "other", minutes=None))
    assert found["raw"] == Share(1, 1)
    assert found["kept"] == Share(0, 1)


def test_a_call_before_the_period_is_counted_nowhere_and_one_behind_it_is_a_repeat() -> None:
    period = last_days(NOW - timedelta(days=3), MOSCOW, 1)
    calls = [call(100), call(72), call(60, "other")]
    assert [one.kept for one in containment_by_day(calls, period, NOW).values()] == [Share(0, 1)]


def test_no_calls_give_no_share() -> None:
    assert counted()["raw"].value is None
    assert len(containment_by_day([], PERIOD, NOW)) == 10


calls_drawn = st.lists(
    st.builds(
        call,
        st.floats(1, 230),
        st.sampled_from(FATES),
        st.sampled_from(["1", "2", "3", None]),
        st.sampled_from([None, 2.0, 30.0]),
    ),
    max_size=25,
)


@given(calls_drawn)
def test_it_counts_as_comparing_every_call_with_every_other_does(calls: list[CallFate]) -> None:
    day = timedelta(hours=24)
    over = [one for one in calls if one.ended_at is not None]
    known = [one for one in over if one.number and one.ended_at and one.ended_at + day <= NOW]
    ordered = sorted(calls, key=lambda one: one.started_at)

    def repeated(one: CallFate) -> bool:
        later = ordered[ordered.index(one) + 1 :]
        same = [other for other in later if other.number == one.number]
        return bool(same) and one.ended_at is not None and same[0].started_at < one.ended_at + day

    found = counted(*calls)
    assert found["raw"].whole == found["goal"].whole == len(over)
    assert found["kept"].whole == len(known)
    if len({one.started_at for one in calls}) == len(calls):
        assert found["kept"].part == sum(one.fate == "solved" and not repeated(one) for one in known)
