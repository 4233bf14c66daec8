"""``bench``: how much the hotline can do on this machine. See ``docs/bench.md``."""

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ivr.bench.calls.report import CallsReport
from ivr.bench.calls.run import Plan, bench_calls
from ivr.bench.calls.script import MIX
from ivr.bench.desk import DeskReport, bench_desk
from ivr.bench.figures import Target
from ivr.bench.hearing.chart import draw_chart
from ivr.bench.hearing.report import HearingReport
from ivr.bench.hearing.run import HearingRun, bench_hearing, plan_run, sets_folder
from ivr.bench.hearing.tables import Sheet, mistake_sheets, sheets
from ivr.bench.streams import MEGABYTE, WARM_UP_SECONDS, StreamReport, bench_streams
from ivr.bench.webhooks import Figures, WebhookReport, bench_webhooks
from ivr.settings import load_settings
from ivr.speech.model import model_dir

app = typer.Typer(help=__doc__, no_args_is_help=True)
console = Console(highlight=False)
JSON_OPTION = typer.Option(None, "--json", help="Write the figures to this file as well.")
SETS_OPTION = typer.Option(None, "--sets", help="Folder that holds dev/; empty: SPEECH_DIR.")
SCENARIOS_OPTION = typer.Option(list(MIX), "--scenario", help="A scripted call; may be given more than once.")
CHART_OPTION = typer.Option(None, "--chart", help="Draw the shares to this PNG.")
WEBHOOKS_AT_ONCE = 8
ASKED_LETTERS = 30
"""Of a question, in a table."""
MISSED = 1
WIDE = 140
"""Letters of a line in a file."""


class Report(Protocol):
    """What a bench gives."""

    @property
    def targets(self) -> tuple[Target, ...]: ...

    def as_json(self) -> dict[str, object]: ...


@app.command()
def webhooks(
    seconds: float = typer.Option(24.0, min=4, help="Length of the run, both servers together."),
    connections: int = typer.Option(8, min=1, help="Webhooks under way at once."),
    json_file: Path | None = JSON_OPTION,
) -> None:
    """Webhooks a second: this hotline's step beside a bare Flask route. Exit code 1 where a target is missed."""
    with _progress("webhooks", seconds) as progress:
        report = bench_webhooks(seconds, connections, lambda passed: progress.advance(progress.task_ids[0], passed))
    _print_webhooks(report)
    _finish(report, json_file)


@app.command()
def streams(
    calls: int = typer.Option(20, min=1, help="Callers at once."),
    seconds: float = typer.Option(60.0, min=20, help="How long they call, after a warm-up."),
    json_file: Path | None = JSON_OPTION,
) -> None:
    """Real-time callers who read card numbers: how long they wait, and what each costs. Exit code 1 as above."""
    with _progress("streams", seconds + WARM_UP_SECONDS) as progress:
        report = bench_streams(calls, seconds, lambda passed: progress.advance(progress.task_ids[0], passed))
    _print_streams(report)
    _finish(report, json_file)


@app.command()
def calls(
    *,
    concurrency: int = typer.Option(20, min=1, help="Callers at once."),
    minutes: float = typer.Option(5.0, min=0.1, help="How long they dial, after a warm-up; calls are then finished."),
    scenario: list[Path] = SCENARIOS_OPTION,
    url: str = typer.Option("", "--url", help="A running hotline on this machine with this folder's settings."),
    webhook_seconds: float = typer.Option(12.0, min=0, help="Webhooks alone afterwards; 0: none."),
    json_file: Path | None = JSON_OPTION,
) -> None:
    """Whole scripted calls in real time, then webhooks alone beside a bare Flask route. Ctrl-C prints what there is."""
    plan = Plan(concurrency, minutes, tuple(scenario), url.rstrip("/"), webhook_seconds, WEBHOOKS_AT_ONCE)
    with _progress("calls", plan.expected_seconds) as progress:
        report = bench_calls(plan, lambda passed: progress.advance(progress.task_ids[0], passed))
    _print_calls(report)
    _finish(report, json_file)


@app.command()
def desk(
    desks: int = typer.Option(20, min=1, help="Operators' pages that are open."),
    seconds: float = typer.Option(30.0, min=5, help="Length of the run."),
    json_file: Path | None = JSON_OPTION,
) -> None:
    """From an event in the line to the operators' screens. Exit code 1 where a target is missed."""
    with _progress("desk", seconds) as progress:
        report = bench_desk(seconds, desks, lambda passed: progress.advance(progress.task_ids[0], passed))
    _print_desk(report)
    _finish(report, json_file)


@app.command()
def hearing(
    *,
    model: str = typer.Option("", "--model", help="Model directory; empty: the one that VOSK_MODEL names."),
    sets: Path | None = SETS_OPTION,
    quick: bool = typer.Option(False, "--quick", help="A sample of each set, under a minute."),
    errors: bool = typer.Option(False, "--errors", help="List what was misheard, by voice."),
    only: str = typer.Option("", "--only", help="Only sets and lines whose names hold this, such as card."),
    jobs: int = typer.Option(2, min=1, help="Processes at once."),
    json_file: Path | None = JSON_OPTION,
    chart: Path | None = CHART_OPTION,
) -> None:
    """How well the hotline understands, beside the plain way to use Vosk. Exit code 1 where a target is missed."""
    run = HearingRun(model_dir(model or load_settings().vosk_model), sets_folder(sets), quick, jobs, only)
    plan = plan_run(run)
    with _progress("hearing", len(plan.trials) + len(plan.outside) + 1) as progress:
        report = bench_hearing(run, plan, lambda count: progress.advance(progress.task_ids[0], count))
    _print_hearing(report, errors)
    if chart is not None:
        draw_chart(report, chart)
    _finish(report, json_file)


