"""Points have gone: bought before the card was active, spent, or nothing of the kind."""

from ivr.actions.proven import UNPROVEN, tell_of_card
from ivr.actions.rules import decide
from ivr.actions.services import CardFacts, Context, Services
from ivr.actions.situation import card_columns, last_spending, lost_receipts
from ivr.actions.telling import card_in_words
from ivr.dialog.events import Finished

OUTCOMES = UNPROVEN | {"inactive", "blocked", "were_inactive", "spent", "nothing"}
NAME = "diagnose_lost_points"


def run(context: Context, services: Services) -> Finished:
    return tell_of_card(NAME, context, services, lambda number, card: _tell(number, card, services))


def _tell(number: str, card: CardFacts, services: Services) -> Finished:
    now, limits = services.now(), services.rules.limits
    lost = lost_receipts(card, services.receipts(number), now, limits)
    spending = last_spending(services.operations(number), now, limits)
    columns = {"bought_inactive": "yes" if lost else "no", "spent_lately": "yes" if spending else "no"}
    outcome = decide(services.rules.tables[NAME], card_columns(card) | columns)
    facts = {
        "lost": services.points_in_words(lost),
        "last_spent": services.since_in_words(spending.at) if spending else "",
        "spent": services.points_in_words(-spending.points) if spending else "",
    }
    return Finished(NAME, outcome, facts=card_in_words(card, services) | facts)
