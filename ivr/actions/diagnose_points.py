"""Points are not taken: the one true reason, looked for in the order of the decision table."""

from ivr.actions.proven import UNPROVEN, tell_of_card
from ivr.actions.rules import decide
from ivr.actions.services import CardFacts, Context, Services
from ivr.actions.situation import card_columns, points_column, receipt_column
from ivr.actions.telling import card_in_words, receipt_in_words
from ivr.dialog.events import Finished

OUTCOMES = UNPROVEN | {
    "inactive",
    "excluded",
    "questionnaire",
    "blocked",
    "no_points",
    "tobacco",
    "till",
    "nothing",
}
NAME = "diagnose_points"


def run(context: Context, services: Services) -> Finished:
    return tell_of_card(NAME, context, services, lambda number, card: _tell(number, card, services))


def _tell(number: str, card: CardFacts, services: Services) -> Finished:
    limits = services.rules.limits
    last = next(iter(services.receipts(number)), None)
    situation = card_columns(card) | points_column(card, limits) | receipt_column(last, services.now(), limits)
    outcome = decide(services.rules.tables[NAME], situation)
    return Finished(NAME, outcome, facts=card_in_words(card, services) | receipt_in_words(last, services))
