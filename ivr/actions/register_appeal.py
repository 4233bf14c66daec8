"""Register an appeal with what is known of the call, so that nothing a caller said is lost.

An appeal of kind ``till`` holds the answers to the questions ``till_day``, ``till_time`` and so on: those that are
named after its kind.
"""

from collections.abc import Mapping

from ivr.actions.own_appeals import facts_of
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"registered", "joined"})
NAME = "register_appeal"
UNNAMED = "other"
"""The category of a call that never got as far as to name one."""
OWED = frozenset({"points_lost"})
"""Kinds that are owed to one caller: that an outage is over settles none of them."""


def run(context: Context, services: Services) -> Finished:
    category = context.facts.get("category") or UNNAMED
    kind = context.args.get("kind")
    card_number, text = context.slots.get("card_number"), _details(kind, context.slots)
    appeal = services.register_appeal(category, card_number, kind, text, gathered=kind not in OWED)
    outcome = "registered" if appeal.incident is None else "joined"
    return Finished(NAME, outcome, facts=facts_of(appeal, services))


def _details(kind: str | None, slots: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in slots.items() if kind and name.startswith(f"{kind}_"))
