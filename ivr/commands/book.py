"""``lint``, ``sample`` and ``graph``: for those who write dialogues."""

import shutil
import subprocess
from pathlib import Path

import typer

from ivr.book.graph import to_dot, to_mermaid
from ivr.book.lint import lint as find_mistakes
from ivr.book.load import read_book
from ivr.book.sample import sample as phrases_of
from ivr.book.source import BookSource
from ivr.case.texts import known_to, load_case_texts
from ivr.clock import SystemClock
from ivr.commands.official import fetch_model
from ivr.content import GRAMMARS, PROMPTS, load_ground
from ivr.dialog.forms import ClosedSet
from ivr.errors import HotlineError
from ivr.facts import FACTS
from ivr.settings import load_settings
from ivr.speech.model import model_words

PICTURES = ("svg", "png", "pdf")
"""What Graphviz is asked for."""


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
    if not errors and (screen := grammars / "case.yaml").is_file():
        load_case_texts(screen, known_to(source.book, source.outcomes))
    raise typer.Exit(1 if errors else 0)


def sample(name: str) -> None:
    """List what callers may say: at a question with options, or an everywhere-word such as ``operator``."""
    source = _source(GRAMMARS)
    question = source.book.fields.get(name)
    if question is not None and not isinstance(question.slot, ClosedSet):
        raise HotlineError(f"{name} is heard as numbers, dates or names in any order: there is no list of phrases.")
    for value, phrase in phrases_of(source, name):
        typer.echo(f"{value}\t{phrase}")


def graph(
    form: str = typer.Option("mermaid", "--format", help="mermaid or dot, printed."),
    out: Path | None = typer.Option(None, help="A picture instead: FILE.svg, FILE.png or FILE.pdf."),  # noqa: B008
) -> None:
    """Draw the whole dialogue, grouped by category, a ladder as one box."""
    source = _source(GRAMMARS)
    if out is not None:
        _draw(to_dot(source), out)
        return
    drawn = {"mermaid": to_mermaid, "dot": to_dot}.get(form)
    if drawn is None:
        raise HotlineError("--format: write mermaid or dot.")
    typer.echo(drawn(source))


def _draw(text: str, out: Path) -> None:
    kind = out.suffix.removeprefix(".")
    if kind not in PICTURES:
        raise HotlineError(f"--out {out}: the name has to end in .{', .'.join(PICTURES)}.")
    if shutil.which("dot") is None:
        raise HotlineError("Drawing needs Graphviz: install the package graphviz, or use --format mermaid.")
    drawn = subprocess.run(["dot", f"-T{kind}"], input=text.encode(), capture_output=True, check=False)
    if drawn.returncode:
        told = drawn.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise HotlineError(f"Graphviz refused the drawing ({told}); use --format mermaid.")
    try:
        out.write_bytes(drawn.stdout)
    except OSError as error:
        raise HotlineError(f"--out {out}: cannot be written ({error.strerror}); name another file.") from error


def _source(grammars: Path) -> BookSource:
    ground = load_ground(grammars, SystemClock().now().year)
    return read_book(grammars, ground.slot_types, ground.outcomes)
