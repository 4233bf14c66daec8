"""From a checkpoint to a model directory: the network, the graph of the words it is to know, and the configuration."""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ivr.errors import ModelError
from ivr.speech.card import Figure, Ingredient, ModelCard, read_card, write_card
from ivr.speech.graph import write_graph
from ivr.speech.lexicon import pronunciations
from ivr.speech.phones import phone_inventory
from ivr.speech.recognizer import BUNDLED_MODEL
from ivr.speech.training.export import acoustic_model
from ivr.speech.training.features import FRAME_SECONDS
from ivr.speech.training.learn import load_network
from ivr.speech.training.network import Network
from ivr.speech.training.recipe import Recipe
from ivr.speech.training.shards import INDEX
from ivr.speech.training.texts import vocabulary

CLEAN = "clean"
VOICES = {"real-elena": "real", "real-elena-joined": "joined", "tts-victoria": "synthetic", "tts-mikhail": "synthetic"}
"""The recordings that are kept for tuning, and what they are."""


def write_model(
    checkpoint: Path, features: Path, out: Path, recipe: Recipe, *, made: str, heard: Iterable[str]
) -> None:
    """Write a whole model directory. Features and endpoints are configured as in the bundled model.

    ``features``: the folder of what was learned from, for the card. ``made``: today's ISO date. ``heard``: words of
    the dialogues, known besides those of the training's texts.

    Raises ``ModelError`` where there is no checkpoint, its phones are not today's, or OpenFst's tools are missing.
    """
    network, phones = load_network(checkpoint)
    if tuple(phones) != phone_inventory():
        raise ModelError(f"{checkpoint} was trained with other phones than today's: train anew.")
    (out / "am").mkdir(parents=True, exist_ok=True)
    (out / "am" / "final.mdl").write_bytes(acoustic_model(network, recipe.blank_prior))
    write_graph(out / "graph", pronunciations(sorted(vocabulary() | set(heard))), recipe.graph)
    if out.resolve() != BUNDLED_MODEL.resolve():
        shutil.copytree(BUNDLED_MODEL / "conf", out / "conf", dirs_exist_ok=True)
    write_card(out, _card(network, features, recipe, made))


def _card(network: Network, features: Path, recipe: Recipe, made: str) -> ModelCard:
    weights = sum(parameter.numel() for parameter in network.parameters())
    ahead = network.shape.right_frames * FRAME_SECONDS
    return ModelCard(
        title=recipe.title,
        made=made,
        network=f"factored TDNN, {weights / 1e6:.1f} M weights, CTC, {ahead:.2f} s of look-ahead",
        blank_prior=recipe.blank_prior,
        licence=recipe.licence,
        ingredients=tuple(_ingredients(features, recipe)),
        figures=(),
        attribution=recipe.attribution,
    )


def _ingredients(features: Path, recipe: Recipe) -> Iterator[Ingredient]:
    for one in recipe.ingredients:
        yield Ingredient(one.name, one.kind, _hours(features / one.name), one.licence)
        if one.crowd:
            name = f"{one.name}, said again by pseudo-speakers"
            yield Ingredient(name, "synthetic", _hours(features / f"{one.name}-crowd"), one.licence)


def _hours(shard: Path) -> float:
    """Of speech over its lines, as often as it was sent over one."""
    frames = sum(length for length, _ in json.loads((shard / INDEX).read_text("utf-8"))) if shard.is_dir() else 0
    return round(frames * FRAME_SECONDS / 3600, 1)


def write_figures(folder: Path, measured: Mapping[str, Any]) -> int:
    """Put what ``bench hearing --json`` measured into a model's card; how many figures.

    Raises ``ModelError`` where the folder has no card, or the measurement is none of the hearing.
    """
    card = read_card(folder)
    if card is None:
        raise ModelError(f"{folder} has no card: export the model first.")
    if measured.get("bench") != "hearing":
        raise ModelError("These are no figures of the hearing: give the file of bench hearing --json.")
    figures = tuple(_figures(measured["rows"]))
    write_card(folder, replace(card, figures=figures))
    return len(figures)


def _figures(rows: Sequence[Mapping[str, Any]]) -> Iterator[Figure]:
    for row in rows:
        if row["voice"] in VOICES and row["n"]:
            yield Figure(row["voice"], VOICES[row["voice"]], _named(row), row["n"], row["right"])


def _named(row: Mapping[str, Any]) -> str:
    return str(row["set"]) if row["condition"] == CLEAN else f"{row['set']}, {row['condition']}"
