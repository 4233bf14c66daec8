"""Promise a call from an operator at the next opening."""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"booked", "no_phone"})
NAME = "book_call_back"


def run(context: Context, services: Services) -> Finished:
    due_at = services.book_call_back()
    if due_at is None:
        return Finished(NAME, "no_phone")
    return Finished(NAME, "booked", facts={"opens_at": services.moment_in_words(due_at)})
