import math

import pytest

from ivr.bench.figures import Target, percentile, ratio, rounded, spread


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (95, 10), (90, 9), (1, 1), (100, 10)])
def test_it_takes_a_percentile_that_was_measured(percent: float, value: float) -> None:
    assert percentile([10, 1, 9, 2, 8, 3, 7, 4, 6, 5], percent) == value


def test_it_has_no_percentile_of_nothing() -> None:
    assert math.isnan(percentile([], 95))
    assert spread([]).in_milliseconds() == {
        "count": 0, "p50_ms": None, "p95_ms": None, "p99_ms": None, "max_ms": None,
    }  # fmt: skip


def test_it_gives_a_spread_in_milliseconds() -> None:
    times = spread([0.001] * 98 + [0.2, 0.3]).in_milliseconds()
    assert times == {"count": 100, "p50_ms": 1.0, "p95_ms": 1.0, "p99_ms": 200.0, "max_ms": 300.0}


def test_it_divides_by_nothing_without_an_error() -> None:
    assert ratio(2, 4) == 0.5
    assert math.isnan(ratio(2, 0))
    assert rounded(math.nan) is None


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (Target("lag", 300, "ms", at_most=300), True),
        (Target("lag", 301, "ms", at_most=300), False),
        (Target("ratio", 0.39, "", at_least=0.4), False),
        (Target("ratio", 0.4, "", at_least=0.4), True),
        (Target("lag", math.nan, "ms", at_most=300), False),
    ],
)
def test_it_judges_a_target(target: Target, *, met: bool) -> None:
    assert target.met is met
    assert target.as_json()["met"] is met


def test_it_says_what_is_wanted() -> None:
    assert Target("lag", 1, "ms", at_most=300).bound == "<= 300 ms"
    assert Target("ratio", 1, "", at_least=0.4).bound == ">= 0.4"
