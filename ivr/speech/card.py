"""``model.json``, a model directory's card: how it was made, of what, under which licences, how well it hears."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ivr.errors import ModelError

CARD = "model.json"


@dataclass(frozen=True, slots=True)
class Ingredient:
    """What the network learned from."""

    name: str
    kind: str
    """``real`` or ``synthetic``."""
    hours: float
    licence: str


@dataclass(frozen=True, slots=True)
class Figure:
    """How well the model hears one kind of utterance of one set of recordings."""

    recordings: str
    kind: str
    """``real``, ``joined`` (of real recordings) or ``synthetic``."""
    what: str
    utterances: int
    right: int


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The costs of the graph are not here: ``graph/graph.json`` has them, since they change with the words."""

    title: str
    made: str
    """ISO date."""
    network: str
    """Layers, parameters and look-ahead, in words."""
    blank_prior: float
    """The blank's prior against one of every phone."""
    licence: str
    ingredients: tuple[Ingredient, ...]
    figures: tuple[Figure, ...]
    attribution: tuple[str, ...] = ()
    """What licences of ingredients want said."""
    added_words: tuple[str, ...] = ()
    """Words that came after the figures were measured."""

    def with_words(self, words: tuple[str, ...]) -> "ModelCard":
        """The card of a model that more words were added to."""
        return replace(self, added_words=tuple(dict.fromkeys((*self.added_words, *words))))


def write_card(folder: Path, card: ModelCard) -> None:
    """Write ``model.json`` into a model directory."""
    (folder / CARD).write_text(json.dumps(asdict(card), ensure_ascii=False, indent=1) + "\n", "utf-8")


def read_card(folder: Path) -> ModelCard | None:
    """The card of a model directory, None where it has none. Raises ``ModelError`` for one that is not readable."""
    file = folder / CARD
    if not file.is_file():
        return None
    try:
        return _card(json.loads(file.read_text("utf-8")))
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{file} is no model card ({error}): delete it, or restore it from the repository.") from error


def _card(data: Mapping[str, Any]) -> ModelCard:
    listed = {
        "ingredients": tuple(Ingredient(**row) for row in data["ingredients"]),
        "figures": tuple(Figure(**row) for row in data["figures"]),
        "attribution": tuple(data["attribution"]),
        "added_words": tuple(data["added_words"]),
    }
    return ModelCard(**{**data, **listed})
