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

from ivr.bench.figures import Target
from ivr.bench.webhooks import Figures, WebhookReport, bench_webhooks

app = typer.Typer(help=__doc__, no_args_is_help=True)
console = Console(highlight=False)
JSON_OPTION = typer.Option(None, "--json", help="Write the figures to this file as well.")
MISSED = 1


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


def _row(figures: Figures) -> list[str]:
    times = [_shown(seconds * 1000) for seconds in (figures.times.p50, figures.times.p95, figures.times.p99)]
    errors = ", ".join(f"{count} x {what}" for what, count in figures.errors.items()) or "0"
    return [f"{figures.per_second:.0f}", *times, f"{figures.cpu_milliseconds:.2f}", errors]


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


def _shown(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else "not measured"
