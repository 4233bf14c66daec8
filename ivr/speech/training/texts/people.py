"""Names of people: first names and their short forms, surnames, patronymics."""

import random
from collections.abc import Mapping
from functools import cache
from typing import Any

from ivr.speech.training.texts.deck import Deck
from ivr.speech.training.texts.lexis import HERE, LEXICON, Words, read_yaml


@cache
def first_names() -> tuple[str, ...]:
    """Full first names."""
    names = read_yaml(LEXICON / "names.yaml")
    return (*names["heard"], *names["text_only"])


@cache
def short_names() -> tuple[str, ...]:
    """Short forms that are no full names."""
    forms = (form for forms in read_yaml(LEXICON / "names.yaml")["short"].values() for form in forms)
    return tuple(dict.fromkeys(form for form in forms if form not in first_names()))


@cache
def surnames() -> tuple[tuple[str, str], ...]:
    """Masculine and feminine."""
    data = _people()["surnames"]
    plain = ((name, name + data["feminine_ending"]) for name in data["plain"])
    return (*plain, *((man, woman) for man, woman in data["pairs"]), *((name, name) for name in data["both"]))


@cache
def patronymics() -> tuple[tuple[str, str], ...]:
    """Masculine and feminine."""
    return tuple((man, woman) for man, woman in _people()["patronymics"])


@cache
def _people() -> Mapping[str, Any]:
    return read_yaml(HERE / "people.yaml")


def is_woman(name: str) -> bool:
    """By the ending; a guess that is right for full names."""
    data = _people()
    return name.endswith(tuple(data["feminine_endings"])) and name not in data["men"]


class NameDeck:
    """Deals people's names in all orders of their parts."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._first, self._short = Deck(first_names(), rng), Deck(short_names(), rng)
        self._last, self._fathers = Deck(surnames(), rng), Deck(patronymics(), rng)

    def deal(self) -> Words:
        """«Анна», «Петрова Анна Ивановна», «Аня», …"""
        if self._rng.random() < 0.3:
            return (self._short.deal(),)
        name = self._first.deal()
        woman = is_woman(name)
        last, father = self._last.deal()[woman], self._fathers.deal()[woman]
        return self._rng.choices(
            [(name,), (name, father), (last, name, father), (last, name), (name, last), (name, father, last), (last,)],
            (30, 12, 18, 10, 10, 5, 6),
        )[0]
