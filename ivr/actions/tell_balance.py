"""Say how many points there are, and what moved lately."""

from ivr.actions.proven import UNPROVEN, tell_of_card
from ivr.actions.services import CardFacts, Context, Services
from ivr.actions.telling import card_in_words
from ivr.dialog.events import Finished
from ivr.dialog.walk import PIECE

OUTCOMES = UNPROVEN | {"told"}
NAME = "tell_balance"


def run(context: Context, services: Services) -> Finished:
    return tell_of_card(NAME, context, services, lambda number, card: _tell(number, card, services))


def _tell(number: str, card: CardFacts, services: Services) -> Finished:
    last = services.operations(number)[: services.rules.limits.operations_told]
    told = [services.operation_in_words(one) for one in last] or [services.no_operations_in_words()]
    return Finished(NAME, "told", facts=card_in_words(card, services) | {"operations": PIECE.join(told)})
