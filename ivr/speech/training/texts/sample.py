"""The sampler: what is said how often."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from ivr.speech.training.texts.dates import in_parts, say_date
from ivr.speech.training.texts.deck import Deck
from ivr.speech.training.texts.faltering import Faltering, other_digits
from ivr.speech.training.texts.isolated import IsolatedDeck
from ivr.speech.training.texts.known import vocabulary
from ivr.speech.training.texts.lexis import Words, openings, split, ways
from ivr.speech.training.texts.numbers import NumberDeck
from ivr.speech.training.texts.numerals import Group
from ivr.speech.training.texts.people import NameDeck
from ivr.speech.training.texts.phrases import PhraseDeck, answers, commands, greetings, problems, sentences


@dataclass(frozen=True, slots=True)
class Text:
    """What one utterance says."""

    words: Words
    kind: str
    """One of ``KINDS``."""


OF_A_HUNDRED = {
    "number": 13,
    "card": 10,
    "correction": 4,
    "date": 13,
    "name": 9,
    "answer": 5,
    "command": 6,
    "menu": 12,
    "sentence": 12,
    "isolated": 16,
}
"""How often each kind comes. People answer with one word often, and digits decide whether a card is right."""
KINDS = tuple(OF_A_HUNDRED)
FIRST_DAY, LAST_DAY = date(1920, 1, 1), date(2015, 12, 31)
TRIES = {"name": (2, 5), "answer": (1, 2), "command": (1, 1, 2), "menu": (1, 4)}
"""Of so many texts, as it falls out, the one is taken whose rarest word is the rarest so far. Kinds of many words need
it: a word that is never spoken is heard only by the sounds that it shares with others."""


def sample_texts(count: int, seed: int) -> list[Text]:
    """``count`` texts, lower-case Russian words without digits or signs; the same for the same arguments."""
    sampler = _Sampler(random.Random(seed))
    return [sampler.text() for _ in range(count)]


class _Sampler:
    def __init__(self, rng: random.Random) -> None:
        self._rng, self._seen = rng, Counter[str]()
        self._kinds = Deck([kind for kind, share in OF_A_HUNDRED.items() for _ in range(share)], rng)
        self._numbers, self._names, self._isolated = NumberDeck(rng), NameDeck(rng), IsolatedDeck(rng, self._seen)
        self._days = Deck(range((LAST_DAY - FIRST_DAY).days + 1), rng)
        self._answers, self._commands = PhraseDeck(answers(), rng), PhraseDeck(commands(), rng)
        self._problems, self._greetings = PhraseDeck(problems(), rng), PhraseDeck(greetings(), rng)
        self._sentences = Deck(split(sentences()), rng)
        self._openings = {kind: Deck(openings(kind), rng) for kind in ways()["openings"]}
        self._faltering, self._endings = Faltering(rng), Deck(split(ways()["endings"]), rng)
        self._say: dict[str, Callable[[], Words]] = {
            "number": self._number,
            "card": lambda: self._spoken("card", self._numbers.card()),
            "correction": self._correction,
            "date": self._date,
            "name": lambda: (*self._opened("name"), *self._names.deal()),
            "answer": self._answers.deal,
            "command": self._commands.deal,
            "menu": self._menu,
            "sentence": self._sentences.deal,
            "isolated": self._isolated.deal,
        }

    def text(self) -> Text:
        """The next one."""
        kind = self._kinds.deal()
        tries = [self._say[kind]() for _ in range(self._rng.choice(TRIES.get(kind, (1,))))]
        words = min(tries, key=self._rarity)
        self._seen.update(words)
        return Text(words, kind)

    def _rarity(self, words: Words) -> int:
        """How often the rarest of these was said so far; words outside the vocabulary do not count."""
        return min((self._seen[word] for word in words if word in vocabulary()), default=len(self._seen))

    def _opened(self, kind: str, share: float = 0.35) -> Words:
        """Words before an answer, mostly none."""
        return self._openings[kind].deal() if self._rng.random() < share else ()

    def _number(self) -> Words:
        numbers = self._numbers
        kinds = (
            ("code", numbers.code, 35),
            ("phone", numbers.phone, 13),
            ("number", numbers.whole, 14),
            ("number", numbers.several, 15),
            ("", numbers.counted, 10),
            ("", numbers.in_genitive, 6),
            ("", numbers.time, 7),
        )
        opening, said, _ = self._rng.choices(kinds, [share for *_, share in kinds])[0]
        return self._spoken(opening, said())

    def _spoken(self, opening: str, groups: list[Group]) -> Words:
        said = self._faltering.hesitate([group.words for group in groups])
        closing = self._endings.deal() if self._rng.random() < 0.06 else ()
        return (*(self._opened(opening) if opening else ()), *said, *closing)

    def _date(self) -> Words:
        said = say_date(self._day(), self._rng)
        return (*self._opened("date"), *self._faltering.hesitate([(word,) for word in said], 0.12))

    def _day(self) -> date:
        return FIRST_DAY + timedelta(days=self._days.deal())

    def _menu(self) -> Words:
        greeting = self._greetings.deal() if self._rng.random() < 0.3 else ()
        return (*greeting, *self._problems.deal())

    def _correction(self) -> Words:
        said = self._rng.choices((self._corrected_digits, self._corrected_date, self._corrected_name), (5, 3, 1))[0]
        return self._faltering.hesitate(said())

    def _corrected_digits(self) -> list[Words]:
        groups = self._rng.choice((self._numbers.code, self._numbers.card))()
        said, at = [group.words for group in groups], self._rng.randrange(len(groups))
        wrong = other_digits(groups[at], self._rng)
        if self._rng.random() < 0.2:
            return self._faltering.start_over(said, [*said[:at], wrong])
        return self._faltering.correct(said, at, wrong)

    def _corrected_date(self) -> list[Words]:
        said, other = in_parts(self._day(), self._rng), in_parts(self._day(), self._rng)
        at = self._rng.randrange(len(said))
        return self._faltering.correct(said, at, other[at])

    def _corrected_name(self) -> list[Words]:
        return self._faltering.correct([self._names.deal()], 0, self._names.deal())
