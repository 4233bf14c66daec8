"""Messages to the short number, read: «имя номер дата_рождения» in any order and any spelling.

Pure: the text goes in, a form or a fault comes out, and an answer for either. Card number, date and name are decided
by the slot types of calls, so that the same data have the same verdict however they come.
"""

from ivr.sms_form.fields import read_card_field, read_date_field, read_name_field
from ivr.sms_form.form import FAULTS, VERDICTS, CardScheme, FaultKind, SmsFault, SmsForm, Understood, Verdict
from ivr.sms_form.load import load_sms_words
from ivr.sms_form.parse import parse_sms
from ivr.sms_form.replies import reply_for
from ivr.sms_form.words import SmsWords

__all__ = [
    "FAULTS",
    "VERDICTS",
    "CardScheme",
    "FaultKind",
    "SmsFault",
    "SmsForm",
    "SmsWords",
    "Understood",
    "Verdict",
    "load_sms_words",
    "parse_sms",
    "read_card_field",
    "read_date_field",
    "read_name_field",
    "reply_for",
]
