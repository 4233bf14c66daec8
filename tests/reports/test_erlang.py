"""Golden values are those of pyworkforce and call-center-tools; the rest is compared with the chains solved plainly."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.reports.erlang import (
    Goal,
    agents_for,
    blocking,
    leaving,
    lines_for,
    load_of,
    present,
    rostered,
    service,
    waiting,
)

GOAL = Goal(share=0.8, seconds=20, occupancy=0.85)
LOADS = st.floats(min_value=0.05, max_value=60)
AGENTS = st.integers(min_value=1, max_value=80)


def test_it_gives_the_golden_values_of_a_hundred_calls_in_half_an_hour() -> None:
    load = load_of(100, 30 * 60, 180)
    found = agents_for(load, 180, GOAL)
    assert found.agents == 14
    assert found.service_level == pytest.approx(0.88835, abs=5e-6)
    assert found.waits == pytest.approx(0.17413, abs=5e-6)
    assert found.occupancy == pytest.approx(0.71429, abs=5e-6)
    assert rostered(found.agents, 0.3) == 20


def test_it_gives_the_golden_values_of_a_thousand_calls_an_hour() -> None:
    found = service(40, load_of(1000, 3600, 120), 120, 20)
    assert found.service_level == pytest.approx(0.9372, abs=5e-5)
    assert found.waits == pytest.approx(0.1907, abs=5e-5)
    assert found.mean_wait == pytest.approx(3.43, abs=5e-3)


@pytest.mark.parametrize(("calls", "agents"), [(60, 7), (300, 25), (1000, 79), (40_000, 3138)])
def test_it_staffs_an_hour_of_calls_of_four_minutes(calls: int, agents: int) -> None:
    assert agents_for(load_of(calls, 3600, 240), 240, GOAL).agents == agents


@pytest.mark.parametrize(("load", "lines"), [(3, 10), (15, 28), (150, 183), (1500, 1585)])
def test_it_counts_the_lines_of_which_one_call_in_a_thousand_finds_none(load: float, lines: int) -> None:
    assert lines_for(load, 0.001) == lines
    assert blocking(lines, load) <= 0.001 < blocking(lines - 1, load)


def stationary(agents: int, load: float, haste: float, most: int) -> list[float]:
    """Shares of time with 0, 1, 2, … callers of a birth and death chain, one state after another."""
    weights = [1.0]
    for number in range(1, most + 1):
        weights.append(weights[-1] * load / (min(number, agents) + max(0, number - agents) * haste))
        if weights[-1] > 1e200:
            weights = [weight / 1e200 for weight in weights]
    whole = math.fsum(weights)
    return [weight / whole for weight in weights]


@given(AGENTS, LOADS)
def test_b_is_the_chain_without_a_line(agents: int, load: float) -> None:
    assert blocking(agents, load) == pytest.approx(stationary(agents, load, 1, agents)[agents], abs=1e-12)


@given(AGENTS, st.floats(min_value=0.01, max_value=0.95))
def test_c_is_the_chain_with_an_endless_line(agents: int, occupancy: float) -> None:
    load = agents * occupancy
    shares = stationary(agents, load, 0, agents + 1000)
    assert waiting(agents, load) == pytest.approx(math.fsum(shares[agents:]), abs=1e-9)


@given(AGENTS, LOADS, st.floats(min_value=0.1, max_value=20))
def test_a_is_the_chain_whose_callers_leave(agents: int, load: float, haste: float) -> None:
    found = leaving(agents, load, 180, 180 / haste)
    shares = stationary(agents, load, haste, agents + 1500)
    assert found.waits == pytest.approx(math.fsum(shares[agents:]), abs=1e-9)
    served = math.fsum(share * min(number, agents) for number, share in enumerate(shares))
    assert found.abandons == pytest.approx(1 - served / load, abs=1e-8)


def test_patient_callers_of_a_meet_what_c_tells_and_impatient_ones_what_b_tells() -> None:
    patient, endless = leaving(14, 10, 180, 1e9), service(14, 10, 180, 20)
    assert patient.waits == pytest.approx(endless.waits, rel=1e-4)
    assert patient.mean_wait == pytest.approx(endless.mean_wait, rel=1e-4)
    assert leaving(14, 10, 180, 1e-6).abandons == pytest.approx(blocking(14, 10), rel=1e-4)


def test_nobody_is_needed_where_nobody_calls() -> None:
    assert agents_for(0, 180, GOAL).agents == 0
    assert service(0, 0, 180, 20).service_level == 1
    assert lines_for(0, 0.001) == 0
    assert leaving(3, 0, 180, 60).abandons == 0


def test_too_few_operators_never_catch_up() -> None:
    found = service(9, 10, 180, 20)
    assert (found.waits, found.service_level, found.mean_wait, found.occupancy) == (1, 0, math.inf, 1)


def test_without_operators_everybody_leaves() -> None:
    assert leaving(0, 5, 180, 60).abandons == pytest.approx(1)
    assert service(0, 5, 180, 20).service_level == 0


def test_occupancy_holds_where_the_service_level_is_easy() -> None:
    found = agents_for(200, 180, GOAL)
    assert found.agents == 236
    assert found.service_level > 0.95


@pytest.mark.parametrize(("agents", "people"), [(0, 0), (1, 2), (7, 10), (14, 20)])
def test_who_is_rostered_is_present_again(agents: int, people: int) -> None:
    assert rostered(agents, 0.3) == people
    assert present(people, 0.3) >= agents
