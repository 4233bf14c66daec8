"""The code that came by SMS."""

from ivr.slots.digit_string import DigitStringSlot
from ivr.slots.lexicon import Lexicon

LENGTH = 6


def one_time_code(lexicon: Lexicon) -> DigitStringSlot:
    """Six digits. The key ``*`` takes back all of them."""
    said = lexicon.said["cardinal"]

    def pieces(value: str) -> tuple[str, ...]:
        return tuple(said[int(digit)] for digit in value)

    return DigitStringSlot("one_time_code", LENGTH, LENGTH, lexicon, pieces)
