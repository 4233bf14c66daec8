"""A message to the short number: the whole form, or its one fault."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from ivr.slots.birth_date import LIKELY_AGES
from ivr.slots.words import fold
from ivr.sms_form.dates import is_year
from ivr.sms_form.form import CardScheme, FaultKind, SmsFault, SmsForm, Understood
from ivr.sms_form.gaps import Digits, read_digits
from ivr.sms_form.names import NameRead, read_name
from ivr.sms_form.numbers import Piece, cut_into_pieces
from ivr.sms_form.tokens import Token, read_tokens
from ivr.sms_form.validators import DateRead, Validators, validators_for
from ivr.sms_form.words import SmsWords

LONGEST = 402
"""Letters of six parts: nobody needs so many for three facts."""
SHORT_CARD_AT_LEAST = 4
"""Digits: some write only the last ones."""
_WORSE: tuple[FaultKind, ...] = (
    *("date_incomplete", "date_impossible", "date_too_old"),
    *("date_future", "date_ambiguous"),
)
"""Of several faults of dates the last one is told."""

T = TypeVar("T")


def parse_sms(text: str, words: SmsWords, today: date, scheme: CardScheme) -> SmsForm | SmsFault:
    """Read a message. Never raises, whatever the text is.

    ``today``: in the hotline's zone. ``scheme``: what card numbers look like.
    """
    if len(text) > LONGEST:
        return SmsFault("too_long")
    tokens = read_tokens(text, words)
    if not any(token.kind in ("word", "digits") for token in tokens):
        return SmsFault("empty")
    return Message(tokens, words, validators_for(words, today, scheme)).read()


@dataclass(frozen=True, slots=True)
class CardRead:
    """A number of the right length, or why there is none."""

    number: str | None = None
    fault: FaultKind | None = None
    count: int = 0
    """Digits of a number that is too short or too long."""


class Message:
    """One reading of one message, or of one field of a form: each part can be asked for alone."""

    def __init__(self, tokens: Sequence[Token], words: SmsWords, checks: Validators) -> None:
        self._tokens, self._words, self._checks = tokens, words, checks
        self._digits: Digits = read_digits(tokens, words)
        self._pieces = cut_into_pieces(self._digits, checks)

    def read(self) -> SmsForm | SmsFault:
        card, day, name = self.card(), self.day(), self.name()
        known = Understood(name.name, name.first_names, card.number, day.value)
        fault = self._whole_fault(card, day, name) or card.fault or day.fault or name.fault
        if fault is not None or card.number is None or day.value is None:
            return SmsFault(fault or "nothing", known, card.count)
        return SmsForm(name.name, name.first_names, card.number, day.value)

    def _whole_fault(self, card: CardRead, day: DateRead, name: NameRead) -> FaultKind | None:
        lacking = card.number is None or day.value is None
        if lacking and any(gap.hidden for gap in self._digits.gaps):
            return "hidden"
        named = bool(name.name) and fold(name.name[0]) in self._words.names
        bare = card.fault == "no_card" and day.fault == "no_date"
        return "nothing" if bare and not named else None

    def _of_kind(self, kind: str) -> list[Piece]:
        return [piece for piece in self._pieces if piece.kind == kind]

    def _text(self, piece: Piece) -> str:
        return self._digits.text[piece.start : piece.end]

    # -- the card -----------------------------------------------------------------------------------------------------

    def card(self) -> CardRead:
        numbers = self._settled((piece, self._text(piece)) for piece in self._of_kind("card"))
        if len(numbers) > 1:
            return CardRead(fault="two_cards")
        if numbers:
            return CardRead(numbers[0], self._checks.card_fault(numbers[0]))
        return self._no_card()

    def _no_card(self) -> CardRead:
        """Digits that may be meant for the card; the longest string of them."""
        near = [self._text(piece) for piece in self._of_kind("misfit")] or self._short_cards()
        if not near:
            return CardRead(fault="no_card")
        number = max(near, key=len)
        return CardRead(fault=self._checks.card_fault(number), count=len(number))

    def _short_cards(self) -> list[str]:
        """Few digits that are neither a year nor the short number; and a second date that is none."""
        dates = self._of_kind("date")
        dated = any(piece.date and piece.date.value for piece in dates)
        spoilt = [self._text(one) for one in dates if dated and one.date and one.date.fault]
        others = [self._text(piece) for piece in self._of_kind("other")]
        return [
            digits
            for digits in (*spoilt, *others)
            if len(digits) >= SHORT_CARD_AT_LEAST
            and digits not in self._words.own_numbers
            and not is_year(digits, self._checks)
        ]

    # -- the date -----------------------------------------------------------------------------------------------------

    def day(self) -> DateRead:
        reads = [(piece, piece.date) for piece in self._of_kind("date") if piece.date]
        days = self._settled((piece, read.value) for piece, read in reads if read.value)
        if len(days) > 1:
            days = self._likely(days)
        if days:
            return DateRead(days[0]) if len(days) == 1 else DateRead(fault="two_dates")
        if spoken := self._spoken_date():
            return spoken
        faults: list[FaultKind] = [read.fault for _, read in reads if read.fault]
        faults += ["date_incomplete"] if self._years() else []
        return DateRead(fault=max(faults, key=_WORSE.index, default="no_date"))

    def _years(self) -> list[str]:
        """Years without a day and a month."""
        texts = (self._text(piece) for piece in self._pieces if piece.kind in ("other", "date"))
        return [text for text in texts if is_year(text, self._checks)]

    def _likely(self, days: list[date]) -> list[date]:
        """Of a day of birth and another day, such as that of a purchase, the one at which a holder can be born."""
        likely = [day for day in days if self._checks.today.year - day.year in LIKELY_AGES]
        return likely if len(likely) == 1 else days

    def _spoken_date(self) -> DateRead | None:
        """A date in words, its year perhaps in digits."""
        texts = [token.text for token in self._tokens if token.kind == "word"]
        lexicon = self._words.lexicon
        if not any(text in lexicon.numbers or text in lexicon.ordinals for text in texts):
            return None
        return self._checks.spoken_date(" ".join(texts), next(iter(self._years()), ""))

    def _settled(self, found: Iterable[tuple[Piece, T]]) -> list[T]:
        """Each value once; behind a correction only the last one."""
        values = list[T]()
        for piece, value in found:
            if values and self._digits.gaps[piece.start].corrected:
                values.clear()
            if value not in values:
                values.append(value)
        return values

    # -- the name -----------------------------------------------------------------------------------------------------

    def name(self) -> NameRead:
        dates = self._of_kind("date")
        taken = {piece.month_at for piece in dates}
        if not any(piece.date and piece.date.value for piece in dates) and self._spoken_date():
            taken |= {at for at, token in enumerate(self._tokens) if token.text in self._words.months}
        return read_name(self._tokens, taken, self._checks)
