"""Of several readings of a card number, take the one that is an issued number.

The caller hears the number read back either way, so nothing is told about which cards exist: a reading that no card
has is read back just the same. Which one comes back does tell a little: whether one of several numbers exists. So only
readings that speech leaves open get here (``ivr.slots.solver``), and the base is asked a few times in a call.
"""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished
from ivr.errors import LoyaltyUnavailable

OUTCOMES = frozenset({"picked", "unclear"})
NAME = "pick_known_card"
ASKED = "card_base_asked"
"""The fact that counts how often in this call."""
ASKED_AT_MOST = 3
"""A caller who reads a number in earnest needs one or two; one who tries numbers out learns of no more than three."""


def run(context: Context, services: Services) -> Finished:
    asked = int(context.facts.get(ASKED) or 0)
    if asked >= ASKED_AT_MOST:
        return Finished(NAME, "unclear")
    counted = {ASKED: str(asked + 1)}
    try:
        known = services.known_cards(context.candidates)
    except LoyaltyUnavailable:  # the likeliest reading is read back, as if none were known
        known = set()
    if len(known) != 1:
        return Finished(NAME, "unclear", facts=counted)
    return Finished(NAME, "picked", slots={"card_number": known.pop()}, facts=counted)
