"""``training``: make the acoustic model anew. See ``docs/training.md``."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ivr.clock import SystemClock
from ivr.content import current_content
from ivr.errors import ModelError
from ivr.settings import ROOT
from ivr.vocabulary import words_heard

if TYPE_CHECKING:  # PyTorch and the vocoder belong to the training extra only
    from ivr.speech.training.learn import Plan
    from ivr.speech.training.steps import Kitchen

app = typer.Typer(help=__doc__, no_args_is_help=True)
NEEDED = ("torch", "kaldi_native_fbank", "pyworld", "scipy")
WORK = typer.Option(ROOT / "var" / "training", "--work", help="Where everything that is made lies.")
SPEECH = typer.Option(None, "--speech", help="The folder of shared recordings. [default: the variable SPEECH_DIR]")
RECIPE = typer.Option(None, "--recipe", help="Another recipe than the bundled one.")
JOBS = typer.Option(max(1, (os.cpu_count() or 2)), "--jobs", min=1, help="Processes at once.")
MEASURED = typer.Argument(help="The file of: bench hearing --json")
OUT = typer.Option(ROOT / "var" / "training" / "model", "--out", help="The model's new directory.")


@app.command()
def corpora(work: Path = WORK, speech: Path = SPEECH, recipe: Path = RECIPE, jobs: int = JOBS) -> None:
    """Record, synthesize and join: the sources' own voices."""
    from ivr.speech.training.steps import make_corpora

    with _counted() as report:
        make_corpora(_kitchen(work, speech, recipe, jobs), report)


@app.command()
def crowds(work: Path = WORK, speech: Path = SPEECH, recipe: Path = RECIPE, jobs: int = JOBS) -> None:
    """Have everything said again by pseudo-speakers."""
    from ivr.speech.training.steps import make_crowds

    with _counted() as report:
        make_crowds(_kitchen(work, speech, recipe, jobs), report)


@app.command()
def features(work: Path = WORK, speech: Path = SPEECH, recipe: Path = RECIPE, jobs: int = JOBS) -> None:
    """Send everything over telephone lines, and compute features."""
    from ivr.speech.training.steps import make_features

    with _counted() as report:
        make_features(_kitchen(work, speech, recipe, jobs), report)


@app.command()
def train(
    work: Path = WORK,
    speech: Path = SPEECH,
    recipe: Path = RECIPE,
    jobs: int = JOBS,
    steps: int | None = typer.Option(None, help="Train to this step. [default: the recipe's]"),
    decline: int | None = typer.Option(None, help="Let the rate fall over so many last steps. [default: the recipe's]"),
) -> None:
    """Train the network, or go on from its checkpoint."""
    import torch

    from ivr.speech.training.learn import Plan
    from ivr.speech.training.steps import train as train_network

    kitchen = _kitchen(work, speech, recipe, jobs)
    torch.set_num_threads(jobs)
    plan = Plan(kitchen.recipe.steps, kitchen.recipe.decline, seed=kitchen.recipe.seed)
    plan = replace(plan, steps=steps or plan.steps, decline=decline if decline is not None else plan.decline)
    with _learned(plan) as report:
        train_network(kitchen, plan, report)


@app.command(name="all")
def everything(
    work: Path = WORK, speech: Path = SPEECH, recipe: Path = RECIPE, jobs: int = JOBS, out: Path = OUT
) -> None:
    """All steps in turn; what is made already stays."""
    corpora(work, speech, recipe, jobs)
    crowds(work, speech, recipe, jobs)
    features(work, speech, recipe, jobs)
    train(work, speech, recipe, jobs, None, None)
    export(work, out, recipe)
    evaluate(work, speech)


@app.command()
def export(work: Path = WORK, out: Path = OUT, recipe: Path = RECIPE) -> None:
    """Write the network as a model that libvosk loads."""
    _check_extra()
    from ivr.speech.training.recipe import RECIPE as BUNDLED
    from ivr.speech.training.recipe import read_recipe
    from ivr.speech.training.release import write_model

    today = SystemClock().now().date().isoformat()
    heard = words_heard(current_content().book)
    write_model(work / "network.pt", work / "features", out, read_recipe(recipe or BUNDLED), made=today, heard=heard)
    typer.echo(f"{out}: try it with VOSK_MODEL={out}, measure it with: python -m ivr bench hearing --model {out}")


@app.command()
def figures(measured: Path = MEASURED, out: Path = OUT) -> None:
    """Put measured figures into a model's card, where model info shows them."""
    _check_extra()
    from ivr.speech.training.release import write_figures

    typer.echo(f"{write_figures(out, json.loads(measured.read_text('utf-8')))} figures in the card of {out}")


@app.command()
def evaluate(work: Path = WORK, speech: Path = SPEECH) -> None:
    """Phones that a checkpoint hears right in the recordings kept for tuning, without any word list."""
    from ivr.speech.training.evaluate import score
    from ivr.speech.training.learn import load_network
    from ivr.speech.training.steps import phone_numbers_of

    network, _ = load_network(work / "network.pt")
    for folder in sorted(path.parent for path in (_speech(speech) / "dev").glob("*/index.tsv")):
        scored = score(network, folder, phone_numbers_of(folder))
        typer.echo(
            f"{folder.name:20} {scored.utterances:4} utterances, {scored.right / scored.utterances:6.1%} right, "
            f"{scored.wrong / scored.phones:6.1%} of phones wrong"
        )


def _kitchen(work: Path, speech: Path | None, recipe: Path | None, jobs: int) -> "Kitchen":
    _check_extra()
    from ivr.speech.training.recipe import RECIPE as BUNDLED
    from ivr.speech.training.recipe import read_recipe
    from ivr.speech.training.steps import Kitchen

    return Kitchen(read_recipe(recipe or BUNDLED), _speech(speech), work, jobs)


def _check_extra() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ModelError(f"Training needs {', '.join(missing)}: pip install -r requirements-training.txt")


def _speech(given: Path | None) -> Path:
    folder = given or Path(os.environ.get("SPEECH_DIR", ""))
    if not (folder / "train").is_dir():
        raise ModelError("Name the folder of shared recordings: --speech DIR, or the variable SPEECH_DIR.")
    return folder


@contextmanager
def _counted() -> Iterator[Callable[[str, int], None]]:
    """A line that shows what is being made and how many there are."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        rows: dict[str, int] = {}

        def report(name: str, done: int) -> None:
            row = rows.get(name)
            if row is None:
                row = rows[name] = int(progress.add_task(name))
            progress.update(row, description=f"{name}: {done}")  # type: ignore[arg-type]

        yield report


@contextmanager
def _learned(plan: "Plan") -> Iterator[Callable[[int, float], None]]:
    """A bar over the steps, with the loss."""
    with Progress(*Progress.get_default_columns(), TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        row = progress.add_task("training", total=plan.steps)
        recent = 0.0

        def report(step: int, loss: float) -> None:
            nonlocal recent
            recent = loss if not recent else 0.98 * recent + 0.02 * loss
            progress.update(row, completed=step, description=f"step {step}, loss {recent:.3f} nats a phone")

        yield report
