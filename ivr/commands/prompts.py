"""``prompts``: render recordings, list what a studio has to record, and find what is missing or out of date."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import soundfile
import typer
from numpy.typing import NDArray
from rich.progress import track

from ivr.book.strict_yaml import load_yaml
from ivr.card_services import recorded_pieces
from ivr.content import GRAMMARS, PROMPTS, Content, current_content
from ivr.line_words import LineWords, category_titles
from ivr.media.recording_list import recordings
from ivr.speech import festival
from ivr.speech.sound import RATE

app = typer.Typer(help="Recorded prompts under audio/prompts.", no_args_is_help=True)

BATCH = 60


@app.command()
def render(
    everything: bool = typer.Option(False, "--all", help="Render also what is recorded already."),
) -> None:
    """Render missing and changed prompts with Festival's Russian voice (Debian: festival, festvox-ru)."""
    wanted, have = _wanted(), _index()
    todo = [name for name, text in wanted.items() if everything or have.get(name) != text or not _file(name).is_file()]
    respelled = load_yaml(GRAMMARS / "pronunciation.yaml")
    PROMPTS.mkdir(parents=True, exist_ok=True)
    for at in track(range(0, len(todo), BATCH), description="Rendering", disable=not todo):
        names = todo[at : at + BATCH]
        for name, samples in zip(names, festival.render([wanted[n] for n in names], respelled), strict=True):
            _write(name, samples)
    _forget(set(have) - set(wanted))
    rows = [f"{name}.wav\t{text}\n" for name, text in wanted.items()]
    (PROMPTS / "index.tsv").write_text("".join(rows), "utf-8")
    typer.echo(f"{len(todo)} rendered, {len(wanted)} in all, under {PROMPTS}.")


@app.command(name="list")
def list_recordings() -> None:
    """Print what has to be recorded: file, tab, text. A studio's files replace ours one by one."""
    for name, text in _wanted().items():
        typer.echo(f"{name}.wav\t{text}")


@app.command()
def check() -> None:
    """Name the prompts that have no recording or whose text has changed since; exit code 1 where there are any."""
    have = _index()
    stale = [name for name, text in _wanted().items() if have.get(name) != text or not _file(name).is_file()]
    for name in stale:
        typer.echo(f"{name}: not recorded as it is written")
    raise typer.Exit(1 if stale else 0)


def _wanted() -> dict[str, str]:
    content = current_content()
    return recordings(content.book, content.slot_types, chain(recorded_pieces(content.diagnosis), _line(content)))


def _line(content: Content) -> Iterator[tuple[str, str]]:
    """What is said with numbers in the line to the operators, and what calls are about."""
    if content.book.waiting is None:
        return
    words = LineWords(content.book.waiting, content.hotline.brand)
    titles = (words.category(name, title) for name, title in category_titles(content.book).items())
    yield from words.recorded()
    yield from ((say.prompt, say.text) for say in titles)


def _index() -> dict[str, str]:
    path = PROMPTS / "index.tsv"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return {name.removesuffix(".wav"): text for name, text in (line.split("\t", 1) for line in lines)}


def _file(name: str) -> Path:
    return PROMPTS / f"{name}.wav"


def _write(name: str, samples: NDArray[np.int16]) -> None:
    """As μ-law: half the size, and nothing is lost that a telephone line would carry."""
    soundfile.write(_file(name), samples, RATE, subtype="ULAW")


def _forget(names: set[str]) -> None:
    for name in names:
        _file(name).unlink(missing_ok=True)
