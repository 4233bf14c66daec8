"""``lint``, ``sample`` and ``graph``: for those who write dialogues."""

from pathlib import Path

import typer

from ivr.application import GRAMMARS, PROMPTS, current_content, load_ground
from ivr.book.graph import to_dot, to_mermaid
from ivr.book.lint import lint as find_mistakes
from ivr.book.load import read_book
from ivr.book.sample import sample as phrases_of
from ivr.book.source import BookSource
from ivr.clock import SystemClock
from ivr.commands.official import fetch_model
from ivr.errors import HotlineError
from ivr.facts import FACTS
from ivr.settings import load_settings
from ivr.slots.choice import Choice
from ivr.speech.model import model_words


def lint(grammars: Path = typer.Option(GRAMMARS, help="The folder to check.")) -> None:  # noqa: B008
    """Check dialogues before a caller hears them; exit code 1 where something is wrong."""
    source = _source(grammars)
    recorded = {path.stem for path in PROMPTS.glob("*.wav")}
    settings = load_settings()
    fetch_model(settings)
    words = model_words(settings.vosk_model)
    findings = find_mistakes(source, facts=FACTS, vocabulary=words, recordings=recorded)
    for finding in findings:
        typer.echo(str(finding))
    errors = sum(finding.severity == "error" for finding in findings)
    typer.echo(f"{errors} mistakes, {len(findings) - errors} notes.", err=True)
    raise typer.Exit(1 if errors else 0)


def sample(name: str) -> None:
    """List what callers may say: at a question with options, or an everywhere-word such as ``operator``."""
    source = _source(GRAMMARS)
    question = source.book.fields.get(name)
    if question is not None and not isinstance(question.slot, Choice):
        raise HotlineError(f"{name} is heard as numbers, dates or names in any order: there is no list of phrases.")
    for value, phrase in phrases_of(source, name):
        typer.echo(f"{value}\t{phrase}")


def graph(form: str = typer.Option("mermaid", "--format", help="mermaid or dot.")) -> None:
    """Print the whole dialogue as a graph."""
    drawn = {"mermaid": to_mermaid, "dot": to_dot}.get(form)
    if drawn is None:
        raise HotlineError("--format: write mermaid or dot.")
    typer.echo(drawn(current_content().book))


def _source(grammars: Path) -> BookSource:
    ground = load_ground(grammars, SystemClock().now().year)
    return read_book(grammars, ground.slot_types, ground.outcomes)