def _print_hearing(report: HearingReport, errors: bool) -> None:
    for line in report.left_out:
        console.print(f"[yellow]{line}[/]", soft_wrap=True)
    for sheet in (*sheets(report), *(mistake_sheets(report) if errors else ())):
        _print_sheet(sheet)


def _print_sheet(sheet: Sheet) -> None:
    table = Table(*sheet.columns, title=sheet.title, title_justify="left")
    for row in sheet.rows:
        table.add_row(*row)
    paper = console if console.is_terminal else Console(width=WIDE)
    paper.print(table)
    if sheet.note:
        paper.print(sheet.note)


@contextmanager
def _progress(what: str, seconds: float) -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task(what, total=seconds)
        yield progress


def _print_webhooks(report: WebhookReport) -> None:
    table = Table("server", "requests/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "errors")
    for name, figures in (("bare Flask route", report.bare), ("hotline's step", report.hotline)):
        table.add_row(name, *_row(figures))
    console.print(table)
    console.print(f"{report.connections} webhooks at once; other programs used {report.other_cores:.2f} cores.")


def _print_calls(report: CallsReport) -> None:
    table = Table("what the hotline had asked", "answered", "count", "p50 ms", "p95 ms", "p99 ms", "max ms")
    for turn in report.turns:
        shown = (_shown(t * 1000) for t in (turn.times.p50, turn.times.p95, turn.times.p99, turn.times.longest))
        table.add_row(_shortened(turn.asked), turn.how, str(turn.times.count), *shown)
    console.print(table)
    lag = [f"p{percent} {_shown(report.recognition_lag.percentile(percent) * 1000)}" for percent in (50, 95, 99)]
    console.print(
        f"{'Broken off. ' if report.interrupted else ''}{report.ended} calls ended, {report.under_way} under way, "
        f"{_shown(report.calls_per_second)} calls a second, {report.concurrency} at once for {report.seconds:.0f} s. "
        f"Recognition lag, at most: {', '.join(lag)} ms, {report.recognition_lag.count} turns. "
        f"The hotline used {report.cores:.2f} cores, the callers {report.load_cores:.2f}, "
        f"other programs {report.other_cores:.2f}; memory {report.idle_bytes / MEGABYTE:.0f} MB idle, "
        f"{report.loaded_bytes / MEGABYTE:.0f} MB under load.",
        soft_wrap=True,
    )
    for fault, count in report.lost.items():
        console.print(f"[red]{count} calls lost:[/] {fault}", soft_wrap=True)
    if report.webhooks:
        _print_webhooks(report.webhooks)


def _print_desk(report: DeskReport) -> None:
    table = Table("event to", "count", "p50 ms", "p95 ms", "p99 ms", "max ms")
    for name, times in (("the line on each desk", report.told), ("the own call's screen", report.own)):
        shown = (_shown(seconds * 1000) for seconds in (times.p50, times.p95, times.p99, times.longest))
        table.add_row(name, str(times.count), *shown)
    console.print(table)
    console.print(
        f"{report.desks} desks, {report.events} events; the hotline used {report.cores:.2f} cores, "
        f"other programs {report.other_cores:.2f}."
    )


def _row(figures: Figures) -> list[str]:
    times = [_shown(seconds * 1000) for seconds in (figures.times.p50, figures.times.p95, figures.times.p99)]
    errors = ", ".join(f"{count} x {what}" for what, count in figures.errors.items()) or "0"
    return [f"{figures.per_second:.0f}", *times, f"{figures.cpu_milliseconds:.2f}", errors]


def _print_streams(report: StreamReport) -> None:
    table = Table("time", "count", "p50 ms", "p95 ms", "max ms")
    spreads = {
        "raw lag": report.lag,
        "lag, net of the pause": report.net_lag,
        "after the deciding audio": report.late,
        "the same, one caller alone": report.alone,
        "first prompt after webhook": report.first_prompt,
    }
    for name, times in spreads.items():
        table.add_row(name, str(times.count), *(_shown(t * 1000) for t in (times.p50, times.p95, times.longest)))
    console.print(table)
    console.print(
        f"{report.callers} callers; {report.understood} of {report.answered} numbers understood, "
        f"voice: {report.voice}. "
        f"The hotline used {report.cores:.2f} cores, the callers {report.load_cores:.2f}, "
        f"other programs {report.other_cores:.2f}; "
        f"memory {report.idle_bytes / MEGABYTE:.0f} MB idle, {report.loaded_bytes / MEGABYTE:.0f} MB under load.",
        soft_wrap=True,
    )
    for fault, count in report.faults.items():
        console.print(f"[red]{count} calls failed:[/] {fault}", soft_wrap=True)


def _finish(report: Report, json_file: Path | None) -> None:
    _print_targets(report.targets)
    if json_file is not None:
        json_file.write_text(json.dumps(report.as_json(), indent=2) + "\n", "utf-8")
    raise typer.Exit(0 if all(target.met for target in report.targets) else MISSED)


def _print_targets(targets: Sequence[Target]) -> None:
    table = Table("target", "measured", "wanted", "verdict")
    for target in targets:
        verdict = "[green]met[/]" if target.met else "[red]missed[/]"
        table.add_row(target.name, f"{_shown(target.value)} {target.unit}".rstrip(), target.bound, verdict)
    console.print(table)


def _shortened(words: str) -> str:
    return words if len(words) <= ASKED_LETTERS else f"{words[:ASKED_LETTERS].rstrip(' ,')}…"


def _shown(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else "not measured"
