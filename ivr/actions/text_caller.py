"""Send the caller the steps by SMS, to the phone that calls and to no other."""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"sent", "no_phone", "limited"})
NAME = "text_caller"


def run(context: Context, services: Services) -> Finished:
    if context.caller is None:
        return Finished(NAME, "no_phone")
    sent = services.text_steps(context.caller, context.args["sms"])
    return Finished(NAME, "sent" if sent else "limited")
