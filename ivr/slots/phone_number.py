"""A mobile phone number of this country, as its owner says it: with the eight of long-distance calls before it."""

from dataclasses import replace

from ivr.dialog.events import Utterance
from ivr.dialog.forms import Complete, Reading
from ivr.slots.card_number import digits_in_pairs
from ivr.slots.digit_string import DigitStringSlot
from ivr.slots.lexicon import Lexicon
from ivr.slots.solver import Scheme

LENGTH = 11
FIRST = "8"
MOBILE = Scheme(series=("89", "79"))
BARE = Scheme(series=("9",))
"""Mobile numbers begin with nine; some say the country's seven instead of the eight, some say neither."""
GROUPS = (0, 1, 3, 4, 6, 8)
"""Where the parts begin that the ten digits are said back in: 9 16, 0 00, 01, 99."""


class PhoneNumber:
    """Values are the ten digits behind the eight. Rejections are those of a string of digits."""

    name = "phone_number"

    def __init__(self, lexicon: Lexicon) -> None:
        self._pieces = digits_in_pairs(lexicon)
        self._whole = DigitStringSlot(self.name, LENGTH, LENGTH, lexicon, self._spoken, scheme=MOBILE)
        self._bare = DigitStringSlot(self.name, LENGTH - 1, LENGTH - 1, lexicon, self._spoken, scheme=BARE)

    def phrases(self) -> tuple[str, ...]:
        return self._whole.phrases()

    def spoken(self, value: str) -> tuple[str, ...]:
        """With the eight before it; of an unfinished number, what was heard of it."""
        return self._spoken(FIRST + value if len(value) == LENGTH - 1 else value)

    def key_count(self) -> int:
        return LENGTH

    def read(self, utterance: Utterance) -> Reading:
        whole, bare = self._whole.read(utterance), self._bare.read(utterance)
        if isinstance(bare, Complete) and not bare.forced and BARE.fits(bare.values[0]):
            return replace(bare, closed=False, sure=False)  # said without the eight, or not yet at its end
        if isinstance(whole, Complete):
            return replace(whole, values=tuple(dict.fromkeys(value[1:] for value in whole.values)))
        return whole

    def _spoken(self, digits: str) -> tuple[str, ...]:
        first, rest = digits[:1], digits[1:]
        ends = (*GROUPS[1:], LENGTH)
        groups = (rest[start:end] for start, end in zip(GROUPS, ends, strict=True))
        return tuple(piece for group in (first, *groups) for piece in self._pieces(group))
