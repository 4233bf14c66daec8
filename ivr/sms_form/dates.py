"""Groups of digits to a date of birth: every form in which dates are written."""

from collections.abc import Iterator, Mapping, Sequence

from ivr.slots.birth_date import OLDEST_YEARS
from ivr.sms_form.validators import IMPOSSIBLE, INCOMPLETE, DateRead, Validators, best_of

LONGEST = 9
"""Digits that are tried as a date: one too many in the year included."""
OLDEST_WRITTEN, CENTURY = 1800, 100
DAY_AT_MOST, MONTH_AT_MOST = 39, 19
"""Digits beyond these are no slip in a date."""
Triple = tuple[str, str, str]
"""Day, month, year, or what may be them."""


def read_three(groups: Triple, checks: Validators, *, slashes: bool) -> DateRead | None:
    """«31.03.1986», «1986-03-31», «86-3-31», and «03/31/1986», which cannot begin with a day; None: no date at all.

    The day stands first wherever that gives a date, as is usual in this country. A month before the day is read only
    between slashes: «3.13.1986» is a slip, and nobody reads a date back to who writes.
    """
    first, second, third = groups
    if len(second) > 2:
        return None
    if len(first) == 4:
        return checks.birth_date(third, second, first) if len(third) <= 2 and _is_year(first, checks) else None
    if len(first) > 2 or not 2 <= len(third) <= 5:
        return None
    read = checks.birth_date(first, second, third)
    if read.fault != "date_impossible" or len(third) not in (2, 4):
        return read
    others = [(second, first, third)] if slashes else []
    others += [(third, second, first)] if len(first) == len(third) == 2 else []
    return _first_date(checks.birth_date(*other) for other in others) or read


def read_with_month(first: str, month: int, second: str, checks: Validators) -> DateRead | None:
    """«31 марта 1986», «1986 март 31»: a month in words between two numbers, or before both."""
    if len(first) == 4 and len(second) <= 2:
        return checks.birth_date(second, str(month), first) if _is_year(first, checks) else None
    return checks.birth_date(first, str(month), second) if len(first) <= 2 and 2 <= len(second) <= 5 else None


def read_two(first: str, second: str, checks: Validators) -> DateRead | None:
    """«3103 1986», «31 031986», «31.0386»; two numbers that are only a part of a date; None: no date at all."""
    match len(first), len(second):
        case (4, 4):
            return _glued_date(first[:2], first[2:], second, checks)
        case (4, 2):
            read = checks.birth_date(first[:2], first[2:], second)
            return read if read.value else None
        case (1 | 2, 6):
            return _glued_date(first, second[:2], second[2:], checks)
        case (2, 4):
            read = checks.birth_date(first, second[:2], second[2:])
            if read.value is None and _is_month(first) and _is_year(second, checks):
                return INCOMPLETE
            return read if read.value else None
        case (1, 4):
            return INCOMPLETE if _is_month(first) and _is_year(second, checks) else None
        case (1 | 2, 1 | 2):
            return INCOMPLETE if _is_month(second) and 1 <= int(first) <= 31 else None
    return None


def read_glued(digits: str, checks: Validators) -> DateRead | None:
    """«31031986», «310386», «19860331»; «3121986» without zeros, where only one date fits; None: no date at all."""
    match len(digits):
        case 8:
            return _of_eight(digits, checks)
        case 6:
            spread = checks.birth_date(digits[0], digits[1], digits[2:])
            read = _glued_date(digits[:2], digits[2:4], digits[4:], checks)
            return read if read and read.fault != "date_impossible" else (spread if spread.value else read)
        case 7:
            cuts: Sequence[Triple] = ((digits[0], digits[1:3], digits[3:]), (digits[:2], digits[2], digits[3:]))
            read = best_of(checks.birth_date(*cut) for cut in cuts if "0" not in (cut[0], cut[1]))
            return None if read == IMPOSSIBLE else read
    return None


def _glued_date(day: str, month: str, year: str, checks: Validators) -> DateRead | None:
    """What is written without signs is a date only where it nearly is one."""
    near = int(day) <= DAY_AT_MOST and int(month) <= MONTH_AT_MOST
    return checks.birth_date(day, month, year) if near else None


def _of_eight(digits: str, checks: Validators) -> DateRead | None:
    read = _glued_date(digits[:2], digits[2:4], digits[4:], checks)
    if read and read.fault is None:
        return read
    year_first = checks.birth_date(digits[6:], digits[4:6], digits[:4])
    return year_first if year_first.value else read


def _first_date(reads: Iterator[DateRead]) -> DateRead | None:
    return next((read for read in reads if read.value), None)


def _is_month(digits: str) -> bool:
    return 1 <= int(digits) <= 12


def _is_year(digits: str, checks: Validators) -> bool:
    return OLDEST_WRITTEN <= int(digits) <= checks.today.year + CENTURY


def is_year(digits: str, checks: Validators) -> bool:
    """True for four digits that are a year of somebody's life."""
    return len(digits) == 4 and checks.today.year - OLDEST_YEARS <= int(digits) <= checks.today.year


def read_groups(groups: Sequence[str], months: Mapping[int, int], checks: Validators, signs: str) -> DateRead | None:
    """A date that uses all groups. ``months``: the month in words that stands before a group, by the group's index;
    behind the last one by their count. ``signs``: all signs between the groups."""
    if months:
        return _with_words(groups, months, checks)
    match groups:
        case [digits]:
            return read_glued(digits, checks)
        case [first, second]:
            return read_two(first, second, checks)
        case [first, second, third]:
            return read_three((first, second, third), checks, slashes=signs == "//")
    return None


def _with_words(groups: Sequence[str], months: Mapping[int, int], checks: Validators) -> DateRead | None:
    if len(months) > 1 or len(groups) > 2:
        return None
    (at, month), *_ = months.items()
    if len(groups) == 2:
        year_first = len(groups[0]) == len("1986") and len(groups[1]) <= 2
        if at == 2 and not year_first:
            return None
        return read_with_month(groups[0], month, groups[1], checks)
    day_of = at == 1 and len(groups[0]) <= 2 and 1 <= int(groups[0]) <= 31
    return INCOMPLETE if day_of or (at == 0 and is_year(groups[0], checks)) else None
