"""What has to be recorded for callers, and what of it is."""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from ivr.card_services import recorded_pieces
from ivr.content import Content
from ivr.line_words import LineWords, category_titles
from ivr.media.recording_list import recordings

INDEX = "index.tsv"
"""Beside the recordings: file, tab, the text that is spoken in it."""


def wanted_recordings(content: Content) -> dict[str, str]:
    """All recordings by name, without ``.wav``, with the text of each."""
    return recordings(content.book, content.slot_types, chain(recorded_pieces(content.diagnosis), _line(content)))


def recorded_texts(folder: Path) -> dict[str, str]:
    """What the recordings of a folder say, by name."""
    path = folder / INDEX
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return {name.removesuffix(".wav"): text for name, text in (line.split("\t", 1) for line in lines)}


def stale_recordings(wanted: Mapping[str, str], folder: Path) -> list[str]:
    """Names of those that are missing, or say something else than is wanted now."""
    have = recorded_texts(folder)
    return [name for name, text in wanted.items() if have.get(name) != text or not (folder / f"{name}.wav").is_file()]


def _line(content: Content) -> Iterator[tuple[str, str]]:
    """What is said with numbers in the line to the operators, and what calls are about."""
    if content.book.waiting is None:
        return
    words = LineWords(content.book.waiting, content.hotline.brand)
    titles = (words.category(name, title) for name, title in category_titles(content.book).items())
    yield from words.recorded()
    yield from ((say.prompt, say.text) for say in titles)
