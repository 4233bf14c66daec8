"""Forms with a field for each part, read by the checks of messages: the same data have the same verdict."""

from datetime import date

from ivr.sms_form.form import CardScheme
from ivr.sms_form.gaps import read_digits
from ivr.sms_form.names import NameRead
from ivr.sms_form.parse import CardRead, Message
from ivr.sms_form.tokens import read_tokens
from ivr.sms_form.validators import DateRead, validators_for
from ivr.sms_form.words import SmsWords

LONGEST = 100
"""Letters of a field: nobody needs more."""


def read_card_field(text: str, words: SmsWords, today: date, scheme: CardScheme) -> CardRead:
    """The number of a card. All digits are meant for it: eight of them are a short number and no date."""
    tokens = read_tokens(text[:LONGEST], words)
    if any(gap.hidden for gap in read_digits(tokens, words).gaps):
        return CardRead(fault="hidden")
    digits = "".join(token.text for token in tokens if token.kind == "digits")
    if not digits:
        return CardRead(fault="no_card")
    wrong = validators_for(words, today, scheme).card_fault(digits)
    return CardRead(digits, wrong, len(digits))


def read_date_field(text: str, words: SmsWords, today: date, scheme: CardScheme) -> DateRead:
    """A date of birth."""
    return _message(text, words, today, scheme).day()


def read_name_field(text: str, words: SmsWords, today: date, scheme: CardScheme) -> NameRead:
    """A first name, perhaps with patronymic and surname."""
    return _message(text, words, today, scheme).name()


def _message(text: str, words: SmsWords, today: date, scheme: CardScheme) -> Message:
    return Message(read_tokens(text[:LONGEST], words), words, validators_for(words, today, scheme))
