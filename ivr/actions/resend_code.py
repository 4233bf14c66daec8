"""Send a new code in place of the last one, to the same phone and within the same limits."""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"sent", "limited", "paused", "nothing"})
NAME = "resend_code"


def run(context: Context, services: Services) -> Finished:
    return Finished(NAME, services.resend_code())
