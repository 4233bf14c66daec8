"""``suggestions``: what was not understood, what operators have put right, and fixtures of it."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from ivr.clock import SystemClock
from ivr.commands.output import open_database
from ivr.content import current_content
from ivr.errors import AudioError
from ivr.fixtures.manifest import MANIFEST, Fixture, Kind, write_manifest
from ivr.retelling.suggestions import Spoken, Suggestions, spoken_corrections, suggest
from ivr.retelling.voice import made_voices
from ivr.simulator.voices import caller_voices

SPEAKER, SOURCE, LICENCE = "made-voice", "an operator's correction, spoken by a synthesizer", "as the project"
SHOWN = 30


def suggestions(
    days: int = typer.Option(30, "--days", min=1, max=90, help="So many days back."),
    as_json: bool = typer.Option(False, "--json", help="Print all of it as JSON."),
    fixtures: Path | None = typer.Option(  # noqa: B008
        None, "--fixtures", help="Make a set of fixtures in this new folder out of operators' corrections."
    ),
) -> None:
    """Phrases that were not understood, by question, with what was meant; no personal data."""
    book, now = current_content().book, SystemClock().now()
    since = now - timedelta(days=days)
    with open_database().reading() as conn:
        found = suggest(conn, book, since, now)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        _print(found)
    if fixtures is not None:
        made = _made(list(spoken_corrections(book, found.mended, seed=days)), fixtures)
        typer.echo(f"{len(made)} fixtures in {fixtures}; listen before you keep them.", err=True)


def _made(spoken: Sequence[Spoken], folder: Path) -> list[Fixture]:
    """Raises ``AudioError`` where the folder has a set already."""
    if (folder / MANIFEST).exists():
        raise AudioError(f"{folder} holds a set already; name another folder.")
    voice = made_voices(caller_voices())[0]
    texts = list(dict.fromkeys(one.text for one in spoken))
    files = voice.record(texts, folder)
    made = [
        Fixture(files[one.text], one.text, one.value, one.question, Kind.SYNTHETIC, SPEAKER, SOURCE, LICENCE)
        for one in spoken
    ]
    write_manifest(folder, made)
    return made


def _print(found: Suggestions) -> None:
    console = Console(highlight=False)
    phrases = Table("question", "heard", "times", "meant", "says who", title="Not understood, or put right")
    for one in found.phrases[:SHOWN]:
        phrases.add_row(one.question, one.heard.replace("[", r"\["), str(one.count), one.meant, one.meant_by)
    questions = Table("question", "answers", "not understood", "read-back wrong", "put right by operators")
    for each in found.questions[:SHOWN]:
        counts = (each.answers, each.missed, each.denied, each.corrected)
        questions.add_row(each.question, *map(str, counts))
    console.print(phrases)
    console.print(questions)
    console.print("Phrases go into the category's or the question's file under grammars/: see docs/dialogues.md.")
