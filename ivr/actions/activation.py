"""Activating a card whose holder's phone was proven. From here on the truth about the card may be told."""

from datetime import date

from ivr.actions.proven import proof
from ivr.actions.services import CardFacts, Context, Services
from ivr.dialog.events import Finished

ACTIVATION = frozenset({"activated", "already_active", "long_active", "not_possible"})
"""What comes of it."""


def activate_proven(name: str, number: str, card: CardFacts | None, context: Context, services: Services) -> Finished:
    """Activate as the action ``name``. An active card is never activated again; its holder is told since when."""
    proven = proof(number, services)
    if card is not None and card.status == "active":
        return _already(name, card, proven, services)
    activated = card is not None and _activate(number, card, context, services)
    return Finished(name, "activated" if activated else "not_possible", facts=proven)


def _already(name: str, card: CardFacts, proven: dict[str, str], services: Services) -> Finished:
    if card.activated_at is None:
        return Finished(name, "long_active", facts=proven)
    return Finished(name, "already_active", facts=proven | {"since": services.since_in_words(card.activated_at)})


def _activate(number: str, card: CardFacts, context: Context, services: Services) -> bool:
    """The phone on file stays; a card without one takes the phone that the code just reached."""
    holder, birth_date = context.slots.get("person_name") or card.name, _birth_date(card, context)
    if holder is None or birth_date is None:
        return False
    phone = context.caller if card.phone is None else None
    return services.activate(number, holder, birth_date, phone)


def _birth_date(card: CardFacts, context: Context) -> date | None:
    """The date that was given or is on file; None where there is none, and where the two contradict each other."""
    given = context.slots.get("birth_date")
    said = date.fromisoformat(given) if given else card.birth_date
    return said if card.birth_date in (None, said) else None
