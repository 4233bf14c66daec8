"""The card is not read at the till: is it the card or the till?"""

from ivr.actions.proven import UNPROVEN, tell_of_card
from ivr.actions.rules import decide
from ivr.actions.services import CardFacts, Context, Services
from ivr.actions.situation import card_columns
from ivr.actions.telling import card_in_words
from ivr.dialog.events import Finished

OUTCOMES = UNPROVEN | {"inactive", "blocked", "active"}
NAME = "diagnose_till"


def run(context: Context, services: Services) -> Finished:
    return tell_of_card(NAME, context, services, lambda _, card: _tell(card, services))


def _tell(card: CardFacts, services: Services) -> Finished:
    outcome = decide(services.rules.tables[NAME], card_columns(card))
    return Finished(NAME, outcome, facts=card_in_words(card, services))
