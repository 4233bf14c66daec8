"""What is typed into the cabinet's forms, read by the checks of calls and messages. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ivr.cabinet.words import OwnFault
from ivr.dialog.events import keyed
from ivr.dialog.forms import Complete, SlotType
from ivr.phones import sms_phone
from ivr.sms_form import SmsWords, read_card_field, read_date_field, read_name_field
from ivr.sms_form.form import CardScheme, FaultKind

PHONE_LENGTH = 11
LONGEST_EMAIL = 254
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@.<>]+(?:\.[^\s@.<>]+)+")
"""What no mail server could take is a slip; whether the address exists, only a letter would show."""
_SIGNS = re.compile(r"[\s()\-\u2010-\u2015\u2212.]")
_NOT_DIGITS = re.compile(r"[^0-9]")


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field. Holds nothing of what was typed."""

    field: str
    kind: FaultKind | OwnFault
    count: int = 0
    """Digits that were typed, where there are too few or too many."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A whole form. Personal data: ``repr`` shows none of it."""

    card_number: str = field(repr=False)
    name: str = field(repr=False)
    """The first name as calls understand it: in full, lower-case."""
    birth_date: date = field(repr=False)
    phone: str = field(repr=False)
    """E.164."""
    email: str | None = field(repr=False)
    messages: bool = False
    """Whether the holder also agrees to messages of the retailer."""


@dataclass(frozen=True, slots=True)
class FormGround:
    """What forms are read with."""

    words: SmsWords
    phone: SlotType
    """The slot type of phone numbers, which calls read them with."""
    scheme: CardScheme
    today: date
    """In the hotline's zone."""

    def registration(self, typed: Mapping[str, str]) -> Registration | tuple[FieldFault, ...]:
        """The form of a new card, or all faults in the order of its fields."""
        card, name, day = self.card(typed), self.name(typed), self.birth_date(typed)
        phone, email, consent = self.phone_of(typed), self.email(typed), self.consent(typed)
        reads = (card, name, day, phone, email, consent)
        faults = tuple(read for read in reads if isinstance(read, FieldFault))
        if faults:
            return faults
        assert isinstance(card, str)
        assert isinstance(name, str)
        assert isinstance(day, date)
        assert isinstance(phone, str)
        assert not isinstance(email, FieldFault)
        return Registration(card, name, day, phone, email, "messages" in typed)

    def card(self, typed: Mapping[str, str]) -> str | FieldFault:
        """The number of a card."""
        read = read_card_field(typed.get("card", ""), self.words, self.today, self.scheme)
        if read.fault or read.number is None:
            return FieldFault("card", read.fault or "no_card", read.count)
        return read.number

    def name(self, typed: Mapping[str, str]) -> str | FieldFault:
        """A first name; the likeliest one where a short form stands for several, shown before anything is done."""
        read = read_name_field(typed.get("name", ""), self.words, self.today, self.scheme)
        return FieldFault("name", read.fault or "no_name") if read.fault or not read.name else read.first_names[0]

    def full_name(self, typed: Mapping[str, str]) -> str | FieldFault:
        """All of the name that was typed: first name, patronymic, surname."""
        read = read_name_field(typed.get("name", ""), self.words, self.today, self.scheme)
        return FieldFault("name", read.fault or "no_name") if read.fault or not read.name else " ".join(read.name)

    def birth_date(self, typed: Mapping[str, str]) -> date | FieldFault:
        """A date of birth."""
        read = read_date_field(typed.get("birth_date", ""), self.words, self.today, self.scheme)
        return read.value or FieldFault("birth_date", read.fault or "no_date")

    def phone_of(self, typed: Mapping[str, str]) -> str | FieldFault:
        """A mobile phone of this country in E.164, with or without its eight or seven."""
        text = _SIGNS.sub("", typed.get("phone", ""))
        digits = _NOT_DIGITS.sub("", text)
        if not digits:
            return FieldFault("phone", "no_phone")
        if text.removeprefix("+") != digits or text.startswith("+") != text.startswith("+7"):
            return FieldFault("phone", "phone_not_mobile")
        read = self.phone.read(keyed(digits))
        number = sms_phone(f"+7{read.values[0]}") if isinstance(read, Complete) else None
        return number or FieldFault("phone", _phone_fault(digits))

    def email(self, typed: Mapping[str, str]) -> str | FieldFault | None:
        """An e-mail address; None where none was typed."""
        text = typed.get("email", "").strip()
        if not text:
            return None
        fits = len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text)
        return text if fits else FieldFault("email", "email_impossible")

    def consent(self, typed: Mapping[str, str]) -> FieldFault | None:
        """None where the holder agreed to what no card is activated without."""
        return None if "personal_data" in typed else FieldFault("personal_data", "no_consent")


def _phone_fault(digits: str) -> OwnFault:
    """Ten digits that begin with a nine are a whole number without its eight."""
    whole = PHONE_LENGTH - 1 if digits.startswith("9") else PHONE_LENGTH
    if len(digits) < whole:
        return "phone_too_short"
    return "phone_too_long" if len(digits) > whole else "phone_not_mobile"


def read_code(text: str) -> str | FieldFault:
    """A code as it was typed or filled in: digits, whatever stands between them."""
    digits = _NOT_DIGITS.sub("", text)
    return digits or FieldFault("code", "no_code")
