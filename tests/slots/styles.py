"""How callers say digits and dates: renderers that know nothing of the parser."""

from collections.abc import Callable, Iterator
from datetime import date

from hypothesis import strategies as st
from num2words import num2words

SINGLES = ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"]
COUNTED = {
    "0": ("нуля", "нулей"),
    "1": ("единицы", "единиц"),
    "2": ("двойки", "двоек"),
    "3": ("тройки", "троек"),
    "4": ("четвёрки", "четвёрок"),
    "5": ("пятёрки", "пятёрок"),
    "6": ("шестёрки", "шестёрок"),
    "7": ("семёрки", "семёрок"),
    "8": ("восьмёрки", "восьмёрок"),
    "9": ("девятки", "девяток"),
}
MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
NOMINATIVE = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]
FEMININE = {1: "одна", 2: "две"}


def cardinal(number: int) -> str:
    """«две тысячи пять»; one thousand is said without its one."""
    said: str = num2words(number, lang="ru")
    return said.removeprefix("одна ") if said.startswith("одна тысяча") else said


def group(digits: str) -> list[str]:
    """A group of digits as one number, its leading zeros said one by one."""
    zeros = len(digits) - len(digits.lstrip("0"))
    rest = digits[zeros:]
    return ["ноль"] * zeros + (cardinal(int(rest)).split() if rest else [])


def in_groups(size: int) -> Callable[[str], list[str]]:
    return lambda digits: [w for at in range(0, len(digits), size) for w in group(digits[at : at + size])]


def singly(digits: str) -> list[str]:
    return [SINGLES[int(digit)] for digit in digits]


def singly_feminine(digits: str) -> list[str]:
    return [FEMININE.get(int(digit), SINGLES[int(digit)]) for digit in digits]


def singly_with_null(digits: str) -> list[str]:
    return ["нуль" if digit == "0" else SINGLES[int(digit)] for digit in digits]


def fours_in_pairs_and_fours(digits: str) -> list[str]:
    """Blocks by turns as one number of thousands and as two pairs, with a noise between blocks."""
    words = []
    for turn, block in enumerate(digits[at : at + 4] for at in range(0, len(digits), 4)):
        words += [*(in_groups(2)(block) if turn % 2 else group(block)), "э"]
    return words


def runs(digits: str) -> Iterator[str]:
    """Stretches of one repeated digit."""
    start = 0
    for at in range(1, len(digits) + 1):
        if at == len(digits) or digits[at] != digits[start]:
            yield digits[start:at]
            start = at


def counted(digits: str) -> list[str]:
    """«два нуля», «три семёрки»; digits that stand alone as they are."""
    words = []
    for run in runs(digits):
        few, many = COUNTED[run[0]]
        count = "две" if len(run) == 2 and run[0] != "0" else cardinal(len(run))
        words += [SINGLES[int(run)]] if len(run) == 1 else [count, few if len(run) < 5 else many]
    return words


def doubled(digits: str) -> list[str]:
    """«дважды пять», «трижды два»; longer runs digit by digit."""
    words = []
    for run in runs(digits):
        times = {2: ["дважды"], 3: ["трижды"]}.get(len(run))
        words += [*times, SINGLES[int(run[0])]] if times else [SINGLES[int(run[0])]] * len(run)
    return words


def with_fillers(digits: str) -> list[str]:
    """Pairs with noises between them."""
    words = ["номер", "карты"]
    for number, pair in enumerate(digits[at : at + 2] for at in range(0, len(digits), 2)):
        words += [*group(pair), ("э", "так", "[unk]", "тире")[number % 4]]
    return words


DIGIT_STYLES: dict[str, Callable[[str], list[str]]] = {
    "singly": singly,
    "singly_feminine": singly_feminine,
    "singly_with_null": singly_with_null,
    "pairs": in_groups(2),
    "triples": in_groups(3),
    "fours": in_groups(4),
    "pairs_and_fours": fours_in_pairs_and_fours,
    "counted": counted,
    "doubled": doubled,
    "with_fillers": with_fillers,
}
FIRST_GUESS_STYLES = ("singly", "singly_feminine", "singly_with_null", "pairs", "fours", "doubled", "with_fillers")
"""Styles after which nothing else can be meant."""


