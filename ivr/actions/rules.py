"""Decision tables: which reason is told, in which order reasons are looked for. The tables are data, see
``grammars/diagnosis.yaml``; what their columns mean is decided in ``ivr.actions.situation``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Situation = Mapping[str, str]
"""A card's state, column by column."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of a table."""

    outcome: str
    needs: Mapping[str, frozenset[str]]
    """Column to the values that fit; a column that is not named fits always."""

    def fits(self, situation: Situation) -> bool:
        return all(situation[column] in values for column, values in self.needs.items())


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of the diagnosis."""

    minimum_points: int
    """Fewer points than these cannot be spent."""
    receipt_days: int
    """An older receipt explains nothing."""
    activation_days: int
    """A card that was activated longer ago has lost no points for it lately."""
    spent_days: int
    """Points that were spent longer ago are not missed today."""
    ways_days: int
    """A way that did not help is offered again after so many days."""
    operations_told: int
    """How many operations a caller hears: three take some eight seconds."""
    texts_per_phone_per_day: int
    """SMS with steps, so that nobody can have a phone flooded."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All of ``grammars/diagnosis.yaml`` that actions read."""

    limits: Limits
    tables: Mapping[str, tuple[Rule, ...]]
    """Action to its table; the last row of each fits always."""
    activation_ways: tuple[str, ...]
    """Ways to activate a card, in the order in which they are offered."""


def decide(rules: Sequence[Rule], situation: Situation) -> str:
    """The outcome of the first row that fits."""
    return next(rule.outcome for rule in rules if rule.fits(situation))
