"""Phrases of the data files and of the grammars: commands, answers, problems, plain sentences."""

import random
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from ivr.book.phrases import expand
from ivr.settings import ROOT
from ivr.speech.training.texts.deck import Deck
from ivr.speech.training.texts.lexis import HERE, LEXICON, Words, read_yaml

UNIVERSALS = ROOT / "grammars" / "universals.yaml"
OFTEN_TIMES = 6
"""How much more often than others come «да», «нет», «оператор» and their like."""


class PhraseDeck:
    """Deals templates equally often, and the variants of each by turns."""

    def __init__(self, variants: Iterable[tuple[str, ...]], rng: random.Random) -> None:
        self._templates = Deck([Deck(phrases, rng) for phrases in variants], rng)

    def deal(self) -> Words:
        """The next phrase, in words."""
        return tuple(self._templates.deal().deal().split())


@cache
def commands() -> tuple[tuple[str, ...], ...]:
    """What works everywhere, polite beginnings and ends: the variants of each template."""
    universals = read_yaml(UNIVERSALS)
    everywhere = [template for part in universals.values() for template in part.get("phrases", ())]
    own = _own()
    return (
        *((phrase,) for phrase in own["often"]["commands"] * OFTEN_TIMES),
        *(expand(template, universals["rules"]) for template in everywhere),
        *(expand(template, own["rules"]) for key in ("commands", "greetings", "farewells") for template in own[key]),
    )


@cache
def problems() -> tuple[tuple[str, ...], ...]:
    """What callers come with."""
    own = _own()
    return tuple(expand(template, own["rules"]) for topic in own["topics"].values() for template in topic)


def keywords() -> tuple[str, ...]:
    """What is said alone more often than the others."""
    return tuple(_own()["keywords"])


@cache
def greetings() -> tuple[tuple[str, ...], ...]:
    """What stands before a problem."""
    return tuple(expand(template) for template in _own()["greetings"])


@cache
def answers() -> tuple[tuple[str, ...], ...]:
    """Yes, no and what else is answered to such a question."""
    lexicon = read_yaml(LEXICON / "answers.yaml")
    known = [(phrase,) for lists in lexicon.values() for phrases in lists.values() for phrase in phrases]
    often = [(phrase,) for phrase in _own()["often"]["answers"]]
    return (*known, *often * OFTEN_TIMES, *(expand(template) for template in _own()["answers"]))


@cache
def sentences() -> tuple[str, ...]:
    """Plain Russian sentences that have nothing to do with the hotline."""
    return tuple((HERE / "sentences.txt").read_text("utf-8").split("\n")[:-1])


def words_of(variants: Iterable[Iterable[str]]) -> Iterator[str]:
    """All words of all phrases."""
    for phrases in variants:
        for phrase in phrases:
            yield from phrase.split()


@cache
def _own() -> Mapping[str, Any]:
    return read_yaml(HERE / "phrases.yaml")
