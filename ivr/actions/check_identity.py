"""Check the code that was sent to the phone on file: from now on this call may hear of this card.

One code proves the caller for the whole call, whatever is asked for next: the SMS says that it is a code for the call.
It asks nothing of the loyalty base, so that its answer is the same for every card.
"""

from collections.abc import Mapping

from ivr.actions.proven import proof
from ivr.actions.services import CodeVerdict, Context, Services
from ivr.dialog.events import Finished

WRONG_CODES = frozenset({"wrong_code", "code_spent", "code_expired"})
REFUSED: Mapping[CodeVerdict, str] = {
    "wrong": "wrong_code",
    "spent": "code_spent",
    "expired": "code_expired",
    "none": "code_expired",
}
"""Verdicts on a code that is not right, and their outcomes."""
OUTCOMES = WRONG_CODES | {"verified", "not_possible"}
NAME = "check_identity"


def run(context: Context, services: Services) -> Finished:
    number, code = context.slots.get("card_number"), context.slots.get("one_time_code")
    if number is None or code is None:  # the caller has skipped a question
        return Finished(NAME, "not_possible")
    verdict = services.check_code(number, code)
    if verdict != "right":
        return Finished(NAME, REFUSED[verdict])
    return Finished(NAME, "verified", facts=proof(number, services))
