"""``call`` and ``replay``: scripted callers against the real webhooks and the real media socket."""

import asyncio
import json
import logging
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from ivr.commands.official import fetch_model
from ivr.errors import HotlineError
from ivr.feed import Line
from ivr.logs import configure_logs
from ivr.settings import ROOT, load_settings
from ivr.simulator.runner import Result, play
from ivr.simulator.scenario import Mode, Scenario, load_scenario
from ivr.simulator.voices import CallerVoices
from ivr.speech.synthesizer import shared_synthesizer

AUDIO = ROOT / "tests" / "audio"
SPEED_HELP = "Times faster than life, 1 is real time; without it as fast as this machine hears."
STYLES = {"hotline": "cyan", "caller": "green", "keys": "yellow", "note": "magenta"}
console = Console(highlight=False)


def call(
    scenario: Path,
    by_voice: bool = typer.Option(False, "--voice", help="Speak: recorded audio through the media stream (default)."),
    by_keys: bool = typer.Option(False, "--keys", help="Keys only, through <Gather>."),
    as_json: bool = typer.Option(False, "--json", help="Print the result as JSON."),
    speed: float | None = typer.Option(None, min=0.5, max=50, help=SPEED_HELP),
) -> None:
    """Play one scripted call and print the dialogue as it goes; exit code 1 where it is not as expected."""
    if by_voice and by_keys:
        raise HotlineError("Choose one of --voice and --keys.")
    configure_logs("console")
    logging.getLogger().setLevel(logging.WARNING)
    loaded = load_scenario(scenario)
    fetch_model(load_settings())
    result = _play(loaded, "keys" if by_keys else "voice", speed, shown=not as_json)
    if as_json:
        typer.echo(json.dumps(_as_json(result), ensure_ascii=False, indent=2))
    else:
        _print_verdict(result)
    raise typer.Exit(0 if result.passed else 1)


def replay(
    folder: Path,
    report: Path = typer.Option(Path("var/replay.json"), help="Where to write the report."),  # noqa: B008
    speed: float | None = typer.Option(None, min=0.5, max=50, help=SPEED_HELP),
) -> None:
    """Play every scenario of a folder, by voice and by keys, and write a report."""
    configure_logs("console")
    logging.getLogger().setLevel(logging.ERROR)
    paths = sorted(folder.glob("**/*.yaml"))
    if not paths:
        raise HotlineError(f"There is no scenario in {folder}; name a folder of .yaml files, such as tests/calls.")
    fetch_model(load_settings())
    results = [_play(s, mode, speed, shown=False) for s in map(load_scenario, paths) for mode in s.by]
    _print_table(results)
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps([_as_json(r) for r in results], ensure_ascii=False, indent=2), "utf-8")
    typer.echo(f"Report: {report}", err=True)
    raise typer.Exit(0 if all(result.passed for result in results) else 1)


def caller_voices() -> CallerVoices:
    """The voices of the tests' callers."""
    return CallerVoices(AUDIO, AUDIO / "asterisk_ru.tsv", shared_synthesizer().speak)


def _play(scenario: Scenario, mode: Mode, speed: float | None, *, shown: bool) -> Result:
    show = _print_line if shown else lambda _: None
    return asyncio.run(play(scenario, mode, caller_voices(), speed=speed, show=show))


def _print_line(line: Line) -> None:
    if line.final:
        console.print(f"[{STYLES[line.who]}]{line.who:>8}[/]  {line.text}", soft_wrap=True)


def _print_verdict(result: Result) -> None:
    for failure in result.failures:
        console.print(f"[red]failed[/]  {failure}", soft_wrap=True)
    seconds = sum(record.seconds for record in result.records)
    verdict = "[green]passed[/]" if result.passed else "[red]failed[/]"
    console.print(f"{verdict}  {result.scenario.call} by {result.mode}, {seconds:.1f} s of call")


def _print_table(results: list[Result]) -> None:
    table = Table("call", "by", "seconds", "result")
    for result in results:
        seconds = sum(record.seconds for record in result.records)
        verdict = "[green]passed[/]" if result.passed else f"[red]{'; '.join(result.failures)}[/]"
        table.add_row(result.scenario.call, result.mode, f"{seconds:.1f}", verdict)
    console.print(table)


def _as_json(result: Result) -> dict[str, object]:
    return {
        "call": result.scenario.call,
        "mode": result.mode,
        "passed": result.passed,
        "failures": result.failures,
        "dialogue": [{"who": line.who, "text": line.text} for line in result.lines],
        "calls": [{"seconds": r.seconds, "ended_by": r.ended_by, "paths": r.paths} for r in result.records],
    }
