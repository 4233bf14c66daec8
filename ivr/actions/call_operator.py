"""Are operators at work?"""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"open", "closed"})
NAME = "call_operator"


def run(context: Context, services: Services) -> Finished:
    return Finished(NAME, "open" if services.operators_work() else "closed")
