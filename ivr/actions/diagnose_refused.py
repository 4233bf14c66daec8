"""The card's data are refused on the site or in the app: taken already, mistyped, or the card is out of use."""

from ivr.actions.proven import UNPROVEN, tell_of_card
from ivr.actions.rules import decide
from ivr.actions.services import CardFacts, Context, Services
from ivr.actions.situation import card_columns
from ivr.actions.telling import card_in_words
from ivr.dialog.events import Finished

OUTCOMES = UNPROVEN | {"taken", "blocked", "mistyped", "good"}
NAME = "diagnose_refused"


def run(context: Context, services: Services) -> Finished:
    return tell_of_card(NAME, context, services, lambda _, card: _tell(card, context, services))


def _tell(card: CardFacts, context: Context, services: Services) -> Finished:
    columns = card_columns(card) | {"birth_date": _birth_date(card, context.slots.get("birth_date"))}
    outcome = decide(services.rules.tables[NAME], columns)
    return Finished(NAME, outcome, facts=card_in_words(card, services))


def _birth_date(card: CardFacts, given: str | None) -> str:
    """A date of which one side knows nothing contradicts nothing."""
    on_file = card.birth_date.isoformat() if card.birth_date else None
    return "differs" if given and on_file and given != on_file else "fits"
