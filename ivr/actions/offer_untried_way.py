"""Of the ways to activate a card, the first that was not tried without success."""

from ivr.actions.proven import proven_number
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"app", "site", "sms", "phone", "none"})
NAME = "offer_untried_way"


def run(context: Context, services: Services) -> Finished:
    number = proven_number(context, services)
    untried = (way for way in services.rules.activation_ways if not services.way_failed(way, number))
    return Finished(NAME, next(untried, "none"))
