"""Activate the card of a caller who has proven to be its holder: no second code is needed.

The form has told before that activating is agreeing to the handling of personal data.
"""

from datetime import date

from ivr.actions.proven import UNPROVEN, tell_of_card
from ivr.actions.services import CardFacts, Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"activated", "already_active", "long_active", "not_possible"}) | UNPROVEN
NAME = "activate_verified"


def run(context: Context, services: Services) -> Finished:
    return tell_of_card(NAME, context, services, lambda number, card: _activated(number, card, context, services))


def _activated(number: str, card: CardFacts, context: Context, services: Services) -> Finished:
    """An active card is never activated again; its holder is told since when."""
    if card.status == "active":
        return _already(card, services)
    return Finished(NAME, "activated" if _activate(number, card, context, services) else "not_possible")


def _already(card: CardFacts, services: Services) -> Finished:
    if card.activated_at is None:
        return Finished(NAME, "long_active")
    return Finished(NAME, "already_active", facts={"since": services.since_in_words(card.activated_at)})


def _activate(number: str, card: CardFacts, context: Context, services: Services) -> bool:
    """The phone on file stays; a card without one takes the phone that the code just reached."""
    holder, birth_date = context.slots.get("person_name") or card.name, _birth_date(card, context)
    if holder is None or birth_date is None:
        return False
    phone = context.caller if card.phone is None else None
    activated = services.activate(number, holder, birth_date, phone)
    if activated and (proven := card.phone or phone):
        services.note_consent(proven, number)
    return activated


def _birth_date(card: CardFacts, context: Context) -> date | None:
    """The date that was given or is on file; None where there is none, and where the two contradict each other."""
    given = context.slots.get("birth_date")
    said = date.fromisoformat(given) if given else card.birth_date
    return said if card.birth_date in (None, said) else None
