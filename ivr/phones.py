"""Which callers' numbers the hotline may text or call: this country's ordinary ones, never premium or foreign ones."""

import phonenumbers
from phonenumbers import PhoneNumberType

COUNTRY_CODE = 7
"""SMS and calls go to phones of this country code only: sending to premium numbers abroad is a known fraud."""
MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
CALLABLE = MOBILE | {PhoneNumberType.FIXED_LINE}


def sms_phone(number: str) -> str | None:
    """The number in E.164 where it can receive SMS; None for withheld, foreign, landline and invalid ones."""
    return number if _is_one_of(number, MOBILE) else None


def callable_phone(number: str) -> str | None:
    """The number in E.164 where a person can be called back, landlines too; None for withheld and foreign ones."""
    return number if _is_one_of(number, CALLABLE) else None


def is_number(number: str) -> bool:
    """False for a withheld number, which Twilio gives as a word or as a number that cannot be."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def _is_one_of(number: str, kinds: frozenset[int]) -> bool:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    return parsed.country_code == COUNTRY_CODE and phonenumbers.number_type(parsed) in kinds
