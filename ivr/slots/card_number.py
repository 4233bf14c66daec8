"""The number on a card."""

from collections.abc import Mapping

from ivr.slots.digit_string import DigitStringSlot, Pieces
from ivr.slots.lexicon import Lexicon
from ivr.slots.solver import Scheme

BLOCK = 4
"""Digits are printed on a card in blocks of four; the key ``*`` takes one back."""


ANY = Scheme()


def card_number(lexicon: Lexicon, length: int = 16, scheme: Scheme = ANY) -> DigitStringSlot:
    """A card number: said in any way of reading numbers, or keyed. Read back in pairs, with a pause after two."""
    return DigitStringSlot("card_number", length, BLOCK, lexicon, digits_in_pairs(lexicon), scheme=scheme)


def digits_in_pairs(lexicon: Lexicon) -> Pieces:
    """Says digits back."""
    said = lexicon.said["cardinal"]

    def pieces(value: str) -> tuple[str, ...]:
        return tuple(_paused(at, len(value), _pair(value[at : at + 2], said)) for at in range(0, len(value), 2))

    return pieces


def _paused(at: int, length: int, words: str) -> str:
    """A comma is a pause: it parts the blocks."""
    return f"{words}," if (at + 2) % BLOCK == 0 and at + 2 < length else words


def _pair(digits: str, said: Mapping[int, str]) -> str:
    if len(digits) == 1 or digits[0] == "0":
        return " ".join(said[int(digit)] for digit in digits)
    number = int(digits)
    return said[number] if number in said else f"{said[number // 10 * 10]} {said[number % 10]}"
