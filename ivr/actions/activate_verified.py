"""Activate the card of a caller who has proven to be its holder: no second code is needed."""

from ivr.actions.activation import ACTIVATION, activate_proven
from ivr.actions.proven import UNPROVEN, tell_of_card
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = ACTIVATION | UNPROVEN
NAME = "activate_verified"


def run(context: Context, services: Services) -> Finished:
    return tell_of_card(
        NAME, context, services, lambda number, card: activate_proven(NAME, number, card, context, services)
    )
