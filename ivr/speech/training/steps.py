"""The steps from texts to a model, each reading what the one before it left in the working folder.

``corpora/<name>`` holds recordings, ``corpora/<name>-crowd`` the same by pseudo-speakers, ``features/<name>`` both as
features, ``network.pt`` the checkpoint. What is complete is not made again: delete a folder to have it anew.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ivr.errors import ModelError
from ivr.speech.lexicon import pronounce
from ivr.speech.phones import phone_inventory
from ivr.speech.training import learn, recordings, shards, synthesis
from ivr.speech.training.corpus import INDEX, RATE, CorpusWriter, Recording, read_corpus
from ivr.speech.training.crowd import speak_by_many
from ivr.speech.training.joined import Takes, join_words
from ivr.speech.training.network import Shape
from ivr.speech.training.recipe import Ingredient, Recipe
from ivr.speech.training.texts import sample_texts

SILENCE = "silence"
PEOPLE_PER_CORPUS = 40
SENTENCE_WORDS = 3
"""Shorter recordings are no talk."""
Report = Callable[[str, int], None]
"""Told the name of what is being made, and how much of it is done."""


@dataclass(frozen=True, slots=True)
class Kitchen:
    """Where a run works: ``speech`` is the folder of shared recordings, ``work`` holds all that is made."""

    recipe: Recipe
    speech: Path
    work: Path
    processes: int

    @property
    def checkpoint(self) -> Path:
        """Where training stands."""
        return self.work / "network.pt"

    def corpus(self, name: str) -> Path:
        """The folder of a corpus."""
        return self.work / "corpora" / name


def make_corpora(kitchen: Kitchen, report: Report) -> None:
    """Record, synthesize and join. Raises ``AudioError`` where a package, an engine or a folder is missing."""
    for ingredient in kitchen.recipe.ingredients:
        if not (kitchen.corpus(ingredient.name) / INDEX).is_file():
            _follow(ingredient.name, _made(kitchen, ingredient), report)


def make_crowds(kitchen: Kitchen, report: Report) -> None:
    """Have the corpora said again by pseudo-speakers."""
    recipe = kitchen.recipe
    for ingredient in recipe.ingredients:
        name = f"{ingredient.name}-crowd"
        if ingredient.crowd and not (kitchen.corpus(name) / INDEX).is_file():
            source = read_corpus(kitchen.corpus(ingredient.name))[: ingredient.of]
            spoken = speak_by_many(source, kitchen.corpus(name), ingredient.crowd, recipe.seed, kitchen.processes)
            _follow(name, spoken, report)


def make_features(kitchen: Kitchen, report: Report) -> None:
    """Send everything over telephone lines and compute what the network is to hear."""
    seed, people = kitchen.recipe.seed, _people(kitchen)
    for ingredient in kitchen.recipe.ingredients:
        for name, copies in _heard(ingredient):
            corpus = kitchen.corpus(name)
            sent = partial(shards.make_shard, corpus, copies=copies, seed=seed, processes=kitchen.processes)
            _write_shard(kitchen, name, sent, report)
            among = partial(shards.make_people_shard, corpus, every=ingredient.people, people=people)
            _write_shard(kitchen, f"{name}-people", partial(among, seed=seed, processes=kitchen.processes), report)
    _write_shard(kitchen, SILENCE, partial(_silence, kitchen.recipe, people), report)


def _silence(recipe: Recipe, people: Sequence[Recording], out: Path) -> Iterator[int]:
    return shards.make_silence(out, recipe.silences, people, recipe.seed)


def _write_shard(kitchen: Kitchen, name: str, made: Callable[..., Iterator[int]], report: Report) -> None:
    out = kitchen.work / "features" / name
    if not (out / shards.INDEX).is_file():
        _follow(name, made(out=out), report)


def _people(kitchen: Kitchen) -> list[Recording]:
    """Who talks in the background: some sentences of every corpus, so that no voice is always behind itself."""
    chance, found = random.Random(kitchen.recipe.seed), []
    for name in (name for ingredient in kitchen.recipe.ingredients for name, _ in _heard(ingredient)):
        sentences = [one for one in read_corpus(kitchen.corpus(name)) if len(one.words) >= SENTENCE_WORDS]
        found += chance.sample(sentences, min(PEOPLE_PER_CORPUS, len(sentences)))
    return found


def train(kitchen: Kitchen, plan: learn.Plan, report: Callable[[int, float], None]) -> None:
    """Train to the plan's end, from the checkpoint where there is one. Raises ``ModelError`` without features."""
    targets = read_targets(kitchen.work / "features")
    phones = phone_inventory()
    known = kitchen.checkpoint.is_file()
    progress = learn.resume(kitchen.checkpoint, plan) if known else learn.begin(Shape(len(phones)), targets, plan)
    for step, loss in learn.learn(progress, targets, plan, kitchen.checkpoint, phones):
        report(step, loss)


