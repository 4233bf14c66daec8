"""``replay``: many scripted callers, several at once and several times over, with a report to read."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ivr.clock import SystemClock
from ivr.commands.official import fetch_model
from ivr.commands.scenarios import readable
from ivr.content import current_content
from ivr.logs import configure_logs
from ivr.settings import load_settings
from ivr.simulator.report.figures import Figures, figures
from ivr.simulator.report.junit import junit
from ivr.simulator.report.written import write_report
from ivr.simulator.rounds import Replayed, Task, grouped, replayed, tasks_of
from ivr.simulator.summary import Played
from ivr.simulator.voices import caller_voices

console = Console(highlight=False)
_COLUMNS = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())


def replay(
    folder: Path = typer.Argument(help="A folder of scenarios, or one scenario."),  # noqa: B008
    jobs: int = typer.Option(0, min=0, max=64, help="Processes at once; 0: one for each core."),
    repeat: int = typer.Option(1, min=1, max=1000, help="Play each call so often: all rounds must go the same way."),
    report: Path = typer.Option(Path("var/replay"), help="Folder for index.html and replay.json."),  # noqa: B008
    junit_file: Path | None = typer.Option(None, "--junit", help="Also write JUnit XML here."),  # noqa: B008
) -> None:
    """Play every scenario of a folder, by voice and by keys, and write a report; exit code 1 where one fails."""
    configure_logs("console", logging.ERROR)
    settings, book = load_settings(), current_content().book
    tasks = tasks_of(readable(folder), repeat)
    fetch_model(settings)
    groups = grouped(_play_all(tasks, jobs or os.cpu_count() or 1))
    total = figures(groups)
    page = write_report(report, groups, total, book, SystemClock().now().astimezone(settings.zone))
    if junit_file:
        junit_file.parent.mkdir(parents=True, exist_ok=True)
        junit_file.write_text(junit(groups), "utf-8")
    _print(groups, total)
    typer.echo(f"Report: {page}", err=True)
    raise typer.Exit(1 if any(group.is_wrong for group in groups) else 0)


def _play_all(tasks: Sequence[Task], jobs: int) -> list[Played]:
    """With a bar on the terminal, and a line for each call that fails."""
    played: list[Played] = []
    columns = [TextColumn(one) if isinstance(one, str) else one for one in _COLUMNS]
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("Calls", total=len(tasks))
        for one in replayed(tasks, min(jobs, len(tasks)), caller_voices):
            played.append(one)
            progress.advance(bar)
            if one.failures:
                progress.console.print(Text(f"failed  {one.call} by {one.mode}: {one.failures[0]}", "red"))
    return played


def _print(groups: Sequence[Replayed], total: Figures) -> None:
    table = Table("call", "by", "seconds", "result")
    for group in groups:
        shown = group.worst
        table.add_row(shown.call, shown.mode, f"{shown.seconds:.1f}", _verdict(group))
    console.print(table)
    told = f"{total.passed} of {total.calls} passed, {total.failed} failed, {total.skipped} not tested"
    if total.rounds > 1:
        told += f"; {total.rounds} rounds, {total.flaky} calls went otherwise in one ({total.flake_percent} %)"
    console.print(f"{told}; {total.call_seconds:.0f} s of calls in {total.play_seconds:.0f} s")


def _verdict(group: Replayed) -> Text:
    match group.state:
        case "failed":
            return Text("; ".join(group.worst.failures), "red")
        case "flaky":
            return Text("rounds differ", "red")
        case "skipped":
            return Text(f"not tested: {group.worst.skipped}", "yellow")
        case "passed":
            return Text("passed", "green")
