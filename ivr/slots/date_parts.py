"""Day, month and year of birth, each asked alone when the whole date could not be understood."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from ivr.dialog.events import Utterance
from ivr.dialog.forms import Complete, Partial, Reading, Rejection
from ivr.slots.birth_date import BirthDate, with_century
from ivr.slots.date_pieces import Piece, days, months, years
from ivr.slots.digit_string import NATS_PER_COST
from ivr.slots.lexicon import Lexicon
from ivr.slots.phrase_lists import with_ordered_pairs
from ivr.slots.ways import Way, ways
from ivr.slots.words import Token, Vocabulary, Word

Part = Literal["day", "month", "year"]
_PIECES: dict[Part, Callable[[Sequence[Word], int], list[Piece]]] = {"day": days, "month": months, "year": years}
_DIGITS: dict[Part, int] = {"day": 2, "month": 2, "year": 4}


class _Found(NamedTuple):
    rank: float
    value: int
    open_ended: bool


class DatePart:
    """Values are digits: two of a day or a month, four of a year. Progress is what was keyed.

    Keys: so many digits, or fewer and ``#``; ``*`` starts over. Rejections: ``nothing``, ``unclear``.
    """

    def __init__(self, part: Part, whole: BirthDate, lexicon: Lexicon, latest_year: int) -> None:
        self.name = f"birth_{part}"
        self._part, self._whole, self._lexicon, self._latest = part, whole, lexicon, latest_year
        self._vocabulary = Vocabulary({**lexicon.numbers, **lexicon.ordinals, **lexicon.dates}, lexicon.marks)

    def phrases(self) -> tuple[str, ...]:
        return self._phrases

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        heard = self._lexicon.heard
        words = heard["cardinals"] + heard["ordinals"] + (heard["dates"] if self._part != "day" else ())
        return with_ordered_pairs(words, self._lexicon.fillers["birth_date"], heard["marks"] + heard["rare"])

    def key_count(self) -> int:
        return _DIGITS[self._part]

    def spoken(self, value: str) -> tuple[str, ...]:
        match self._part:
            case "day":
                return self._whole.spoken(f"---{value}")
            case "month":
                return self._whole.spoken(f"--{value}-01")[1:]
            case "year":
                return self._whole.spoken(f"{value}-01-01")[2:]

    def read(self, utterance: Utterance) -> Reading:
        if utterance.keys:
            return self._read_keys(utterance.keys)
        heard = ways(utterance, self._vocabulary.tokens)
        found = sorted((one for way in heard for one in self._found(way)), key=lambda one: -one.rank)
        if found:
            values = dict.fromkeys(self._shown(one.value) for one in found)
            return Complete(tuple(values), closed=not found[0].open_ended)
        return Rejection("unclear" if any(_words(way.tokens) for way in heard) else "nothing")

    def _read_keys(self, keys: str) -> Reading:
        typed = keys.rpartition("*")[2]
        digits, ended = typed.rstrip("#"), typed.endswith("#")
        if not digits:
            return Rejection("nothing")
        if not digits.isdecimal() or (len(digits) < self.key_count() and not ended):
            return Partial(digits) if digits.isdecimal() else Rejection("unclear")
        values = tuple(self._shown(value) for value in self._possible(int(digits)))
        return Complete(values) if values else Rejection("unclear")

    def _found(self, way: Way) -> Iterator[_Found]:
        """All values that use every word behind the last correction."""
        words = _words(way.tokens)
        for piece in _PIECES[self._part](words, 0) if words else ():
            if piece.end == len(words):
                for later, value in enumerate(self._possible(piece.value)):
                    rank = way.score - NATS_PER_COST * piece.cost - later / 10
                    yield _Found(rank, value, piece.open_ended)

    def _possible(self, value: int) -> list[int]:
        if self._part == "year":
            return with_century(value, self._latest)
        return [value] if 1 <= value <= (31 if self._part == "day" else 12) else []

    def _shown(self, value: int) -> str:
        return f"{value:0{_DIGITS[self._part]}}"


def _words(tokens: Sequence[Token]) -> tuple[Word, ...]:
    marks = [at for at, token in enumerate(tokens) if token in ("correct", "restart", "right")]
    last = marks[-1] if marks and any(isinstance(token, Word) for token in tokens[marks[-1] :]) else -1
    return tuple(token for token in tokens[last + 1 :] if isinstance(token, Word))
