"""A model with more words: the same network, a new graph. Nothing is trained, so it takes seconds."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import ModelError
from ivr.speech.card import read_card, write_card
from ivr.speech.graph import GRAPH, read_graph, write_graph
from ivr.speech.lexicon import Phones
from ivr.speech.new_words import Alike, merged, read_new_words, sound_alikes


@dataclass(frozen=True, slots=True)
class Extension:
    """What was done."""

    added: dict[str, tuple[Phones, ...]]
    """New words, and new pronunciations of words that the model had."""
    known: tuple[str, ...]
    """Words that the model knew already, said as they were listed."""
    alike: list[Alike]
    words: int
    """The size of the vocabulary."""


def extend_model(model: Path, words: Path, out: Path) -> Extension:
    """Write to ``out`` the model with the words of a list.

    Raises ``ModelError`` where the list, the model or the place is not fit for it; ``out`` is then left as it was.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ModelError(f"{out} is not empty: name a new folder, or delete it first.")
    old, settings, phones = read_graph(model / GRAPH)
    listed = read_new_words(words)
    lexicon = merged(old, listed)
    added = {word: lexicon[word][len(old.get(word, ())) :] for word in listed if lexicon[word] != old.get(word)}
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as made:
        new = Path(made) / "model"
        shutil.copytree(model, new)
        write_graph(new / GRAPH, lexicon, settings, phones)
        if card := read_card(model):
            write_card(new, card.with_words(tuple(added)))
        if out.is_dir():
            out.rmdir()
        new.rename(out)
    known = tuple(word for word in listed if word not in added)
    return Extension(added, known, sound_alikes(added, lexicon), len(lexicon))
