"""The number of an appeal."""

from ivr.slots.card_number import digits_in_pairs
from ivr.slots.digit_string import DigitStringSlot
from ivr.slots.lexicon import Lexicon

LENGTH = 8


def appeal_number(lexicon: Lexicon) -> DigitStringSlot:
    """Eight digits, said back in pairs as they were told. The key ``*`` takes back all of them."""
    return DigitStringSlot("appeal_number", LENGTH, LENGTH, lexicon, digits_in_pairs(lexicon))
