"""A date of birth."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from ivr.dialog.events import Utterance
from ivr.dialog.forms import Complete, Partial, Reading, Rejection
from ivr.dialog.parts import NO_CORRECTION, Mended
from ivr.slots.dates import DateReading, mend_date, read_dates
from ivr.slots.digit_string import NATS_PER_COST
from ivr.slots.lexicon import Lexicon
from ivr.slots.phrase_lists import with_ordered_pairs
from ivr.slots.ways import Way, ways
from ivr.slots.words import Vocabulary, Word

VALUES_AT_MOST = 20
OLDEST_YEARS = 120
ENDS = ("ordinal", "year", "round_year")
LIKELY_AGES = range(14, 101)
"""Between two centuries the one is taken first in which the caller has an age that cardholders have."""


class _Found(NamedTuple):
    """One reading of one way, best first when sorted by ``rank``."""

    rank: float
    value: str
    closed: bool


class BirthDate:
    """Values are ISO dates. Progress is ``---DD`` or ``--MM-DD``, empty before the day is known.

    Keys are DDMMYYYY, or DDMMYY and ``#``; ``*`` starts over. Rejections: ``nothing``, ``impossible``, ``unclear``.
    """

    name = "birth_date"

    def __init__(self, lexicon: Lexicon, latest_year: int) -> None:
        self._lexicon, self._latest = lexicon, latest_year
        self._vocabulary = Vocabulary({**lexicon.numbers, **lexicon.ordinals, **lexicon.dates}, lexicon.marks)

    def phrases(self) -> tuple[str, ...]:
        return self._phrases

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        heard = self._lexicon.heard
        words = heard["cardinals"] + heard["ordinals"] + heard["dates"]
        return with_ordered_pairs(words, self._lexicon.fillers[self.name], heard["marks"] + heard["rare"])

    def key_count(self) -> int:
        return 8

    def read(self, utterance: Utterance) -> Reading:
        heard = ways(utterance, self._vocabulary.tokens)
        read = [(way, read_dates(way.tokens)) for way in heard]
        found = [one for way, readings in read for reading in readings for one in self._values(way, reading)]
        if whole := sorted((one for one in found if len(one.value) == 10), key=lambda one: -one.rank):
            values = tuple(dict.fromkeys(one.value for one in whole))
            closed = self._closed(heard[0], found)
            return Complete(values[:VALUES_AT_MOST], closed, sure=closed and self._ended(heard[0]))
        if not self._any_words(heard):
            return Rejection("nothing")
        if found:
            return Partial(max(found, key=lambda one: one.rank).value)
        return Rejection("impossible" if any(readings for _, readings in read) else "unclear")

    def mend(self, value: str, utterance: Utterance, within: int | None = None) -> Mended:
        """What «нет, восемьдесят шестого» or «не март, а май» makes of a date. Keys are no correction but a value."""
        year, month, day = _fields(value)
        found = [
            one
            for way in ([] if utterance.keys else ways(utterance, self._vocabulary.tokens))
            for reading in mend_date((day, month, year), way.tokens)
            for one in self._values(way, reading)
            if len(one.value) == len(value) and one.value != value
        ]
        values = dict.fromkeys(one.value for one in sorted(found, key=lambda one: -one.rank))
        return Mended(tuple(values)[:VALUES_AT_MOST]) if values else NO_CORRECTION

    def join(self, pieces: Sequence[str]) -> Reading:
        """The date of a day, a month and a year, each in digits."""
        day, month, year = map(int, pieces)
        whole = _date(year, month, day)
        return Complete((whole,)) if whole else Rejection("impossible")

    @staticmethod
    def _any_words(heard: list[Way]) -> bool:
        return any(not isinstance(token, str) for way in heard for token in way.tokens)

    @staticmethod
    def _closed(best: Way, found: list[_Found]) -> bool:
        return max(found, key=lambda one: one.rank).closed or best.tokens[-1:] == ("end",)

    @staticmethod
    def _ended(best: Way) -> bool:
        """After «пятого» or «года» no year goes on; «семь» may be the beginning of «семьдесят пятого»."""
        return isinstance(last := best.tokens[-1], Word) and last.kind in ENDS

    def _values(self, way: Way, reading: DateReading) -> Iterator[_Found]:
        """Dates or beginnings of dates that exist; a year that may still grow need not fit yet."""
        day, month, year = reading.fields
        rank = way.score - NATS_PER_COST * reading.cost
        if day is None or month is None:
            yield _Found(rank, "" if day is None else f"---{day:02}", False)
            return
        if year is not None:
            dates = [whole for one in with_century(year, self._latest) if (whole := _date(one, month, day))]
            yield from (_Found(rank - later / 10, whole, not reading.open_ended) for later, whole in enumerate(dates))
        if _date(2000, month, day) and (year is None or (reading.open_ended and not dates)):
            yield _Found(rank, f"--{month:02}-{day:02}", False)

    def spoken(self, value: str) -> tuple[str, ...]:
        """«двадцать третье», «марта», «тысяча девятьсот восемьдесят пятого», «года»; progress gives the first ones."""
        year, month, day = _fields(value)
        said = self._lexicon.said
        pieces = [self._ordinal(day, "ordinal")] if day else []
        pieces += [said["month"][month]] if month else []
        return (*pieces, self._year(year), said["year"][0]) if year else tuple(pieces)

    def _ordinal(self, number: int, form: str) -> str:
        said = self._lexicon.said
        if number in said[form]:
            return said[form][number]
        return f"{said['cardinal'][number // 10 * 10]} {said[form][number % 10]}"

    def _year(self, year: int) -> str:
        said, (century, rest) = self._lexicon.said, divmod(year, 100)
        if year in said["round_year"]:
            return said["round_year"][year]
        thousands = said["thousand"][1] if century < 20 else f"{said['feminine'][2]} {said['thousand'][2]}"
        hundreds = century % 10 * 100
        if not rest:
            return f"{thousands} {said['ordinal_genitive'][hundreds]}"
        middle = f" {said['cardinal'][hundreds]}" if hundreds else ""
        return f"{thousands}{middle} {self._ordinal(rest, 'ordinal_genitive')}"


def with_century(year: int, latest: int) -> list[int]:
    """The year in each century it may belong to, the likeliest first; none where nobody lives who was born then."""
    years = [year] if year >= 100 else [year + century for century in range(1800, latest + 1, 100)]
    alive = [one for one in years if latest - OLDEST_YEARS <= one <= latest]
    return sorted(alive, key=lambda one: _unlikeliness(latest - one))


def _unlikeliness(age: int) -> int:
    return max(LIKELY_AGES.start - age, age - LIKELY_AGES.stop + 1, 0) * 1000 + age


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _fields(value: str) -> tuple[int, int, int]:
    """Year, month and day of a value or of progress, zero for what is not known."""
    if value.startswith("---"):
        return 0, 0, int(value[3:])
    if value.startswith("--"):
        return 0, int(value[2:4]), int(value[5:7])
    return (int(value[:4]), int(value[5:7]), int(value[8:10])) if value else (0, 0, 0)
