"""``model info`` and ``model build``: what the recognizer's model knows, and how to teach it more words."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import typer

from ivr.content import current_content
from ivr.errors import ModelError
from ivr.settings import load_settings
from ivr.speech.card import ModelCard, read_card
from ivr.speech.extension import Extension, extend_model
from ivr.speech.graph import GRAPH, read_graph
from ivr.speech.lexicon import shown
from ivr.speech.model import model_dir, model_words
from ivr.speech.new_words import Alike
from ivr.vocabulary import words_heard

SHOWN_PAIRS = 20

app = typer.Typer(help="The recognizer's model.", no_args_is_help=True)


@app.callback()
def model() -> None:
    """The recognizer's model."""


@app.command()
def info(words: Annotated[bool, typer.Option("--words", help="List the vocabulary.")] = False) -> None:
    """Show the model's folder, size, vocabulary, provenance, licences and measured accuracy."""
    folder = model_dir(load_settings().vosk_model)
    vocabulary = [word for word in model_words(load_settings().vosk_model) if word[0] not in "<[#"]
    if words:
        typer.echo("\n".join(sorted(vocabulary)))
        return
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    typer.echo(f"{folder}: {size / 1e6:.1f} MB, {len(vocabulary)} words")
    card = read_card(folder)
    if card:
        typer.echo("\n".join((*_graph(folder), *_card(card))))
    elif (folder / "README.md").is_file():
        typer.echo((folder / "README.md").read_text("utf-8"))


@app.command()
def build(
    out: Annotated[Path, typer.Option(help="A new folder for the model.")],
    words: Annotated[Path | None, typer.Option(help="A text file, a word or a phrase a line.")] = None,
    dialogues: Annotated[bool, typer.Option("--dialogues", help="Whatever the dialogues listen for.")] = False,
) -> None:
    """Add words to the model without training, so that it can hear them in grammars at once."""
    if (words is None) is not dialogues:
        raise ModelError("Which words? Give --words FILE, or --dialogues for those that grammars/ listens for.")
    with _word_file(words) as file:
        made = extend_model(model_dir(load_settings().vosk_model), file, out)
    typer.echo("\n".join(_told(made)))
    typer.echo(f"{made.words} words in {out}. To use it, write into .env:\nVOSK_MODEL={out.resolve()}")


@contextmanager
def _word_file(given: Path | None) -> Iterator[Path]:
    """The file of words; without one, a file of the words of the dialogues that the model lacks."""
    if given is not None:
        yield given
        return
    lacked = sorted(words_heard(current_content().book) - set(model_words(load_settings().vosk_model)))
    if not lacked:
        raise ModelError("The model knows all words of the dialogues already: there is nothing to build.")
    with NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(lacked) + "\n")
        file.flush()
        yield Path(file.name)


def _told(made: Extension) -> Iterator[str]:
    for word, ways in made.added.items():
        yield f"added {word}: {', '.join(map(shown, ways))}"
    if made.added:
        yield "If one is not said so, respell it after a tab in the list, with + before the stressed vowel."
    if made.known:
        yield f"already known: {', '.join(made.known)}"
    for pair in made.alike[:SHOWN_PAIRS]:
        yield _warned(pair)
    if len(made.alike) > SHOWN_PAIRS:
        yield f"warning: {len(made.alike) - SHOWN_PAIRS} more pairs of words that sound nearly alike"


def _warned(pair: Alike) -> str:
    how = "sounds the same as" if pair.same else "is one sound away from"
    return f"warning: {pair.word} {how} {pair.other}: do not ask for both in one question"


def _graph(folder: Path) -> Iterator[str]:
    lexicon, settings, phones = read_graph(folder / GRAPH)
    ways = sum(map(len, lexicon.values()))
    yield f"{ways} pronunciations of {len(phones)} phones: {' '.join(phones)}"
    yield (
        f"word bonus {settings.word_bonus:g}, other pronunciations {settings.variant_cost:g}, "
        f"[unk] {settings.filler_word_cost:g} and {settings.filler_phone_cost:g} a phone"
    )


def _card(card: ModelCard) -> Iterator[str]:
    yield f"{card.title}, made {card.made}: {card.network}; blank prior {card.blank_prior:g}"
    yield f"Licence: {card.licence}"
    yield "\nLearned from:"
    yield from _table((row.name, row.kind, f"{row.hours:.1f} h", row.licence) for row in card.ingredients)
    yield from card.attribution
    yield "\nMeasured, first try right:"
    yield from _table(
        (row.recordings, row.kind, row.what, f"{row.right} of {row.utterances}", f"{row.right / row.utterances:.1%}")
        for row in card.figures
    )
    if card.added_words:
        yield f"\nAdded since it was measured: {', '.join(card.added_words)}"


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    listed = list(rows)
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    for row in listed:
        yield "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
