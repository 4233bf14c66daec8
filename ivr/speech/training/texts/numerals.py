"""Numbers into words, and a string of digits into groups of words, in all the ways of callers."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ivr.speech.training.texts.lexis import lexis, ways


class Group(NamedTuple):
    """Digits that are read in one go."""

    digits: str
    words: tuple[str, ...]


Manner = Callable[[str, random.Random], list[Group]]
"""A way of reading digits."""


def cardinal(number: int, *, feminine: bool = False) -> list[str]:
    """«две тысячи пять». ``number``: from 0 to 999,999."""
    if number == 0:
        return [lexis().cardinals[0]]
    thousands, rest = divmod(number, 1000)
    return (_thousands(thousands) if thousands else []) + _below_thousand(rest, feminine)


def _thousands(count: int) -> list[str]:
    """«тысяча», «двадцать две тысячи»."""
    counted = [] if count == 1 else _below_thousand(count, True)
    return [*counted, agreeing(lexis().thousand, count)]


def _below_thousand(number: int, feminine: bool) -> list[str]:
    forms = {**lexis().cardinals, **lexis().feminine} if feminine else lexis().cardinals
    return [forms[value] for value in _parts(number)]


def _parts(number: int) -> Iterator[int]:
    """345: 300, 40, 5."""
    hundreds, rest = number // 100 * 100, number % 100
    if hundreds:
        yield hundreds
    if rest in lexis().cardinals and rest:
        yield rest
    elif rest:
        yield from (rest // 10 * 10, rest % 10)


def agreeing(forms: Sequence[str], count: int) -> str:
    """The form that stands after ``count``: «рубль», «рубля», «рублей»."""
    last, before = count % 10, count // 10 % 10
    if before == 1 or last == 0 or last > 4:
        return forms[2]
    return forms[0] if last == 1 else forms[1]


def ordinal(number: int, form: int) -> list[str]:
    """«двадцать третьего». ``number``: from 1 to 99; ``form``: see ``lexis``."""
    if number in lexis().ordinals:
        return [lexis().ordinals[number][form]]
    return [lexis().cardinals[number // 10 * 10], lexis().ordinals[number % 10][form]]


def zero(rng: random.Random) -> str:
    """Mostly «ноль»."""
    words: dict[str, int] = ways()["zero_words"]
    return rng.choices(list(words), list(words.values()))[0]


def whole(digits: str, rng: random.Random) -> Group:
    """One number, its leading zeros one by one: «ноль ноль семь»."""
    rest = digits.lstrip("0")
    zeros = [zero(rng) for _ in range(len(digits) - len(rest))]
    return Group(digits, (*zeros, *(cardinal(int(rest)) if rest else ())))


def in_groups(*sizes: int) -> Manner:
    """Groups of these sizes by turns."""

    def read(digits: str, rng: random.Random) -> list[Group]:
        groups, at, turn = list[Group](), 0, 0
        while at < len(digits):
            size = sizes[turn % len(sizes)]
            groups.append(whole(digits[at : at + size], rng))
            at, turn = at + size, turn + 1
        return groups

    return read


def mixed(digits: str, rng: random.Random) -> list[Group]:
    """Groups of one to three digits in any order, rarely four."""
    groups, at = list[Group](), 0
    while at < len(digits):
        size = rng.choices((1, 2, 3, 4), (3, 4, 2, 0.5))[0]
        groups.append(whole(digits[at : at + size], rng))
        at += size
    return groups


def in_fours(digits: str, rng: random.Random) -> list[Group]:
    """The blocks of a card, each in a manner of its own."""
    blocks = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    return [group for block in blocks for group in rng.choice(_BLOCK_MANNERS)(block, rng)]


_BLOCK_MANNERS = (in_groups(1), in_groups(2), in_groups(2), in_groups(4), in_groups(1, 3), in_groups(3, 1))


def in_runs(digits: str, rng: random.Random) -> list[Group]:
    """Repeated digits by their count: «два нуля», «дважды пять», «три семёрки»; others as they are."""
    return [Group(run, tuple(_counted(run, rng))) if len(run) > 1 else whole(run, rng) for run in _runs(digits)]


def _runs(digits: str) -> Iterator[str]:
    start = 0
    for at in range(1, len(digits) + 1):
        if at == len(digits) or digits[at] != digits[start] or at - start == 4:
            yield digits[start:at]
            start = at


def _counted(run: str, rng: random.Random) -> list[str]:
    digit, count = int(run[0]), len(run)
    nouns = ways()["counted"][digit]
    if rng.random() < 0.4:
        times = rng.choice(ways()["times"][count])
        after = rng.choice(nouns[2]) if times in ways()["pair_of"] else lexis().cardinals[digit]
        return [*times.split(), after]
    counted = cardinal(count, feminine=digit not in ways()["masculine_nouns"])
    return [*counted, rng.choice(nouns[1])]


def by_nouns(digits: str, rng: random.Random) -> list[Group]:
    """«Семёрка, двойка, единица»."""
    return [Group(digit, (rng.choice(ways()["counted"][int(digit)][0]),)) for digit in digits]


def feminine_singly(digits: str, rng: random.Random) -> list[Group]:
    """«Одна», «две» for 1 and 2."""
    return [Group(digit, tuple(cardinal(int(digit), feminine=rng.random() < 0.8))) for digit in digits]


MANNERS: tuple[tuple[Manner, float], ...] = (
    (in_groups(1), 30),
    (in_groups(2), 24),
    (in_groups(3), 7),
    (in_groups(3, 3, 2), 4),
    (in_groups(4), 5),
    (in_fours, 12),
    (mixed, 10),
    (in_runs, 5),
    (by_nouns, 2),
    (feminine_singly, 3),
)
"""Ways of reading and how often they are met; singles and pairs are what callers do most."""


def read_digits(digits: str, rng: random.Random) -> list[Group]:
    """Digits in one of the ways."""
    manner = rng.choices([manner for manner, _ in MANNERS], [weight for _, weight in MANNERS])[0]
    return manner(digits, rng)
