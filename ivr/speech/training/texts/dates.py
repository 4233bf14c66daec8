"""Dates into words, in all their usual forms."""

import random
from collections.abc import Callable
from datetime import date

from ivr.speech.training.texts.lexis import GENITIVE, MASCULINE, NEUTER, PREPOSITIONAL, lexis, ways
from ivr.speech.training.texts.numerals import cardinal, ordinal, whole

Words = list[str]
Manner = Callable[[date, random.Random], Words]
_CASES = (GENITIVE, MASCULINE, PREPOSITIONAL)
"""Forms of a year's ordinal, in the order of the lexicon's words for year and the year 2000."""


def year_ordinal(year: int, form: int, rng: random.Random) -> Words:
    """«тысяча девятьсот восемьдесят первого», «двухтысячного», «две тысячи пятого»."""
    if year == 2000:
        return [lexis().round_year[_CASES.index(form)]]
    century, rest = (2000, year - 2000) if year > 2000 else (1900, year - 1900)
    begun = cardinal(century) if century == 2000 else [*_thousand(rng), lexis().cardinals[900]]
    return [*begun, *ordinal(rest, form)]


def _thousand(rng: random.Random) -> Words:
    first = lexis().thousand[0]
    return [first] if rng.random() < 0.85 else [lexis().feminine[1], first]


def year_cardinal(year: int, rng: random.Random) -> Words:
    """«тысяча девятьсот восемьдесят один», «одна тысяча …»."""
    return (_thousand(rng) + cardinal(year - 1000)) if year < 2000 else cardinal(year)


def short_year(year: int, rng: random.Random) -> Words:
    """«восемьдесят первого», «ноль пятого», «восемьдесят один»."""
    rest = year % 100
    if rest == 0:
        return year_ordinal(year, GENITIVE, rng) if year == 2000 else list(whole("00", rng).words)
    if rng.random() < 0.7:
        return _zero(rest, rng, 0.8) + ordinal(rest, GENITIVE)
    return _zero(rest, rng, 1) + cardinal(rest)


def _zero(number: int, rng: random.Random, often: float) -> Words:
    """A zero before a number of one digit, or nothing: «ноль третье»."""
    return [lexis().cardinals[0]] if number < 10 and rng.random() < often else []


def _day(day: int, rng: random.Random) -> Words:
    form = rng.choices((NEUTER, GENITIVE, MASCULINE), (6, 3, 1))[0]
    return _zero(day, rng, 0.12) + ordinal(day, form)


def _month(month: int, rng: random.Random) -> Words:
    return [lexis().months[month][0 if rng.random() < 0.9 else 1]]


def _year(year: int, form: int, rng: random.Random, often: float = 0.6) -> Words:
    """With the word for year or without: «восемьдесят первого года»."""
    return year_ordinal(year, form, rng) + _year_word(form, rng, often)


def _year_word(form: int, rng: random.Random, often: float = 0.6) -> Words:
    return [lexis().year[_CASES.index(form)]] if rng.random() < often else []


def in_full(day: date, rng: random.Random) -> Words:
    """«пятое марта тысяча девятьсот восьмидесятого года»."""
    form = rng.choices((GENITIVE, MASCULINE), (4, 1))[0]
    return _day(day.day, rng) + _month(day.month, rng) + _year(day.year, form, rng)


def with_cardinal_year(day: date, rng: random.Random) -> Words:
    """«пятое марта тысяча девятьсот восемьдесят»."""
    return _day(day.day, rng) + _month(day.month, rng) + year_cardinal(day.year, rng) + _year_word(GENITIVE, rng, 0.2)


def with_short_year(day: date, rng: random.Random) -> Words:
    """«пятое марта восьмидесятого»."""
    return _day(day.day, rng) + _month(day.month, rng) + short_year(day.year, rng) + _year_word(GENITIVE, rng, 0.5)


def without_year(day: date, rng: random.Random) -> Words:
    """«пятое марта»."""
    return _day(day.day, rng) + _month(day.month, rng)


def only_year(day: date, rng: random.Random) -> Words:
    """«восьмидесятого года»."""
    if rng.random() < 0.5:
        return _year(day.year, rng.choice((GENITIVE, MASCULINE)), rng)
    manner = rng.choice((short_year, year_cardinal))
    return manner(day.year, rng) + _year_word(GENITIVE, rng)


def in_year(day: date, rng: random.Random) -> Words:
    """«пятого марта в тысяча девятьсот восьмидесятом году»."""
    return [*without_year(day, rng), ways()["in_year"], *_year(day.year, PREPOSITIONAL, rng, 0.9)]


def by_numbers(day: date, rng: random.Random) -> Words:
    """«ноль пять ноль три тысяча девятьсот восемьдесят»."""
    year = year_cardinal(day.year, rng) if rng.random() < 0.7 else list(whole(f"{day.year % 100:02}", rng).words)
    return _number(day.day, rng) + _number(day.month, rng) + year


def _number(value: int, rng: random.Random) -> Words:
    return list(whole(f"{value:02}" if rng.random() < 0.7 else str(value), rng).words)


def by_ordinals(day: date, rng: random.Random) -> Words:
    """«пятое третье восьмидесятого», «пятое ноль третье …»."""
    return _day(day.day, rng) + _zero(day.month, rng, 0.4) + ordinal(day.month, NEUTER) + _any_year(day.year, rng)


def _any_year(year: int, rng: random.Random) -> Words:
    if rng.random() < 0.5:
        return _year(year, GENITIVE, rng)
    return short_year(year, rng) if rng.random() < 0.5 else year_cardinal(year, rng)


def with_cardinal_day(day: date, rng: random.Random) -> Words:
    """«пять марта восемьдесят»."""
    return cardinal(day.day) + _month(day.month, rng) + _any_year(day.year, rng)


def digit_by_digit(day: date, rng: random.Random) -> Words:
    """«ноль пять ноль три один девять восемь ноль»."""
    digits = day.strftime("%d%m") + str(day.year)
    return [word for digit in digits for word in whole(digit, rng).words]


def year_in_halves(day: date, rng: random.Random) -> Words:
    """«пятое марта девятнадцать восемьдесят»."""
    century, rest = divmod(day.year, 100)
    return _day(day.day, rng) + _month(day.month, rng) + cardinal(century) + list(whole(f"{rest:02}", rng).words)


def year_first(day: date, rng: random.Random) -> Words:
    """«восьмидесятый год пятое марта»."""
    return _year(day.year, MASCULINE, rng, 0.8) + without_year(day, rng)


MANNERS: tuple[tuple[Manner, float], ...] = (
    (in_full, 36),
    (with_cardinal_year, 8),
    (with_short_year, 12),
    (without_year, 7),
    (only_year, 7),
    (by_numbers, 10),
    (by_ordinals, 7),
    (with_cardinal_day, 4),
    (digit_by_digit, 3),
    (year_in_halves, 2),
    (year_first, 2),
    (in_year, 3),
)
"""Ways of saying a date and how often they are met."""


def say_date(day: date, rng: random.Random) -> Words:
    """A date in one of the ways."""
    manner = rng.choices([manner for manner, _ in MANNERS], [weight for _, weight in MANNERS])[0]
    return manner(day, rng)


def in_parts(day: date, rng: random.Random) -> list[tuple[str, ...]]:
    """Day, month and year, for one of them to be put right."""
    return [tuple(_day(day.day, rng)), tuple(_month(day.month, rng)), tuple(_any_year(day.year, rng))]
