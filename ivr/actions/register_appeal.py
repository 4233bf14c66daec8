"""Register an appeal with what is known of the call, so that nothing a caller said is lost."""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"registered"})
NAME = "register_appeal"


def run(context: Context, services: Services) -> Finished:
    number = services.register_appeal("activation", context.slots.get("card_number"))
    return Finished(NAME, "registered", facts={"appeal_number": services.digits_in_words(number)})
