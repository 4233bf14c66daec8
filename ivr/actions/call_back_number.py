"""Which number is to be called: the caller's own, whose last digits are read back, or one that has to be asked for."""

from ivr.actions.check_phone import GIVEN
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"own", "other"})
NAME = "call_back_number"
LAST_DIGITS = 4
"""Enough to know one's own number by, and little to listen to."""


def run(context: Context, services: Services) -> Finished:
    phone = services.own_callable_phone()
    if phone is None:
        return Finished(NAME, "other", facts={GIVEN: ""})
    digits = services.digits_in_words(phone[-LAST_DIGITS:])
    return Finished(NAME, "own", facts={GIVEN: "", "call_back_digits": digits})
