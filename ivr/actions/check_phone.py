"""Can the number that was given be called back?"""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"good", "not_callable"})
NAME = "check_phone"
GIVEN = "call_back_given"
"""The fact that holds the ten digits of a number that is not the caller's own; empty: the own one is meant."""


def run(context: Context, services: Services) -> Finished:
    """The answer counts once; what it came to is a fact until the call back is booked."""
    digits = context.slots.get("call_back_phone", "")
    if services.call_back_phone(digits) is None:
        return Finished(NAME, "not_callable")
    return Finished(NAME, "good", facts={GIVEN: digits})
