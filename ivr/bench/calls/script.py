"""A scenario as the bench plays it: by voice, with a card that is another one in every call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr.bench.calls.people import KEPT_DIGITS, Person, sample_rows
from ivr.dialog.events import Hypothesis, Spoken, Utterance
from ivr.dialog.forms import Complete, SlotType
from ivr.errors import HotlineError
from ivr.media.prompts import same_words
from ivr.settings import ROOT
from ivr.simulator.scenario import CODE, ExpectedCard, Scenario, Turn, load_scenario

CALLS = ROOT / "tests" / "calls"
MIX = tuple(CALLS / f"{name}.yaml" for name in ("activate_by_voice", "site_down", "activate_mixed", "tried_everything"))
"""What callers call about when nothing else is named; they take turns."""
CARD = "{card}"
PLAYABLE = frozenset(("hotline", "caller", "keys", "only", "voice", "barge_in", "talk_over", "silence", "sms"))
NOT_CHECKED = frozenset(("heard", "value", "within_ms"))
"""Expectations on a single call: here the end of each is looked at, and the times of all."""


class UnfitScenarioError(HotlineError):
    """A scenario that the bench cannot play in many copies."""


@dataclass(frozen=True, slots=True)
class Script:
    """What a caller does. In the turns ``{card}`` stands for the card's number."""

    name: str
    caller: str
    sample: str | None
    """The fictional card that the scenario speaks of; each call has a copy of its own."""
    turns: tuple[Turn, ...]
    disposition: str | None
    """How the call has to end."""
    status: str | None
    """And what the card has to be then."""

    def keys(self, turn: Turn, who: Person, code: str) -> str:
        """What is pressed. Halves of a number are its last eight digits."""
        keys = (turn.keys or "").replace(CODE, code)
        return keys.replace(self.sample[KEPT_DIGITS:], who.tail) if self.sample else keys


def load_scripts(paths: Iterable[Path], card_number: SlotType) -> tuple[Script, ...]:
    """Read the scenarios. Raises ``BookError`` and ``UnfitScenarioError``."""
    return tuple(script_of(load_scenario(path), card_number) for path in paths)


def script_of(scenario: Scenario, card_number: SlotType) -> Script:
    """Prepare a scenario. Raises ``UnfitScenarioError`` where it needs more than a caller and a card."""
    _refuse_unfit(scenario)
    samples = sample_rows()
    turns = tuple(_open(turn, card_number, samples) for turn in scenario.turns if turn.only != "keys")
    mentioned = _mentioned(scenario, card_number, samples)
    if len(mentioned) > 1:
        raise UnfitScenarioError(f"{scenario.call}: the bench plays calls about one card; choose another scenario.")
    sample = next(iter(mentioned), None)
    expected = scenario.expect
    status = _status_of(expected.cards[sample]) if sample and sample in expected.cards else None
    return Script(scenario.call, scenario.caller, sample, turns, expected.disposition, status)


def _status_of(expected: str | ExpectedCard) -> str | None:
    return expected.status if isinstance(expected, ExpectedCard) else expected


def _refuse_unfit(scenario: Scenario) -> None:
    strange = {name for turn in scenario.turns for name in turn.model_fields_set - PLAYABLE - NOT_CHECKED}
    if scenario.incident:
        strange.add("incident")
    if not isinstance(scenario.operators, str):
        strange.add("operators")
    if strange or "voice" not in scenario.by:
        named = ", ".join(sorted(strange)) or "calls by keys only"
        raise UnfitScenarioError(f"{scenario.call}: the bench does not play {named}; choose a plainer scenario.")


def _mentioned(scenario: Scenario, card_number: SlotType, samples: Mapping[str, object]) -> set[str]:
    spoken = {_number_in(turn.caller or "", card_number) for turn in scenario.turns}
    return {number for number in samples if number in spoken or _is_keyed(number, scenario.turns)} | {
        number for number in scenario.expect.cards if number in samples
    }


def _is_keyed(number: str, turns: Iterable[Turn]) -> bool:
    return any(number in (turn.keys or "") for turn in turns)


def _open(turn: Turn, card_number: SlotType, samples: Mapping[str, object]) -> Turn:
    """The same turn; a card that is read out whole is left open."""
    is_card = _number_in(turn.caller or "", card_number) in samples
    return turn.model_copy(update={"caller": CARD}) if is_card else turn


def _number_in(text: str, card_number: SlotType) -> str | None:
    words = same_words(text)
    reading = card_number.read(Utterance((Spoken((Hypothesis(words),)),))) if words else None
    return reading.values[0] if isinstance(reading, Complete) else None
