"""Send the one-time code that activates a card. The answer is the same whether there is such a card or not.

A code goes to the phone on file; only a card without a phone takes the caller's own. Name and date of birth are data,
not proof: a wrong date gets no code, a name that was misheard does not keep the card's holder out.
"""

from datetime import date

from ivr.actions.services import CardFacts, Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"sent", "limited"})
NAME = "send_code"


def run(context: Context, services: Services) -> Finished:
    number = context.slots["card_number"]
    card = services.find_card(number)
    phone = _phone_for(card, date.fromisoformat(context.slots["birth_date"]), context.caller)
    sent = services.offer_code(number, phone)
    return Finished(NAME, "sent" if sent else "limited")


def _phone_for(card: CardFacts | None, birth_date: date, caller: str | None) -> str | None:
    if card is None or card.birth_date not in (None, birth_date):
        return None
    return card.phone or caller
