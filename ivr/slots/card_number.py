"""The number on a card."""

from collections.abc import Mapping

from ivr.slots.digit_string import DigitStringSlot
from ivr.slots.lexicon import Lexicon

BLOCK = 4
"""Digits are printed on a card in blocks of four; the key ``*`` takes one back."""


def card_number(lexicon: Lexicon, length: int = 16) -> DigitStringSlot:
    """A card number: said in any way of reading numbers, or keyed. Read back in pairs."""
    said = lexicon.said["cardinal"]

    def pieces(value: str) -> tuple[str, ...]:
        return tuple(_pair(value[at : at + 2], said) for at in range(0, len(value), 2))

    return DigitStringSlot("card_number", length, BLOCK, lexicon, pieces)


def _pair(digits: str, said: Mapping[int, str]) -> str:
    if len(digits) == 1 or digits[0] == "0":
        return " ".join(said[int(digit)] for digit in digits)
    number = int(digits)
    return said[number] if number in said else f"{said[number // 10 * 10]} {said[number % 10]}"
