"""Change a field of the questionnaire, for who has proven to hold the card's phone.

A phone and an e-mail are changed at once. A name and a date of birth are what a card is excluded for when they are
false, so an operator looks at them first: the wish becomes an appeal. An e-mail that was not given is asked for by the
operator, for no telephone hears one.
"""

from ivr.actions.card_services import CardFacts, ContactField
from ivr.actions.own_appeals import facts_of
from ivr.actions.proven import UNPROVEN, tell_of_card
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = UNPROVEN | {"changed", "needs_approval", "same", "not_possible"}
NAME = "change_questionnaire"
CATEGORY = "questionnaire"
CONTACTS: dict[str, ContactField] = {"phone": "phone", "email": "email"}


def run(context: Context, services: Services) -> Finished:
    """The argument ``field`` is ``phone``, ``email``, ``name`` or ``birth_date``; the answer ``new_…`` of it counts."""
    field = context.args["field"]
    value = context.slots.get(f"new_{field}")
    return tell_of_card(NAME, context, services, lambda number, card: _change(number, card, field, value, services))


def _change(number: str, card: CardFacts, field: str, value: str | None, services: Services) -> Finished:
    new = services.mobile_phone(value) if field == "phone" and value else value
    if new is None and field != "email":  # the caller has skipped the question, or it is no mobile phone
        return Finished(NAME, "not_possible")
    old = _on_file(card, field)
    if new is not None and old is not None and new.casefold() == old.casefold():
        return Finished(NAME, "same")
    contact = CONTACTS.get(field)
    if contact is None or new is None:
        return _ask_an_operator(number, field, new, services)
    if not services.change_contact(number, contact, new):
        return Finished(NAME, "not_possible")
    services.note_change(number, field, old, new)
    return Finished(NAME, "changed")


def _on_file(card: CardFacts, field: str) -> str | None:
    values = {
        "phone": card.phone,
        "name": card.name,
        "birth_date": card.birth_date.isoformat() if card.birth_date else None,
    }
    return values.get(field)


def _ask_an_operator(number: str, field: str, new: str | None, services: Services) -> Finished:
    appeal = services.register_appeal(CATEGORY, number, kind=f"change_{field}", text=new or "")
    return Finished(NAME, "needs_approval", facts=facts_of(appeal, services))
