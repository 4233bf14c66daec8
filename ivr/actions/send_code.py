"""Send the one-time code that proves the caller. The answer is the same whether there is such a card or not.

A code goes to the phone on file; only a card without a phone takes the caller's own, and only where the date of birth
was asked for as well. Name and date of birth are data, not proof: a wrong date gets no code, a name that was misheard
does not keep the card's holder out.
"""

from datetime import date

from ivr.actions.services import CardFacts, Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"sent", "limited", "paused", "unavailable"})
NAME = "send_code"


def run(context: Context, services: Services) -> Finished:
    number = context.slots["card_number"]
    phone = _phone_for(services.find_card(number), context.slots.get("birth_date"), context.caller)
    return Finished(NAME, services.offer_code(number, phone))


def _phone_for(card: CardFacts | None, birth_date: str | None, caller: str | None) -> str | None:
    if card is None:
        return None
    if birth_date is None:
        return card.phone
    if card.birth_date not in (None, date.fromisoformat(birth_date)):
        return None
    return card.phone or caller