def read_targets(features: Path) -> list[learn.Target]:
    """All examples of a folder of features. Raises ``ModelError`` where it has none."""
    folders = sorted(folder.parent for folder in features.glob(f"*/{shards.INDEX}"))
    examples = [example for folder in folders for example in shards.read_shard(folder)]
    if not examples:
        raise ModelError(f"{features} holds no features: run the step before.")
    return learn.targets(examples, phone_numbers(word for example in examples for word in example.words))


def phone_numbers_of(corpus: Path) -> dict[str, tuple[int, ...]]:
    """The network's outputs for each word of a corpus."""
    return phone_numbers(word for recording in read_corpus(corpus) for word in recording.words)


def phone_numbers(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """The network's outputs for each word."""
    number = {phone: index for index, phone in enumerate(phone_inventory())}
    said = pronounce(sorted(set(words)))
    return {word: tuple(number[phone] for phone in phones) for word, phones in said.items()}


def _heard(ingredient: Ingredient) -> Iterator[tuple[str, int]]:
    """The corpora of an ingredient, and over how many lines each utterance goes."""
    yield ingredient.name, ingredient.lines
    if ingredient.crowd:
        yield f"{ingredient.name}-crowd", 1


def _made(kitchen: Kitchen, ingredient: Ingredient) -> Iterator[int]:
    out, seed = kitchen.corpus(ingredient.name), kitchen.recipe.seed
    match ingredient.origin:
        case "folder":
            out.parent.mkdir(parents=True, exist_ok=True)
            out.symlink_to((kitchen.speech / ingredient.folder).resolve())
            yield len(read_corpus(out))
        case "asterisk":
            yield recordings.asterisk_sounds(kitchen.speech / "asterisk-ru" / INDEX, out)
        case "festvox":
            yield recordings.festvox_sentences(out)
        case "joined":
            yield _joined(recordings.single_words(kitchen.corpus(ingredient.folder)), out, ingredient, seed)
        case "festvox-joined":
            yield _joined(recordings.festvox_words(), out, ingredient, seed)
        case engine:
            texts = [text.words for text in sample_texts(ingredient.texts, _own_seed(ingredient, seed))]
            yield from synthesis.speak_corpus(engine, texts, out, seed, kitchen.processes)


def _joined(words: Takes, out: Path, ingredient: Ingredient, seed: int) -> int:
    with CorpusWriter(out, RATE) as writer:
        return join_words(words, writer, ingredient.name, ingredient.texts, random.Random(_own_seed(ingredient, seed)))


def _own_seed(ingredient: Ingredient, seed: int) -> int:
    """Another for each corpus, so that two engines do not say the same texts."""
    return random.Random(f"{seed}/{ingredient.name}").randrange(2**31)


def _follow(name: str, counts: Iterator[int], report: Report) -> None:
    for done in counts:
        report(name, done)
