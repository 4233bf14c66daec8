import json
from typing import Any

from ivr.bench.desk import DeskReport
from ivr.bench.figures import spread
from ivr.bench.streams import MEGABYTE, StreamReport
from ivr.bench.webhooks import Figures, WebhookReport


def figures(per_second: float, errors: dict[str, int] | None = None) -> Figures:
    return Figures(per_second, spread([0.01, 0.02]), errors or {}, cpu_milliseconds=0.5)


def verdicts(report: Any) -> dict[str, bool]:
    written = json.loads(json.dumps(report.as_json(), allow_nan=False))
    return {target["name"]: target["met"] for target in written["targets"]}


def test_it_compares_the_hotline_with_a_bare_route() -> None:
    report = WebhookReport(8, 2, bare=figures(1000), hotline=figures(450), other_cores=0.1)
    assert verdicts(report) == {"hotline's step / bare Flask route": True, "errors": True}
    assert report.targets[0].value == 0.45


def test_it_counts_an_answer_that_is_no_new_step() -> None:
    report = WebhookReport(8, 2, figures(1000), figures(300, {"no new step": 2}), other_cores=0.1)
    assert verdicts(report) == {"hotline's step / bare Flask route": False, "errors": False}


def stream_report(lags: list[float]) -> StreamReport:
    return StreamReport(
        callers=20,
        seconds=60,
        voice="man",
        lag=spread(lags),
        net_lag=spread([lag - 0.3 for lag in lags]),
        late=spread([lag - 0.4 for lag in lags]),
        alone=spread([]),
        first_prompt=spread([0.05]),
        answered=3,
        understood=len(lags),
        faults={},
        idle_bytes=100 * MEGABYTE,
        loaded_bytes=180 * MEGABYTE,
        cores=0.5,
        load_cores=0.1,
        other_cores=0.0,
    )


def test_it_judges_streams_by_lag_and_by_memory() -> None:
    report = stream_report([0.5, 0.55])
    assert report.bytes_per_call == 4 * MEGABYTE
    assert all(verdicts(report).values())
    slow = verdicts(stream_report([0.5, 0.65]))
    assert not slow["lag p95, net of the pause"]
    assert slow["lag p95, after the deciding audio"]


def test_it_misses_the_target_of_what_was_not_measured() -> None:
    assert not verdicts(stream_report([]))["lag p95, after the deciding audio"]


def desk_report(told: list[float], untold: int = 0) -> DeskReport:
    return DeskReport(20, 3, spread(told), spread(told[:1]), untold, cores=0.1, other_cores=0.0)


def test_it_judges_desks_by_the_slowest_hundredth_and_by_those_left_out() -> None:
    assert all(verdicts(desk_report([0.1, 0.2, 0.3])).values())
    assert not verdicts(desk_report([0.1, 0.2, 1.3]))["event to every desk, p99"]
    assert not verdicts(desk_report([0.1], untold=1))["desks that were not told"]
    assert not verdicts(desk_report([]))["event to the own call's screen, p99"]
