"""A caller wants to be called back: perhaps that is promised already."""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"new", "booked"})
NAME = "want_call_back"


def run(context: Context, services: Services) -> Finished:
    return Finished(NAME, "booked" if services.call_back_booked() else "new")
