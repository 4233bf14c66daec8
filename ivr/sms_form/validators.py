"""The checks of calls, on what was written: the slot types decide what a card number, a date and a name are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ivr.dialog.events import keyed, said
from ivr.dialog.forms import Complete, Partial
from ivr.slots import Scheme
from ivr.slots.birth_date import LIKELY_AGES, OLDEST_YEARS, BirthDate
from ivr.slots.card_number import card_number
from ivr.slots.digit_string import DigitStringSlot
from ivr.sms_form.form import CardScheme, FaultKind
from ivr.sms_form.words import SmsWords

END = "#"


@dataclass(frozen=True, slots=True)
class DateRead:
    """A date, or why what looks like one is none."""

    value: date | None = None
    fault: FaultKind | None = None


INCOMPLETE = DateRead(fault="date_incomplete")
AMBIGUOUS = DateRead(fault="date_ambiguous")
IMPOSSIBLE = DateRead(fault="date_impossible")
_WORST: tuple[FaultKind, ...] = ("date_impossible", "date_too_old", "date_future", "date_ambiguous")
"""Of several faults the last one is told: what comes nearer to a date is likelier meant."""


@dataclass(frozen=True, eq=False)
class Validators:
    """Slot types for one day and one scheme."""

    words: SmsWords
    scheme: Scheme
    length: int
    today: date
    _card: DigitStringSlot
    _birth_date: BirthDate

    def card_fault(self, number: str) -> FaultKind | None:
        """What is wrong with the digits of a number, as if they had been keyed; None where nothing is."""
        reading = self._card.read(keyed(number))
        if isinstance(reading, Complete):
            return None
        if isinstance(reading, Partial):
            return "card_too_short"
        if reading.reason == "too_long":
            return "card_too_long"
        return "card_check_digit" if number.startswith(self.scheme.series or "") else "card_series"

    def birth_date(self, day: str, month: str, year: str) -> DateRead:
        """The date of a day, a month and a year in digits, as if they had been keyed."""
        return self._keyed(day.zfill(2), month.zfill(2), year)

    def spoken_date(self, text: str, year: str = "") -> DateRead | None:
        """The date of words such as «первое мая восьмидесятого года», the year perhaps in digits; None for none."""
        reading = self._birth_date.read(said(text) + keyed(year) if year else said(text))
        return self._chosen(map(date.fromisoformat, reading.values)) if isinstance(reading, Complete) else None

    def first_names(self, word: str) -> tuple[str, ...]:
        """Full names behind a written one, the way calls understand it."""
        reading = self.words.person_name.read(said(word))
        heard = reading.values if isinstance(reading, Complete) else ()
        return tuple(dict.fromkeys((*heard, *self.words.names.get(word, ()))))

    def _keyed(self, day: str, month: str, year: str) -> DateRead:
        """Years of four digits with a zero before them are slips, though keys would pass for years of two."""
        reading = self._birth_date.read(keyed(day + month + year + END))
        whole = len(year) == 2 or (len(year) == 4 and year[0] != "0")
        values = reading.values if whole and isinstance(reading, Complete) else ()
        days = [one for one in map(date.fromisoformat, values) if (one.day, one.month) == (int(day), int(month))]
        return self._chosen(days) if days else DateRead(fault=self._why_not(day, month, year))

    def _chosen(self, days: Iterable[date]) -> DateRead:
        """The one date that is meant: nobody reads it back to who writes, so that a doubt about the century is told."""
        past = [day for day in days if day <= self.today]
        if not past:
            return DateRead(fault="date_future")
        if len(past) > 1 and self.today.year - past[0].year not in LIKELY_AGES:
            return AMBIGUOUS
        return DateRead(past[0])

    def _why_not(self, day: str, month: str, year: str) -> FaultKind:
        if len(year) != len("1986"):
            return "date_impossible"
        try:
            written = date(int(year), int(month), int(day))
        except ValueError:
            return "date_impossible"
        if written > self.today:
            return "date_future"
        return "date_too_old" if written.year < self.today.year - OLDEST_YEARS else "date_impossible"


@lru_cache(maxsize=4)
def validators(words: SmsWords, today: date, length: int, scheme: Scheme) -> Validators:
    """Made once a day: a slot type reads the whole lexicon."""
    card = card_number(words.lexicon, length, scheme)
    return Validators(words, scheme, length, today, card, BirthDate(words.lexicon, today.year))


def validators_for(words: SmsWords, today: date, scheme: CardScheme) -> Validators:
    """The checks under the hotline's scheme."""
    return validators(words, today, scheme.length, Scheme(scheme.series, scheme.luhn))


def best_of(reads: Iterable[DateRead]) -> DateRead:
    """What readings of the same digits come to: the one date; two make it ambiguous; else the likeliest fault."""
    found = list(reads)
    days = {read.value for read in found if read.value}
    if len(days) == 1:
        return DateRead(days.pop())
    if days:
        return AMBIGUOUS
    faults = [read.fault for read in found if read.fault]
    return DateRead(fault=max(faults, key=_WORST.index, default="date_impossible"))
