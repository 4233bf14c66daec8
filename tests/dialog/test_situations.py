"""Every situation of the menu by voice, by keys, in silence, in noise, and by a caller who wants a person.

The actions are played by chance, each call by a seed of its own; audio is played by ``tests/calls``.
"""

import random

import pytest

from ivr.book.strict_yaml import load_yaml
from ivr.content import GRAMMARS
from ivr.dialog.commands import Command, HangUp, Listen
from ivr.dialog.engine import advance
from ivr.dialog.events import CallEvent, Finished, Heard, NoInput, Started, keyed, said
from ivr.dialog.state import DialogState
from tests.dialog.random_caller import delivered, endings

EVENTS_AT_MOST = 120
SEEDS = 5
CATEGORIES = {path.stem: load_yaml(path) for path in sorted((GRAMMARS / "categories").glob("*.yaml"))}
GROUPS = load_yaml(GRAMMARS / "menu.yaml")["groups"]
situation = pytest.mark.parametrize("name", CATEGORIES)


class Play:
    """A call that has come to the first question."""

    def __init__(self, seed: int = 0) -> None:
        self.chance = random.Random(seed)
        self.state: DialogState | None = None
        self.last: Command = HangUp("none")
        self.forms: list[str] = []
        self.take(Started(facts={"brand": "Магазин"}))

    def take(self, event: CallEvent) -> None:
        self.state, commands = advance(delivered(), self.state, event)
        self.last = commands[-1]
        self.forms.append(self.state.form)

    def endings(self) -> list[Finished]:
        assert self.state is not None
        return endings(self.state, self.last, passive=True)

    @property
    def category(self) -> str:
        assert self.state is not None
        return self.state.facts.get("category", "")

    def to_the_end(self, event: CallEvent) -> str:
        """What the call counts as when the caller does nothing but this, whatever the actions come to."""
        for _ in range(EVENTS_AT_MOST):
            if isinstance(self.last, HangUp):
                return self.last.disposition
            self.take(event if isinstance(self.last, Listen) else self.chance.choice(self.endings()))
        raise AssertionError(f"no end: {' > '.join(self.forms[-20:])}")


def in_words(name: str, seed: int = 0) -> Play:
    """The caller says the first example that names the category itself."""
    play = Play(seed)
    play.take(Heard(said(next(text for text in CATEGORIES[name]["examples"]["match"] if isinstance(text, str)))))
    return play


@situation
def test_it_is_reached_in_the_callers_words(name: str) -> None:
    for text in CATEGORIES[name]["examples"]["match"]:
        if isinstance(text, str):
            play = Play()
            play.take(Heard(said(text)))
            assert play.category == name, text


@situation
def test_it_is_reached_by_keys(name: str) -> None:
    play, category = Play(), CATEGORIES[name]
    play.take(Heard(keyed(GROUPS[category["group"]]["key"])))
    play.take(Heard(keyed(category["key"])))
    assert play.category == name


@situation
@pytest.mark.parametrize("seed", range(SEEDS))
def test_it_ends_in_silence_and_in_noise(name: str, seed: int) -> None:
    for event in (NoInput(), Heard(said("[unk]")), Heard(said("[unk] э [unk]"))):
        assert in_words(name, seed).to_the_end(event) in {"solved", "operator", "appeal"}


@situation
@pytest.mark.parametrize("event", [Heard(said("оператор")), Heard(keyed("0"))], ids=["word", "key"])
def test_it_leads_to_a_person_who_is_asked_for(name: str, event: CallEvent) -> None:
    for seed in range(SEEDS):
        assert in_words(name, seed).to_the_end(event) in {"operator", "appeal"}
