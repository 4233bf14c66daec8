"""Numbers of all kinds: strings of digits, amounts, counted things, times of day."""

import random
from collections.abc import Iterable

from ivr.book.phrases import expand
from ivr.speech.training.texts.deck import Deck
from ivr.speech.training.texts.lexis import Words, lexis, split, ways
from ivr.speech.training.texts.numerals import Group, agreeing, cardinal, in_groups, read_digits, whole

CARD_LENGTH = 16
CODE_LENGTHS = (6, 6, 6, 6, 4, 4, 4, 3, 5, 8)
MINUTES = (0, 0, 5, 10, 15, 20, 30, 40, 45, 50)
PHONE_SIZES = (
    (1, 3, 3, 2, 2),
    (1, 3, 3, 2, 2),
    (3, 3, 2, 2),
    (3, 3, 2, 2),
    (1, 3, 2, 2, 3),
    (1, 3, 3, 4),
    (2, 2, 3, 2, 2),
)


class Digits:
    """Strings of digits in which each ordered pair of digits comes equally often."""

    def __init__(self, rng: random.Random) -> None:
        self._firsts = Deck("0123456789", rng)
        self._next = {digit: Deck("0123456789", rng) for digit in "0123456789"}

    def string(self, length: int) -> str:
        """Digits."""
        digits = self._firsts.deal()
        while len(digits) < length:
            digits += self._next[digits[-1]].deal()
        return digits


class NumberDeck:
    """Deals numbers."""

    def __init__(self, rng: random.Random) -> None:
        self._rng, self.digits = rng, Digits(rng)
        self._units, self._clock = Deck(ways()["units"], rng), Deck(_phrases(ways()["clock"]), rng)
        self._before_genitive = Deck(ways()["before_genitive"], rng)
        self._genitives = Deck(lexis().genitives.items(), rng)
        self._sizes = Deck((100, 100, 1000, 1000, 10_000, 100_000), rng)
        self._teens, self._hundreds = Deck(range(10, 20), rng), Deck(range(100, 1000, 100), rng)
        self._small, self._hours = Deck(range(100), rng), Deck(range(1, 24), rng)

    def code(self) -> list[Group]:
        """The digits of an SMS, a PIN, a part of a card."""
        return read_digits(self.digits.string(self._rng.choice(CODE_LENGTHS)), self._rng)

    def card(self) -> list[Group]:
        """A card's digits, sometimes a part of them."""
        length = CARD_LENGTH if self._rng.random() < 0.8 else self._rng.choice((4, 8, 8, 12, 15, 17))
        return read_digits(self.digits.string(length), self._rng)

    def phone(self) -> list[Group]:
        """A mobile number of eleven digits, or ten without the eight."""
        sizes = self._rng.choice(PHONE_SIZES)
        number = self.digits.string(sum(sizes))
        if sizes[0] == 1:
            number = self._rng.choice("788") + "9" + number[2:]
        manner = in_groups(1) if self._rng.random() < 0.3 else in_groups(*sizes)
        return manner(number, self._rng)

    def whole(self) -> list[Group]:
        """A number by value; each below a hundred equally often."""
        size = self._sizes.deal()
        number = self._small.deal() if size == 100 else self._rng.randrange(size)
        return [Group(str(number), tuple(cardinal(number, feminine=self._rng.random() < 0.15)))]

    def several(self) -> list[Group]:
        """Numbers in a row, in which teens and hundreds come as often as tens: in digits of cards they are rare."""
        return [self._hundreds_and_teens() for _ in range(self._rng.randint(1, 5))]

    def _hundreds_and_teens(self) -> Group:
        rest = self._teens.deal() if self._rng.random() < 0.6 else self._small.deal()
        number = rest + (self._hundreds.deal() if self._rng.random() < 0.5 else 0)
        return Group(str(number), tuple(cardinal(number)))

    def counted(self) -> list[Group]:
        """«двадцать две минуты», «триста рублей»."""
        unit = self._units.deal()
        number = self._small.deal() if self._rng.random() < 0.6 else self._rng.randrange(100, 3000)
        said = cardinal(number, feminine=unit[0] in ways()["feminine_units"])
        return [Group(str(number), (*said, agreeing(unit, number)))]

    def in_genitive(self) -> list[Group]:
        """«около пяти»."""
        number, said = self._genitives.deal()
        return [Group(str(number), (*self._before_genitive.deal().split(), said))]

    def time(self) -> list[Group]:
        """«вчера в девятнадцать тридцать», «в семь часов вечера»."""
        hour, minute = self._hours.deal(), self._rng.choice(MINUTES)
        return [Group("", self._clock.deal()), self._at(hour, minute) if minute else self._at_full(hour)]

    def _at(self, hour: int, minute: int) -> Group:
        said = whole(f"{minute:02}", self._rng)
        return Group(f"{hour}{said.digits}", (*cardinal(hour), *said.words))

    def _at_full(self, hour: int) -> Group:
        hours = [agreeing(ways()["hour"], hour)] if self._rng.random() < 0.5 else []
        return Group(str(hour), (*cardinal(hour), *hours, self._rng.choice(ways()["parts_of_day"])))


def _phrases(templates: Iterable[str]) -> tuple[Words, ...]:
    return split(phrase for template in templates for phrase in expand(template))
