"""A string of digits of a known length, said or keyed."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from ivr.dialog.events import Utterance
from ivr.dialog.forms import Complete, Partial, Reading, Rejection
from ivr.dialog.parts import NO_CORRECTION, Difference, Mended
from ivr.slots.digits import DigitString, read_digits
from ivr.slots.lexicon import Lexicon
from ivr.slots.mending import mend
from ivr.slots.phrase_lists import with_ordered_pairs
from ivr.slots.places import UNKNOWN, after_restart, holds_places, read_placed
from ivr.slots.solver import Scheme, difference, solve
from ivr.slots.ways import Way, ways
from ivr.slots.words import Token, Vocabulary

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


ANY = Scheme()


class DigitStringSlot:
    """Digits. Values and progress are digits, ``.`` for those between that are not known yet.

    Rejections: ``nothing``, ``too_long``, ``restart`` where the caller only starts over, and ``impossible`` for keys
    that are no number of the scheme. A string of several blocks takes them in any order, by their names.
    """

    def __init__(
        self, name: str, length: int, block: int, lexicon: Lexicon, pieces: Pieces, *, scheme: Scheme = ANY
    ) -> None:
        self.name = name
        self._length, self._block, self._lexicon, self._pieces = length, block, lexicon, pieces
        self._scheme = scheme
        self._in_blocks = block < length
        if self._in_blocks:
            self._vocabulary = Vocabulary(lexicon.numbers, lexicon.marks, lexicon.places)
        else:  # who names a place where there is none means nothing by it
            self._vocabulary = Vocabulary(lexicon.numbers, {**lexicon.marks, **dict.fromkeys(lexicon.places, "gap")})

    def phrases(self) -> tuple[str, ...]:
        return self._phrases

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        heard = self._lexicon.heard
        said = self._lexicon.said["cardinal"]
        short = [word for value, word in said.items() if value < 100 and value != OFTEN_MISHEARD]
        digits = [word for value, word in said.items() if value < 10]
        rare = heard["marks"] + heard["rare"] + (self._placed(short) if self._in_blocks else ())
        return with_ordered_pairs(
            heard["cardinals"], self._lexicon.fillers[self.name], rare, ((short, SHORT_TIMES), (digits, DIGIT_TIMES))
        )

    def _placed(self, words: Iterable[str]) -> tuple[str, ...]:
        """Places alone and before a number: «второй блок ноль …» would else be heard as «второй ноль …»."""
        heard, words = self._lexicon.heard, tuple(words)
        before = heard["places"] + heard["instead"]
        return (*heard["places"], *(f"{phrase} {word}" for phrase in before for word in words))

    def spoken(self, value: str) -> tuple[str, ...]:
        """The digits in words; a beginning of a value will do, and blocks behind a hole are named."""
        if UNKNOWN not in value:
            return self._pieces(value)
        named = ((self.block_name(at), block.strip(UNKNOWN)) for at, block in enumerate(self.blocks(value)))
        return tuple(piece for name, digits in named if digits for piece in (f"{name}:", *self._pieces(digits)))

    def blocks(self, value: str) -> tuple[str, ...]:
        """The value as it is printed, block by block."""
        return tuple(value[at : at + self._block] for at in range(0, len(value), self._block))

    def block_name(self, block: int) -> str:
        """What a block is called; the lexicon counts at least four."""
        return self._lexicon.said["block"][block]

    def difference(self, first: str, second: str) -> Difference | None:
        return difference(self.blocks(first), self.blocks(second))

    def mend(self, value: str, utterance: Utterance, within: int | None = None) -> Mended:
        """What a correction makes of a whole value that was read back. Keys correct nothing: they are a value."""
        if not self._in_blocks or utterance.keys:
            return NO_CORRECTION
        found = (mend(value, way.tokens, self._block, within) for way in ways(utterance, self._vocabulary.tokens))
        return next((one for one in found if one != NO_CORRECTION), NO_CORRECTION)

    def key_count(self) -> int:
        return self._length

    def read(self, utterance: Utterance) -> Reading:
        reading = self._read(utterance)
        if reading == Rejection("too_long"):
            return self._read_again(utterance) or reading
        if isinstance(reading, Complete) and utterance.keyed_only and not self._scheme.fits(reading.values[0]):
            return Rejection("impossible")
        return reading

    def _read_again(self, utterance: Utterance) -> Reading | None:
        """The value of the last parts alone: a caller who lost the thread begins anew without saying so."""
        for skipped in range(1, len(utterance.parts)):
            reading = self._read(Utterance(utterance.parts[skipped:]))
            if isinstance(reading, Complete):
                return reading
        return None

    def _read(self, utterance: Utterance) -> Reading:
        heard = [(way, self._digits(way.tokens)) for way in ways(utterance, self._vocabulary.tokens)]
        best = heard[0][1]
        if scores := _scores(heard):
            solution = solve(scores, self._scheme)
            whole = best.natural.length == self._length
            closed = whole and not best.open_ended
            forced = best.natural.length < self._length
            return Complete(solution.numbers, closed, sure=closed, forced=forced, rivals=solution.rivals)
        progress = next((found.natural.digits for _, found in heard if found.natural.length and not found.too_long), "")
        if progress:
            return Partial(progress)
        if any(found.too_long for _, found in heard):
            return Rejection("too_long")
        return Rejection("restart" if _starts_over(heard[0][0].tokens) else "nothing")

    def _digits(self, tokens: Sequence[Token]) -> DigitString:
        if holds_places(tokens):
            return read_placed(tokens, self._length, self._block)
        return read_digits(tokens, self._length, self._block)


def _scores(heard: Sequence[tuple[Way, DigitString]]) -> dict[str, float]:
    """All whole numbers: the recognizer's score less what the reading costs."""
    scores: dict[str, float] = {}
    for way, found in heard:
        for reading in found.exact:
            score = way.score - NATS_PER_COST * reading.cost
            scores[reading.digits] = max(score, scores.get(reading.digits, score))
    return scores


def _starts_over(tokens: Sequence[Token]) -> bool:
    return "restart" in tokens and not any(token not in ("gap", "correct") for token in after_restart(tokens))
