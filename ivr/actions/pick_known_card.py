"""Of several readings of a card number, take the one that is an issued number.

The caller hears the number read back either way, so nothing is told about which cards exist: a reading that no card
has is read back just the same.
"""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"picked", "unclear"})
NAME = "pick_known_card"


def run(context: Context, services: Services) -> Finished:
    known = services.known_cards(context.candidates)
    if len(known) != 1:
        return Finished(NAME, "unclear")
    return Finished(NAME, "picked", slots={"card_number": known.pop()})
