"""Check the code and activate the card. From here on the truth about the card may be told: the code is the proof."""

from datetime import date

from ivr.actions.services import CardFacts, Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset(
    {"activated", "already_active", "long_active", "wrong_code", "code_spent", "code_expired", "not_possible"}
)
NAME = "activate_card"
_REFUSED = {"wrong": "wrong_code", "spent": "code_spent", "expired": "code_expired", "none": "code_expired"}


def run(context: Context, services: Services) -> Finished:
    number = context.slots["card_number"]
    verdict = services.check_code(number, context.slots["one_time_code"])
    if verdict != "right":
        return Finished(NAME, _REFUSED[verdict])
    card = services.find_card(number)
    if card is None:
        return Finished(NAME, "not_possible")
    if card.status == "active":
        return _already(card, services)
    return Finished(NAME, "activated" if _activate(number, card, context, services) else "not_possible")


def _activate(number: str, card: CardFacts, context: Context, services: Services) -> bool:
    """The phone on file stays; a card without one takes the phone that the code just reached."""
    phone = context.caller if card.phone is None else None
    birth_date = date.fromisoformat(context.slots["birth_date"])
    return services.activate(number, context.slots["person_name"], birth_date, phone)


def _already(card: CardFacts, services: Services) -> Finished:
    """An active card is never activated again; its holder is told since when it works."""
    if card.activated_at is None:
        return Finished(NAME, "long_active")
    since = services.date_in_words(services.local_date(card.activated_at))
    return Finished(NAME, "already_active", facts={"since": since})
