"""How the values of ``hotline.yaml`` are read; each raises ``ValueError`` with what the value must be."""

import re
from datetime import date, time

from ivr.book.strict_yaml import Listed
from ivr.working_time import MOST_HOLIDAYS

MOST_WORKING_DAYS = 60
"""Nobody waits longer for the answer to an appeal."""
MOST_RUBLES = 1000
"""No part of an SMS costs as much."""

_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def text(value: object, _path: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text")
    return value


def phone(value: object, _path: str) -> str:
    if not isinstance(value, str) or not E164.fullmatch(value):
        raise ValueError('must be a phone number in quotes, such as "+78002009002"')
    return value


def digits(value: object, _path: str) -> str:
    if not isinstance(value, str) or not value.isdecimal() or not value.isascii():
        raise ValueError('must be digits in quotes, such as "9002"')
    return value


def hour(value: object, _path: str) -> time:
    if not isinstance(value, str) or not _HOUR.fullmatch(value):
        raise ValueError('must be an hour in quotes, such as "07:00"')
    return time.fromisoformat(value)


def count(value: object, _path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("must be a whole number, 1 or more")
    return value


def fraction(value: object, _path: str) -> float:
    if not isinstance(value, float) or not 0 < value < 1:
        raise ValueError("must be a fraction between 0 and 1, such as 0.001")
    return value


def price(value: object, _path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < MOST_RUBLES:
        raise ValueError("must be a price in rubles, such as 4.5")
    return float(value)


def days_ahead(value: object, path: str) -> int:
    if count(value, path) > MOST_WORKING_DAYS:
        raise ValueError(f"must be a number of days from 1 to {MOST_WORKING_DAYS}")
    return count(value, path)


def holidays(value: object, path: str) -> frozenset[str]:
    if not isinstance(value, Listed) or len(value) > MOST_HOLIDAYS:
        raise ValueError(f'must be a list of at most {MOST_HOLIDAYS} days, such as ["01-01", "2027-05-10"], or []')
    return frozenset(holiday(item) for item in value)


def holiday(value: object) -> str:
    """A day of every year or of one; of every year also the twenty-ninth of February, so a leap year is put before."""
    whole = f"2024-{value}" if isinstance(value, str) and len(value) == len("01-01") else value
    try:
        if isinstance(value, str) and date.fromisoformat(str(whole)).isoformat() == whole:
            return value
    except ValueError:
        pass
    raise ValueError('holds a day that is none; write "01-01" for every year or "2027-05-10" for one')


def flag(value: object, _path: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def series(value: object, path: str) -> tuple[str, ...]:
    if not isinstance(value, Listed):
        raise ValueError('must be a list of first digits, such as ["4276"], or []')
    return tuple(digits(item, path) for item in value)


def names(value: object, path: str) -> tuple[str, ...]:
    if not isinstance(value, Listed):
        raise ValueError("must be a list of categories, such as [nobody_helps], or []")
    return tuple(text(item, path) for item in value)