@st.composite
def mixed_groups(draw: st.DrawFn, digits: str) -> list[str]:
    """Groups of one to four digits in any order, with a noise where two of them would sound like one number."""
    words, at, before = list[str](), 0, ""
    while at < len(digits):
        size = draw(st.integers(1, 4))
        piece = digits[at : at + size]
        if not piece.startswith("0") and ((before.endswith("0") and before.strip("0")) or len(piece) == 4):
            words.append("э")
        words += group(piece)
        at, before = at + size, piece
    return words


def ordinal(number: int, form: str) -> str:
    """``form``: neuter «третье», genitive «третьего», masculine «третий»."""
    case, gender = {"neuter": ("n", "n"), "genitive": ("g", "m"), "masculine": ("n", "m")}[form]
    said: str = num2words(number, lang="ru", to="ordinal", case=case, gender=gender)
    return said


def year_words(year: int, form: str) -> str:
    said = ordinal(year, form)
    return said.removeprefix("одна ") if said.startswith("одна тысяча") else said


def _one_thousand(year: int) -> str:
    return ("одна " if year < 2000 else "") + ordinal(year, "genitive")


def two_digits(number: int) -> str:
    return " ".join(group(f"{number:02}"))


def _fully(form: str, year_form: str = "genitive") -> Callable[[date], str]:
    return lambda day: f"{ordinal(day.day, form)} {MONTHS[day.month - 1]} {year_words(day.year, year_form)} года"


DATE_STYLES: dict[str, Callable[[date], str]] = {
    "neuter": _fully("neuter"),
    "genitive": _fully("genitive"),
    "masculine": _fully("masculine", "masculine"),
    "without_year_word": lambda d: f"{ordinal(d.day, 'neuter')} {MONTHS[d.month - 1]} {year_words(d.year, 'genitive')}",
    "one_thousand": lambda d: f"{ordinal(d.day, 'neuter')} {MONTHS[d.month - 1]} {_one_thousand(d.year)} года",
    "nominative_month": lambda d: f"{ordinal(d.day, 'masculine')} {NOMINATIVE[d.month - 1]} {cardinal(d.year)}",
    "cardinals": lambda d: f"{cardinal(d.day)} {cardinal(d.month)} {cardinal(d.year)}",
    "cardinals_with_zero": lambda d: f"{two_digits(d.day)} {two_digits(d.month)} {cardinal(d.year)}",
    "ordinal_month": lambda d: (
        f"{ordinal(d.day, 'neuter')} {ordinal(d.month, 'neuter')} {year_words(d.year, 'genitive')}"
    ),
    "zero_ordinal_month": lambda d: (
        f"{ordinal(d.day, 'neuter')} {_with_zero(d.month, 'neuter')} {year_words(d.year, 'genitive')}"
    ),
    "born": lambda d: f"родился {ordinal(d.day, 'genitive')} {MONTHS[d.month - 1]} {cardinal(d.year)} года",
    "year_in_halves": lambda d: (
        f"{ordinal(d.day, 'neuter')} {MONTHS[d.month - 1]} {cardinal(d.year // 100)} {two_digits(d.year % 100)}"
    ),
    "digit_by_digit": lambda d: " ".join(singly(d.strftime("%d%m%Y"))),
    "short_year": lambda d: f"{two_digits(d.day)} {two_digits(d.month)} {two_digits(d.year % 100)}",
    "short_ordinal_year": lambda d: (
        f"{ordinal(d.day, 'neuter')} {MONTHS[d.month - 1]} {_short_ordinal(d.year % 100)} года"
    ),
}
SHORT_YEAR_STYLES = ("short_year", "short_ordinal_year")
"""The century is left open, so that another reading may come first."""


def _short_ordinal(year: int) -> str:
    if year == 0:
        return "двухтысячного"
    return _with_zero(year, "genitive")


def _with_zero(number: int, form: str) -> str:
    return ("ноль " if number < 10 else "") + ordinal(number, form)
