"""Why does a message have to be written again? ``last_text`` has found it out."""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished
from ivr.sms_form.form import FAULTS

WRITE_AGAIN = frozenset({*FAULTS, "muted", "unavailable"})
"""A fault of the message; one of too many within minutes; one that came while the loyalty base was away."""
FAULT = "text_fault"
"""The fact that holds one of them."""
OUTCOMES = WRITE_AGAIN
NAME = "text_fault"


def run(context: Context, services: Services) -> Finished:
    return Finished(NAME, context.facts[FAULT])
