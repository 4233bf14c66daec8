"""``call``: one scripted caller against the real webhooks and the real media socket."""

import asyncio
import json
import logging
import time
from pathlib import Path

import typer
from rich.console import Console

from ivr.commands.official import fetch_model
from ivr.errors import HotlineError
from ivr.feed import Line
from ivr.logs import configure_logs
from ivr.settings import load_settings
from ivr.simulator.report.written import call_json
from ivr.simulator.result import Result
from ivr.simulator.runner import play
from ivr.simulator.scenario import Mode, Scenario, load_scenario
from ivr.simulator.summary import summary
from ivr.simulator.voices import caller_voices

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
    configure_logs("console", logging.WARNING)
    loaded = load_scenario(scenario)
    fetch_model(load_settings())
    started = time.perf_counter()
    result = _play(loaded, _mode(loaded, by_voice, by_keys), speed, shown=not as_json)
    if as_json:
        played = summary(result, str(scenario), 1, round(time.perf_counter() - started, 2))
        typer.echo(json.dumps(call_json(played), ensure_ascii=False, indent=2))
    else:
        _print_verdict(result)
    raise typer.Exit(0 if result.passed else 1)


def _mode(scenario: Scenario, by_voice: bool, by_keys: bool) -> Mode:
    """As asked for; without that by voice, where the scenario can be played so."""
    if by_keys or by_voice:
        return "keys" if by_keys else "voice"
    return scenario.by[0] if "voice" not in scenario.by else "voice"


def _play(scenario: Scenario, mode: Mode, speed: float | None, *, shown: bool) -> Result:
    show = _print_line if shown else lambda _: None
    return asyncio.run(play(scenario, mode, caller_voices(), speed=speed, show=show))


def _print_line(line: Line) -> None:
    if line.final:
        console.print(f"[{STYLES[line.who]}]{line.who:>8}[/]  ", end="")
        console.print(line.text, soft_wrap=True, markup=False)


def _print_verdict(result: Result) -> None:
    for failure in result.failures:
        console.print("[red]failed[/]  ", end="")
        console.print(failure, soft_wrap=True, markup=False)
    seconds = sum(record.seconds for record in result.records)
    verdict = "[green]passed[/]" if result.passed else "[red]failed[/]"
    console.print(f"{verdict}  {result.scenario.call} by {result.mode}, {seconds:.1f} s of call")
