"""Check the code and activate the card. The right code also proves the caller for the rest of the call."""

from ivr.actions.activation import ACTIVATION, activate_proven
from ivr.actions.check_identity import REFUSED, WRONG_CODES
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = ACTIVATION | WRONG_CODES | {"unavailable"}
NAME = "activate_card"


def run(context: Context, services: Services) -> Finished:
    number = context.slots["card_number"]
    card = services.find_card(number)  # asked first: where the base is away, the code is not used up
    verdict = services.check_code(number, context.slots["one_time_code"])
    if verdict != "right":
        return Finished(NAME, REFUSED[verdict])
    return activate_proven(NAME, number, card, context, services)
