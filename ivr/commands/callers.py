"""``callers render``: what scripted callers say, as recordings that are kept with the scenarios."""

from collections.abc import Iterable
from pathlib import Path

import soundfile
import typer
from rich.progress import track

from ivr.book.strict_yaml import load_yaml
from ivr.content import GRAMMARS, current_content
from ivr.media.prompts import same_words
from ivr.settings import ROOT
from ivr.simulator.scenario import Scenario, load_scenario
from ivr.simulator.voices import AUDIO, MAN, stretches_of
from ivr.speech import festival
from ivr.speech.sound import RATE

app = typer.Typer(help="Recordings of scripted callers under tests/audio.", no_args_is_help=True)
BATCH = 40


@app.callback()
def callers() -> None:
    """Recordings of scripted callers."""


@app.command()
def render(folder: Path = typer.Argument(ROOT / "tests" / "calls")) -> None:  # noqa: B008
    """Render the words of a folder's scenarios with Festival's Russian voice (Debian: festival, festvox-ru)."""
    texts = sorted({same_words(text): text for text in _texts(folder)}.values())
    respelled = load_yaml(GRAMMARS / "pronunciation.yaml")
    for old in AUDIO.glob(f"{MAN}-*.wav"):
        old.unlink()
    rows = []
    for at in track(range(0, len(texts), BATCH), description="Rendering"):
        batch = texts[at : at + BATCH]
        for number, (text, samples) in enumerate(zip(batch, festival.render(batch, respelled), strict=True), at):
            name = f"{MAN}-{number:03}.wav"
            soundfile.write(AUDIO / name, samples, RATE, subtype="ULAW")
            rows.append(f"{MAN}\t{name}\t{text}\n")
    index = AUDIO / "index.tsv"
    others = [line for line in index.read_text("utf-8").splitlines(keepends=True) if not line.startswith(f"{MAN}\t")]
    index.write_text("".join([*rows, *others]), "utf-8")
    typer.echo(f"{len(rows)} recordings under {AUDIO}.")


def _texts(folder: Path) -> Iterable[str]:
    """Every stretch between pauses, and the digits that codes are read in."""
    digits = current_content().slot_types["one_time_code"]
    yield from digits.spoken("0123456789")
    for path in sorted(folder.glob("**/*.yaml")):
        yield from _spoken_in(load_scenario(path))


def _spoken_in(scenario: Scenario) -> Iterable[str]:
    for turn in scenario.turns:
        if turn.caller and not turn.audio and turn.voice == MAN and "{" not in turn.caller:
            yield from stretches_of(turn.caller)
