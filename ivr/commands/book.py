"""``lint``, ``sample`` and ``graph``: for those who write dialogues."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import typer

from ivr.book.graph import to_dot, to_mermaid
from ivr.book.lint import lint as find_mistakes
from ivr.book.load import read_book
from ivr.book.sample import sample as phrases_of
from ivr.book.source import BookSource
from ivr.cabinet.words import load_cabinet_words
from ivr.case.texts import known_to, load_case_texts
from ivr.clock import SystemClock
from ivr.commands.official import fetch_model
from ivr.consent import load_consent_texts
from ivr.content import GRAMMARS, PROMPTS, load_ground
from ivr.dialog.forms import ClosedSet
from ivr.dispositions import load_dispositions
from ivr.erasure_act import load_act_words
from ivr.errors import BookError, HotlineError
from ivr.facts import FACTS
from ivr.hotline import load_hotline
from ivr.inbox import read_sms_words
from ivr.reports.words import load_words
from ivr.settings import load_settings
from ivr.speech.model import model_words

PICTURES = ("svg", "png", "pdf")
"""What Graphviz is asked for."""


def lint(grammars: Path = typer.Option(GRAMMARS, help="The folder to check.")) -> None:  # noqa: B008
    """Check dialogues and all other texts before a caller meets them; exit code 1 where something is wrong."""
    told = list(findings(grammars))
    for line, _ in told:
        typer.echo(line)
    errors = sum(is_error for _, is_error in told)
    typer.echo(f"{errors} mistakes, {len(told) - errors} notes.", err=True)
    raise typer.Exit(1 if errors else 0)


def findings(grammars: Path) -> Iterator[tuple[str, bool]]:
    """All that can be said of a folder, a line each with file and cure, and True where it is a mistake.

    Raises ``BookError`` where dialogues cannot be read at all.
    """
    source, settings = _source(grammars), load_settings()
    recorded = {path.stem for path in PROMPTS.glob("*.wav")}
    fetch_model(settings)
    words = model_words(settings.vosk_model)
    is_whole = True
    for finding in find_mistakes(source, facts=FACTS, vocabulary=words, recordings=recorded):
        is_whole = is_whole and finding.severity != "error"
        yield str(finding), finding.severity == "error"
    yield from ((told, True) for told in _beside(grammars, source if is_whole else None))


def _beside(grammars: Path, source: BookSource | None) -> Iterator[str]:
    """What is wrong with the texts beside the dialogues, one line for each file."""
    hotline = load_hotline(grammars / "hotline.yaml")
    checks: dict[str, Callable[[Path], object]] = {
        "cabinet.yaml": lambda path: load_cabinet_words(path, hotline),
        "consent.yaml": lambda path: load_consent_texts(path, hotline),
        "dispositions.yaml": load_dispositions,
        "erasure.yaml": lambda path: load_act_words(path, hotline.brand),
        "reports.yaml": load_words,
        "sms.yaml": lambda path: read_sms_words(path.parent, hotline),
    }
    if source is not None:
        checks["case.yaml"] = lambda path: load_case_texts(path, known_to(source.book, source.outcomes))
    for file, check in checks.items():
        try:
            check(grammars / file)
        except BookError as error:
            yield str(error)


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
