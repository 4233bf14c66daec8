"""From a checkpoint to a model directory: the network, the graph of the words it is to know, and the configuration."""

import shutil
from pathlib import Path

from ivr.errors import ModelError
from ivr.speech.graph import write_graph
from ivr.speech.lexicon import pronunciations
from ivr.speech.phones import phone_inventory
from ivr.speech.recognizer import BUNDLED_MODEL
from ivr.speech.training.export import acoustic_model
from ivr.speech.training.learn import load_network
from ivr.speech.training.recipe import Recipe
from ivr.speech.training.texts import vocabulary


def write_model(checkpoint: Path, out: Path, recipe: Recipe) -> None:
    """Write a whole model directory. Features and endpoints are configured as in the bundled model.

    Raises ``ModelError`` where there is no checkpoint, its phones are not today's, or OpenFst's tools are missing.
    """
    network, phones = load_network(checkpoint)
    if tuple(phones) != phone_inventory():
        raise ModelError(f"{checkpoint} was trained with other phones than today's: train anew.")
    (out / "am").mkdir(parents=True, exist_ok=True)
    (out / "am" / "final.mdl").write_bytes(acoustic_model(network, recipe.blank_prior))
    write_graph(out / "graph", pronunciations(sorted(vocabulary())), recipe.graph)
    if out.resolve() != BUNDLED_MODEL.resolve():
        shutil.copytree(BUNDLED_MODEL / "conf", out / "conf", dirs_exist_ok=True)
