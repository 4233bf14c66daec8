"""Call off a call back to the caller's own number."""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"cancelled", "none"})
NAME = "cancel_call_back"


def run(context: Context, services: Services) -> Finished:
    return Finished(NAME, "cancelled" if services.cancel_call_back() else "none")
