"""Erlang's formulas: how many lines or operators a load needs. Pure; times of one call to a function share one unit.

Load is in erlangs: calls in a unit of time, times the mean time of one. Sources: A. K. Erlang 1917 (B and C);
C. Palm 1946, and Mandelbaum and Zeltyn, "Service Engineering in Action: the Palm/Erlang-A Queue", 2007 (A). The golden
values of the tests are those of pyworkforce and call-center-tools.

B: nobody waits, who finds all lines taken is lost. C: everybody waits as long as it takes. A: who waits hangs up after
a time, exponentially distributed like the times of calls.
"""

import math
from dataclasses import dataclass

NEGLIGIBLE = 1e-15
"""Where a term of Erlang A's series, beside its sum so far, is no longer counted."""
ROUNDING = 1e-9
"""Whole numbers are not rounded up for an error of floating point."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What staffing has to reach."""

    share: float
    """Of calls that are answered within ``seconds``: from 0 to 1."""
    seconds: float
    occupancy: float
    """Of their time that operators may be busy at most: from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What callers meet by Erlang C."""

    agents: int
    waits: float
    """The share of callers who wait at all."""
    service_level: float
    """The share that is answered within the goal's seconds."""
    mean_wait: float
    """Of all callers; infinite where operators do not keep up."""
    occupancy: float


@dataclass(frozen=True, slots=True)
class Leaving:
    """What callers meet by Erlang A."""

    waits: float
    abandons: float
    """The share that hangs up in the line."""
    mean_wait: float
    """Of all callers, those that hang up too."""


def load_of(calls: float, span: float, mean_time: float) -> float:
    """Erlangs of so many calls within ``span``."""
    return calls / span * mean_time


def blocking(lines: int, load: float) -> float:
    """Erlang B: the share of calls that find all lines taken. By recursion, so that no factorial overflows."""
    if load <= 0:
        return 0.0
    inverse = 1.0
    for line in range(1, lines + 1):
        inverse = 1.0 + inverse * line / load
        if math.isinf(inverse):
            return 0.0
    return 1.0 / inverse


def lines_for(load: float, most_blocked: float) -> int:
    """The fewest lines with which at most this share is lost by Erlang B. ``most_blocked`` is above 0."""
    lines, blocked = 0, 1.0
    while load > 0 and blocked > most_blocked:
        lines += 1
        blocked = load * blocked / (lines + load * blocked)
    return lines


def waiting(agents: int, load: float) -> float:
    """Erlang C: the share of callers who have to wait."""
    if load <= 0:
        return 0.0
    if agents <= load:
        return 1.0
    blocked = blocking(agents, load)
    return blocked / (1.0 - load / agents * (1.0 - blocked))


def service(agents: int, load: float, mean_time: float, seconds: float) -> Waiting:
    """Erlang C in full. ``mean_time`` and ``seconds`` are in one unit."""
    waits = waiting(agents, load)
    if load >= agents:
        late, mean_wait = (1.0, math.inf) if load > 0 else (0.0, 0.0)
    else:
        late = waits * math.exp(-(agents - load) * seconds / mean_time)
        mean_wait = waits * mean_time / (agents - load)
    return Waiting(agents, waits, 1.0 - late, mean_wait, min(load / agents, 1.0) if agents else float(load > 0))


def agents_for(load: float, mean_time: float, goal: Goal) -> Waiting:
    """The fewest operators who reach the goal, and what callers meet then."""
    agents = max(math.ceil(load / goal.occupancy - ROUNDING), math.floor(load) + 1) if load > 0 else 0
    while load > 0 and service(agents, load, mean_time, goal.seconds).service_level < goal.share:
        agents += 1
    return service(agents, load, mean_time, goal.seconds)


def rostered(agents: int, absent: float) -> int:
    """People in the shift so that ``agents`` answer, where a share ``absent`` of paid time is breaks and absences."""
    return math.ceil(agents / (1.0 - absent) - ROUNDING)


def present(people: int, absent: float) -> int:
    """How many of a shift answer: the other way round."""
    return math.floor(people * (1.0 - absent) + ROUNDING)


def leaving(agents: int, load: float, mean_time: float, patience: float) -> Leaving:
    """Erlang A: ``patience`` is the mean time after which a caller hangs up, in the unit of ``mean_time``."""
    if load <= 0:
        return Leaving(0.0, 0.0, 0.0)
    behind, queued = _beyond(agents, load, mean_time / patience)
    below = 1.0 / blocking(agents, load) if agents else 1.0
    whole = below + behind
    in_line = queued / whole
    # Little's law: those in line are arrivals times their mean wait; each of them leaves at a rate of 1 / patience.
    mean_wait = in_line * mean_time / load
    return Leaving((1.0 + behind) / whole, mean_wait / patience, mean_wait)


def _beyond(agents: int, load: float, haste: float) -> tuple[float, float]:
    """Weights of the states with callers in line, and of their number, where all agents busy and no line weighs 1."""
    weight, behind, queued, number = 1.0, 0.0, 0.0, 0
    while weight > NEGLIGIBLE * (1.0 + behind) or load > agents + number * haste:
        number += 1
        weight *= load / (agents + number * haste)
        behind += weight
        queued += number * weight
    return behind, queued
