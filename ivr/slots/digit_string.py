"""A string of digits of a known length, said or keyed."""

from collections.abc import Callable, Sequence
from functools import cached_property

from ivr.dialog.events import Utterance
from ivr.dialog.forms import Complete, Partial, Reading, Rejection
from ivr.slots.digits import DigitString, read_digits
from ivr.slots.lexicon import Lexicon
from ivr.slots.phrase_lists import with_ordered_pairs
from ivr.slots.ways import Way, ways
from ivr.slots.words import Vocabulary

VALUES_AT_MOST = 20
NATS_PER_COST = 2.0
"""What an unnatural reading weighs against the recognizer's likelihoods: about one caller in fifty splits a number."""


SHORT_TIMES = 8
DIGIT_TIMES = 16
"""How often the pairs of numbers below a hundred, and of single digits, are listed beside the pairs of all words.

Callers hardly ever say hundreds, and what is as likely as a digit is heard in a digit's place. Measured with the
bundled model on a real voice that it was not trained on, numbers of up to eleven words joined from recordings, whole
strings right: 40 % with no weights, 74 % with 3 and 3, 80 % with 6 and 6, 90 % with these, 91 % with 12 and 30. Sixteen
digits one by one: 22 of 30 without, 30 of 30 with 3 or more. Numbers said in hundreds: 23 of 30 without, 25 with.
"""
OFTEN_MISHEARD = 10
"""«Десять» is one pair in a hundred, and it is heard for «девять», which is a tenth of all digits."""

Pieces = Callable[[str], tuple[str, ...]]
"""Digits to the words that say them back."""


class DigitStringSlot:
    """Digits. Values and progress are digits; rejections: ``nothing``, ``too_long``."""

    def __init__(self, name: str, length: int, block: int, lexicon: Lexicon, pieces: Pieces) -> None:
        self.name = name
        self._length, self._block, self._lexicon, self._pieces = length, block, lexicon, pieces
        self._vocabulary = Vocabulary(lexicon.numbers, lexicon.marks)

    def phrases(self) -> tuple[str, ...]:
        return self._phrases

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        heard = self._lexicon.heard
        said = self._lexicon.said["cardinal"]
        short = [word for value, word in said.items() if value < 100 and value != OFTEN_MISHEARD]
        digits = [word for value, word in said.items() if value < 10]
        rare = heard["marks"] + heard["rare"]
        return with_ordered_pairs(
            heard["cardinals"], self._lexicon.fillers[self.name], rare, ((short, SHORT_TIMES), (digits, DIGIT_TIMES))
        )

    def spoken(self, value: str) -> tuple[str, ...]:
        """The digits in words; a beginning of a value will do."""
        return self._pieces(value)

    def key_count(self) -> int:
        return self._length

    def read(self, utterance: Utterance) -> Reading:
        reading = self._read(utterance)
        return (self._read_again(utterance) or reading) if reading == Rejection("too_long") else reading

    def _read_again(self, utterance: Utterance) -> Reading | None:
        """The value of the last parts alone: a caller who lost the thread begins anew without saying so."""
        for skipped in range(1, len(utterance.parts)):
            reading = self._read(Utterance(utterance.parts[skipped:]))
            if isinstance(reading, Complete):
                return reading
        return None

    def _read(self, utterance: Utterance) -> Reading:
        heard = [
            (way, read_digits(way.tokens, self._length, self._block))
            for way in ways(utterance, self._vocabulary.tokens)
        ]
        best = heard[0][1]
        if values := self._values(heard):
            whole = best.natural.length == self._length
            closed = whole and not best.open_ended
            return Complete(values, closed, sure=closed, forced=best.natural.length < self._length)
        progress = next((found.natural.digits for _, found in heard if found.natural.length and not found.too_long), "")
        if progress:
            return Partial(progress)
        return Rejection("too_long" if any(found.too_long for _, found in heard) else "nothing")

    def _values(self, heard: Sequence[tuple[Way, DigitString]]) -> tuple[str, ...]:
        """All values, likeliest first: the recognizer's score less what the reading costs."""
        scores: dict[str, float] = {}
        for way, found in heard:
            for reading in found.exact:
                score = way.score - NATS_PER_COST * reading.cost
                scores[reading.digits] = max(score, scores.get(reading.digits, score))
        return tuple(sorted(scores, key=lambda digits: -scores[digits])[:VALUES_AT_MOST])
