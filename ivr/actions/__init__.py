"""Decisions: one action a file, found by its name, each with a closed set of outcomes.

A module here is an action: ``OUTCOMES`` names all it may decide, ``run(context, services)`` decides. A new condition in
a dialogue is a new outcome here, never an expression in YAML.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished
from ivr.errors import LoyaltyUnavailable

NOT_ACTIONS = frozenset(
    {
        "activation",
        "appeal_services",
        "card_services",
        "line_services",
        "own_appeals",
        "proven",
        "rules",
        "services",
        "situation",
        "telling",
    }
)
"""Modules that actions share."""
UNAVAILABLE = "unavailable"
"""The outcome of every action that asked the loyalty base and got no answer."""


@dataclass(frozen=True, slots=True)
class Action:
    """A decision with a name."""

    name: str
    outcomes: frozenset[str]
    decide: Callable[[Context, Services], Finished]

    def run(self, context: Context, services: Services) -> Finished:
        """Decide. The outcome is one of ``outcomes``, or a defect of the action."""
        try:
            finished = self.decide(context, services)
        except LoyaltyUnavailable:
            finished = Finished(self.name, UNAVAILABLE)
        if finished.outcome not in self.outcomes:
            raise AssertionError(f"action {self.name} has no outcome {finished.outcome}")
        return finished


def load_actions() -> Mapping[str, Action]:
    """All actions of this package by name."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if module.name not in NOT_ACTIONS]
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {name: Action(name, module.OUTCOMES, module.run) for name, module in modules.items()}
