"""``prompts``: render recordings, list what a studio has to record, and find what is missing or out of date."""

from pathlib import Path

import numpy as np
import soundfile
import typer
from numpy.typing import NDArray
from rich.progress import track

from ivr.book.strict_yaml import load_yaml
from ivr.content import GRAMMARS, PROMPTS, current_content
from ivr.recorded import INDEX, recorded_texts, stale_recordings, wanted_recordings
from ivr.speech import festival
from ivr.speech.sound import RATE

app = typer.Typer(help="Recorded prompts under audio/prompts.", no_args_is_help=True)

BATCH = 60


@app.command()
def render(
    everything: bool = typer.Option(False, "--all", help="Render also what is recorded already."),
) -> None:
    """Render missing and changed prompts with Festival's Russian voice (Debian: festival, festvox-ru)."""
    wanted, have = wanted_recordings(current_content()), recorded_texts(PROMPTS)
    todo = list(wanted) if everything else stale_recordings(wanted, PROMPTS)
    respelled = load_yaml(GRAMMARS / "pronunciation.yaml")
    PROMPTS.mkdir(parents=True, exist_ok=True)
    for at in track(range(0, len(todo), BATCH), description="Rendering", disable=not todo):
        names = todo[at : at + BATCH]
        for name, samples in zip(names, festival.render([wanted[n] for n in names], respelled), strict=True):
            _write(name, samples)
    _forget(set(have) - set(wanted))
    rows = [f"{name}.wav\t{text}\n" for name, text in wanted.items()]
    (PROMPTS / INDEX).write_text("".join(rows), "utf-8")
    typer.echo(f"{len(todo)} rendered, {len(wanted)} in all, under {PROMPTS}.")


@app.command(name="list")
def list_recordings() -> None:
    """Print what has to be recorded: file, tab, text. A studio's files replace ours one by one."""
    for name, text in wanted_recordings(current_content()).items():
        typer.echo(f"{name}.wav\t{text}")


@app.command()
def check() -> None:
    """Name the prompts that have no recording or whose text has changed since; exit code 1 where there are any."""
    stale = stale_recordings(wanted_recordings(current_content()), PROMPTS)
    for name in stale:
        typer.echo(f"{name}: not recorded as it is written")
    raise typer.Exit(1 if stale else 0)


def _file(name: str) -> Path:
    return PROMPTS / f"{name}.wav"


def _write(name: str, samples: NDArray[np.int16]) -> None:
    """As μ-law: half the size, and nothing is lost that a telephone line would carry."""
    soundfile.write(_file(name), samples, RATE, subtype="ULAW")


def _forget(names: set[str]) -> None:
    for name in names:
        _file(name).unlink(missing_ok=True)
