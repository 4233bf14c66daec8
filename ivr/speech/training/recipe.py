"""What the model is made of: ``recipe.yaml``, read and checked."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from ivr.errors import ModelError
from ivr.speech.topology import GraphSettings

RECIPE = Path(__file__).with_name("recipe.yaml")
ORIGINS = ("folder", "asterisk", "festvox", "joined", "festvox-joined", "festival", "espeak", "rhvoice")


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One corpus; see the head of ``recipe.yaml``."""

    name: str
    origin: str
    folder: str = ""
    texts: int = 0
    lines: int = 1
    crowd: int = 0
    of: int | None = None
    people: int = 1
    kind: str = ""
    """``real``, ``joined`` (of real recordings) or ``synthetic``."""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that the steps need."""

    seed: int
    ingredients: tuple[Ingredient, ...]
    silences: int
    steps: int
    decline: int
    blank_prior: float
    graph: GraphSettings
    title: str
    licence: str
    attribution: tuple[str, ...]


def read_recipe(file: Path = RECIPE) -> Recipe:
    """Raises ``ModelError`` with the place of a mistake."""
    try:
        given = yaml.safe_load(file.read_text("utf-8"))
        train, card = given["train"], given["card"]
        ingredients = tuple(_ingredient(file, name, entry) for name, entry in given["corpora"].items())
        return Recipe(
            seed=given["seed"],
            ingredients=ingredients,
            silences=given["silences"],
            steps=train["steps"],
            decline=train["decline"],
            blank_prior=given["blank_prior"],
            graph=GraphSettings(**given["graph"]),
            title=card["title"],
            licence=card["licence"],
            attribution=tuple(card["attribution"]),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{file}: not a recipe ({type(error).__name__}: {error}).") from error


def _ingredient(file: Path, name: str, entry: dict[str, Any]) -> Ingredient:
    given = {"origin" if key == "from" else key: value for key, value in entry.items()}
    unknown = set(given) - {field.name for field in fields(Ingredient)}
    if unknown or given.get("origin") not in ORIGINS:
        raise ModelError(
            f"{file}: {name}: from must be one of {', '.join(ORIGINS)}; unknown: {', '.join(unknown) or 'nothing'}."
        )
    return Ingredient(name=name, **given)
