"""``fixtures``: recordings to test with, and what noise and bad lines make of them. See ``docs/fixtures.md``."""

import json
from functools import partial
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ivr.bench.robustness.confusions import Confusion
from ivr.bench.robustness.grid import SAMPLES, GridReport, GridRun, plan_grid, run_grid
from ivr.bench.robustness.pictures import draw_grid
from ivr.bench.robustness.thresholds import Shortfall, load_thresholds, shortfalls
from ivr.book.strict_yaml import load_yaml
from ivr.clock import SystemClock
from ivr.content import GRAMMARS, PROMPTS, current_content
from ivr.errors import AudioError
from ivr.fixtures.chain import KINDS, Around, parse_chain
from ivr.fixtures.manifest import PLACES, REAL, STARTER, voices_in
from ivr.fixtures.own import OwnRecordings
from ivr.fixtures.reading import value_of
from ivr.fixtures.real import make_real
from ivr.fixtures.recording import write
from ivr.fixtures.starter import render_starter
from ivr.settings import ROOT, load_settings
from ivr.speech.model import model_dir
from ivr.speech.sound import read_recording

app = typer.Typer(help="Recordings to test with.", no_args_is_help=True)
console = Console(highlight=False)
THRESHOLDS = ROOT / "tests" / "fixtures" / "thresholds.yaml"
PROMPT = PROMPTS / "card_number.ask.wav"
SEED = 1
MISSED = 1
WIDE = 140
"""Letters of a line in a file."""
CHAIN_HELP = f"What happens to it, such as babble:10,packet_loss:3,speed:1.2. There are: {', '.join(KINDS)}."
SEED_OPTION = typer.Option(SEED, "--seed", help="The same seed gives the same sound.")


@app.command()
def make(
    out: Path = typer.Option(PLACES[REAL], "--out", help="The folder; recordings of an earlier set are replaced."),  # noqa: B008
    seed: int = SEED_OPTION,
) -> None:
    """Build real speech from Debian's asterisk-core-sounds-ru-wav and festvox-ru: words, joined numbers and dates."""
    made = make_real(out, seed, partial(value_of, current_content()))
    for package in made.missing:
        console.print(f"[yellow]{package} is not installed: its voice is left out.[/]")
    speakers = {one.speaker for one in made.fixtures}
    console.print(f"{len(made.fixtures)} recordings by {', '.join(sorted(speakers))} in {out}.", soft_wrap=True)


@app.command()
def render() -> None:
    """Render the starter set of synthetic voices in audio/fixtures anew (Debian: festival, festvox-ru)."""
    fixtures = render_starter(load_yaml(GRAMMARS / "pronunciation.yaml"))
    console.print(f"{len(fixtures)} recordings in {PLACES[STARTER]}.", soft_wrap=True)


@app.command()
def forget(speaker: str) -> None:
    """Remove a tester's recordings of the recorder's page: the consent is withdrawn."""
    count = OwnRecordings(current_content(), SystemClock()).forget(speaker)
    console.print(f"{count} recordings removed.")


@app.command()
def mutate(
    file: Path,
    out: Path,
    *,
    chain: str = typer.Option(..., "--with", help=CHAIN_HELP),
    seed: int = SEED_OPTION,
    voices: str = typer.Option(STARTER, "--voices", help="Who babbles: a set, or a folder of recordings."),
    prompt: Path = typer.Option(PROMPT, "--prompt", help="What comes back as an echo."),  # noqa: B008
) -> None:
    """Write a recording as it sounds in noise or over a bad line, as a WAV at 8000 hertz."""
    if out.suffix.lower() != ".wav":
        raise AudioError(f"{out}: the result is a WAV; name a file that ends in .wav.")
    if not out.parent.is_dir():
        raise AudioError(f"{out}: there is no folder {out.parent}; make it first.")
    parsed = parse_chain(chain)
    around = Around([read_recording(one) for one in voices_in(voices)], read_recording(prompt))
    write(out, parsed.applied(read_recording(file), seed, around))
    console.print(f"{out}: {parsed or 'unchanged'}, seed {seed}.", soft_wrap=True)


@app.command()
def grid(
    *,
    fixtures: str = typer.Option(STARTER, "--set", help=f"{', '.join(PLACES)}, or a folder with manifest.tsv."),
    out: Path | None = typer.Option(None, "--out", help="Draw a PNG, and a second one of pairs of words."),  # noqa: B008
    as_json: bool = typer.Option(False, "--json", help="Print figures as JSON instead of tables."),
    seed: int = SEED_OPTION,
    samples: int = typer.Option(SAMPLES, "--samples", min=1, help="Fixtures of the set under each condition."),
    jobs: int = typer.Option(2, "--jobs", min=1, help="Processes at once."),
    check: bool = typer.Option(False, "--check", help="Exit code 1 where a threshold is missed."),
    thresholds: Path = typer.Option(THRESHOLDS, "--thresholds", help="The file of thresholds."),  # noqa: B008
    model: str = typer.Option("", "--model", help="Model directory; empty: the one that VOSK_MODEL names."),
) -> None:
    """How well the hotline understands under each condition, and which words it confuses."""
    bounds = load_thresholds(thresholds, fixtures) if check else {}
    run = GridRun(model_dir(model or load_settings().vosk_model), fixtures, samples, seed, jobs)
    trials = plan_grid(run)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("grid", total=len(trials))
        report = run_grid(run, trials, lambda: progress.advance(task))
    missed = shortfalls(report, bounds)
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        _print_report(report)
    if out is not None:
        drawn = draw_grid(report, out)
        typer.echo(f"Drawn: {out}, {drawn}", err=True)
    _print_missed(missed)
    raise typer.Exit(MISSED if missed else 0)


def _print_report(report: GridReport) -> None:
    paper = console if console.is_terminal else Console(width=WIDE)
    table = Table("condition", "write it as", "n", "right", "wrong", "again", "right %", "wrong %")
    for cell in report.cells:
        shares = (f"{cell.right_percent:.0f}", f"{cell.wrong_percent:.0f}")
        table.add_row(cell.condition, cell.chain, *map(str, (cell.count, cell.right, cell.wrong, cell.again)), *shares)
    paper.print(table)
    paper.print(_confusions_table(report.confusions))
    paper.print(report.note)


def _confusions_table(found: list[Confusion]) -> Table:
    table = Table("said", "n", "heard as said", "its pair", "as its pair", "another word", "nothing", "others")
    for one in found:
        counts = [str(number) for number in (one.as_rival, one.as_another, one.lost)]
        table.add_row(one.said, str(one.count), str(one.right), one.rival, *counts, ", ".join(one.others[:4]))
    return table


def _print_missed(missed: list[Shortfall]) -> None:
    for one in missed:
        typer.echo(f"Missed: {one.cell}: {one.what} {one.bound:g} %, measured {one.measured:.0f} %.", err=True)
