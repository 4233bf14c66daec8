"""Register that the plastic has to be replaced: a shop does it, and the appeal tells the shop's side of it why."""

from ivr.actions.own_appeals import facts_of
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"registered"})
NAME = "register_replacement"
CATEGORY = "replacement"


def run(context: Context, services: Services) -> Finished:
    category = context.facts.get("category") or CATEGORY
    appeal = services.register_appeal(category, context.slots.get("card_number"), kind=CATEGORY)
    return Finished(NAME, "registered", facts=facts_of(appeal, services))
