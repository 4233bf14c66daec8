"""Single words, and short lists of words of a sort."""

import random
from collections.abc import Mapping

from ivr.speech.training.texts.deck import Deck
from ivr.speech.training.texts.known import vocabulary
from ivr.speech.training.texts.lexis import FEMININE, GENITIVE, MASCULINE, NEUTER, Words, cardinal_words, lexis
from ivr.speech.training.texts.numerals import cardinal, ordinal
from ivr.speech.training.texts.people import first_names, short_names
from ivr.speech.training.texts.phrases import keywords

OF_A_HUNDRED = {
    "digits": 15,
    "cardinals": 13,
    "pairs": 5,
    "ordinals": 19,
    "days": 3,
    "months": 9,
    "names": 7,
    "keywords": 10,
    "rarest": 19,
}
"""How often each sort comes. Ordinals, for a day alone is half of what tells one date from another."""
ROWS = {"ordinals": (1, 1, 1, 2, 3), "months": (1, 1, 2), "names": (1, 1, 2)}
"""Words of a sort in a row; one of the other sorts."""
RARE_AT_ONCE = (1, 2, 3, 4)
FORMS = (NEUTER, GENITIVE, MASCULINE, FEMININE)
"""Of ordinals that are said alone."""


class IsolatedDeck:
    """Deals one word mostly: a number, an ordinal, a month, a name, or what was said least so far."""

    def __init__(self, rng: random.Random, seen: Mapping[str, int]) -> None:
        """``seen``: how often each word was said so far; its owner goes on counting."""
        self._rng, self._seen = rng, seen
        self._words = sorted(vocabulary())
        rng.shuffle(self._words)
        self._decks = {sort: Deck(some, rng) for sort, some in _sorts().items()}
        self._sorts = Deck([sort for sort, share in OF_A_HUNDRED.items() for _ in range(share)], rng)

    def deal(self) -> Words:
        """The next one."""
        sort = self._sorts.deal()
        if sort == "rarest":
            return self._rarest(self._rng.choice(RARE_AT_ONCE))
        return tuple(word for _ in range(self._rng.choice(ROWS.get(sort, (1,)))) for word in self._decks[sort].deal())

    def _rarest(self, count: int) -> Words:
        """A list, so that fewer texts hold all words."""
        return tuple(sorted(self._words, key=lambda word: self._seen[word])[:count])


def _sorts() -> dict[str, list[Words]]:
    words = lexis()
    singles = {
        "digits": (words.cardinals[value] for value in range(11)),
        "cardinals": cardinal_words(),
        "ordinals": (forms[form] for forms in words.ordinals.values() for form in FORMS),
        "months": (form for forms in words.months.values() for form in (forms[0], *forms)),
        "names": (*first_names(), *short_names()),
        "keywords": keywords(),
    }
    return {
        **{sort: [tuple(said.split()) for said in some] for sort, some in singles.items()},
        "pairs": [tuple(cardinal(value)) for value in (*range(10, 20), *range(10, 100))],
        "days": [tuple(ordinal(value, NEUTER)) for value in range(1, 32)],
    }
