"""Promise a call from an operator: when the caller's turn comes, at the next opening, or in a quieter hour of today."""

from datetime import timedelta

from ivr.actions.check_phone import GIVEN
from ivr.actions.line_services import PlaceFacts
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"booked", "later", "no_phone"})
NAME = "book_call_back"
SOON = timedelta(minutes=1)
"""A call that is due within it needs no time of day."""


def run(context: Context, services: Services) -> Finished:
    """The number that was given counts, else the one that the caller calls from. ``due``: turn, or ``quieter``."""
    digits = context.facts.get(GIVEN)
    phone = services.call_back_phone(digits) if digits else services.own_callable_phone()
    place = _book(phone, context.args.get("due", "turn"), services) if phone else None
    if place is None:
        return Finished(NAME, "no_phone")
    if place.due_at <= services.now() + SOON:
        return Finished(NAME, "booked")
    return Finished(NAME, "later", facts={"opens_at": services.moment_in_words(place.due_at)})


def _book(phone: str, due: str, services: Services) -> PlaceFacts | None:
    if services.line_mode() in ("closed", "nobody"):
        return services.book_call_back(phone, due_at_opening=True)
    return services.book_call_back(phone, due_at=services.quieter_time() if due == "quieter" else None)
