"""Numbers in Russian words, and nouns as they are said behind them."""

from num2words import num2words

LANGUAGE = "ru"


def cardinal(number: int) -> str:
    """As one counts; masculine."""
    return str(num2words(number, lang=LANGUAGE))


def ordinal(number: int) -> str:
    """A place in a row; masculine."""
    return str(num2words(number, lang=LANGUAGE, to="ordinal"))


def feminine_of(number: int) -> str:
    """The genitive of what is feminine, such as minutes."""
    return str(num2words(number, lang=LANGUAGE, case="g", gender="f"))


def feminine_for(number: int) -> str:
    """The accusative of what is feminine and no living being."""
    return str(num2words(number, lang=LANGUAGE, case="a", gender="f", animate=False))


def plural(count: int, forms: tuple[str, str, str]) -> str:
    """The noun behind a number. ``forms``: behind one, a few, many; 21 is one, 12 is many."""
    last_two, last = count % 100, count % 10
    if last_two in range(11, 15):
        return forms[2]
    return forms[0] if last == 1 else forms[1] if last in (2, 3, 4) else forms[2]
