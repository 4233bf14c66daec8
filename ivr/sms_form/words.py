"""The words of written messages: what each one means, however it is spelled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rapidfuzz.distance import OSA

from ivr.slots.lexicon import Lexicon
from ivr.slots.person_name import PersonName
from ivr.sms_form.alphabets import LATIN, Alphabets

LabelKind = Literal["name", "card", "date", "phone"]
LETTERS_TO_SWITCH = 4
"""A shorter Russian word is never taken for a Latin one in the wrong layout: too many words look so."""
LONG_WORD = 6
"""A word without a meaning that is one slip away from a common one of so many letters is that one."""
LONG_MONTH = 4


@dataclass(frozen=True, eq=False)
class Replies:
    """Texts of the answers and of what stands in them."""

    texts: Mapping[str, str]
    """By fault or verdict."""
    form: str
    patterns: Mapping[str, str]
    """What stands for a part that is wanted: ``name``, ``card``, ``date``."""
    masks: Mapping[str, str]
    """How a part that was understood is shown: ``card``, ``date``."""
    own: Mapping[str, str]
    """The hotline's own values, such as its number."""


@dataclass(frozen=True, eq=False)
class SmsWords:
    """All words; those of dates and names also from the lexicon that calls are understood by. Compared by identity."""

    lexicon: Lexicon
    alphabets: Alphabets
    labels: Mapping[str, LabelKind]
    fillers: frozenset[str]
    stems: tuple[str, ...]
    beside_endings: tuple[str, ...]
    """An unknown word that ends so is no name."""
    corrections: frozenset[str]
    suffixes: frozenset[str]
    months: Mapping[str, int]
    names: Mapping[str, tuple[str, ...]]
    """A first name as it is written to the full names that it may stand for."""
    cases: tuple[tuple[str, str], ...]
    """An ending of a name in another case, and its own."""
    patronymic_endings: tuple[str, ...]
    patronymics: frozenset[str]
    surname_endings: tuple[str, ...]
    """A word that ends so is no first name."""
    likely_surname_endings: tuple[str, ...]
    replies: Replies
    own_numbers: frozenset[str]
    """Digits that are no card: the short number itself."""

    @cached_property
    def person_name(self) -> PersonName:
        """The slot type that reads names in calls."""
        return PersonName(self.lexicon)

    def means(self, word: str) -> bool:
        """True for every word that some list knows."""
        return word in self.names or word in self.months or self.is_patronymic(word) or self.is_known_beside(word)

    def is_known_beside(self, word: str) -> bool:
        """True for what stands around names, numbers and dates."""
        return (
            word in self.fillers
            or word in self.labels
            or word in self.corrections
            or word in self._numerals
            or word.startswith(self.stems)
            or (len(word) >= LONG_WORD and word not in self.names and word.endswith(self.beside_endings))
        )

    def name_in_case(self, word: str) -> str | None:
        """The full name of «Веры» or «Сергея»; None where there is none, or several."""
        ends = ((word[: len(word) - len(other)] + own) for other, own in self.cases if word.endswith(other))
        names = {name for name in ends if len(name) >= LETTERS_TO_SWITCH and name in self.names}
        return names.pop() if len(names) == 1 else None

    def is_patronymic(self, word: str) -> bool:
        return word in self.patronymics or (len(word) > LONG_WORD and word.endswith(self.patronymic_endings))

    def is_surname(self, word: str) -> bool:
        """True for a word that can be nothing but a surname."""
        return len(word) >= LETTERS_TO_SWITCH and word not in self.names and word.endswith(self.surname_endings)

    def is_like_surname(self, word: str) -> bool:
        likely = word.endswith((*self.surname_endings, *self.likely_surname_endings)) or "-" in word
        return len(word) >= LETTERS_TO_SWITCH and likely

    def month(self, word: str) -> int | None:
        """The month of a word between a day and a year, one slip allowed; None where it is none, or may be two.

        A name that sounds like a month is one too: ``7 iyulya`` and ``Yuliya`` are letters of the same sounds.
        """
        if word in self.months or len(word) < LONG_MONTH or self.means(word):
            sound = self.alphabets.sounds(word)[0] if word in self.names else ""
            return self.months.get(word) or self._months_by_sound.get(sound)
        near = {number for form, number in self.months.items() if len(form) >= LONG_MONTH and _is_slip(word, form)}
        return near.pop() if len(near) == 1 else None

    def resolve(self, raw: str) -> str:
        """A written word in plain Russian letters: as some list knows it, else letter by letter."""
        word = self.alphabets.plain(raw)
        if self.means(word):
            return word
        return next((one for one in self._variants(word) if self.means(one)), "") or self._unknown(word)

    def in_other_layout(self, raw: str) -> str | None:
        """What a Latin word means in the other layout; None where it means nothing there."""
        word = self.alphabets.other_layout(self.alphabets.plain(raw))
        return word if self.means(word) and self.alphabets.is_russian(word) else None

    def _variants(self, word: str) -> Iterator[str]:
        tables = self.alphabets
        latin = "".join(LATIN.findall(word))
        if latin and len(latin) < sum(map(str.isalpha, word)):
            yield tables.without_lookalikes(word)
        elif latin:
            yield from self._sounding(word)
            yield tables.other_layout(word)
            yield tables.without_lookalikes(word)
        elif len(word) >= LETTERS_TO_SWITCH:
            yield from self._sounding(tables.other_layout(word))

    def _sounding(self, word: str) -> Iterator[str]:
        plain = word.replace("'", "")
        yield from (self._by_latin[plain] for _ in range(plain in self._by_latin))
        yield from (self._by_sound[sound] for sound in self.alphabets.sounds(word) if sound in self._by_sound)

    def _unknown(self, word: str) -> str:
        tables = self.alphabets
        if LATIN.search(word):
            mixed = any(letter in tables.latin for letter in word)
            word = tables.in_cyrillic(tables.without_lookalikes(word) if mixed else word)
        if len(word) < LONG_WORD or any(OSA.distance(word, name, score_cutoff=1) <= 1 for name in self.names):
            return word
        return next((one for one in self._long_words if _is_slip(word, one)), word)

    @cached_property
    def _long_words(self) -> tuple[str, ...]:
        return tuple(sorted(word for word in (*self.fillers, *self.labels) if len(word) >= LONG_WORD))

    @cached_property
    def _numerals(self) -> frozenset[str]:
        """Numbers in words, for dates that are written out."""
        return frozenset((*self.lexicon.numbers, *self.lexicon.ordinals)) - self.names.keys()

    @cached_property
    def _months_by_sound(self) -> Mapping[str, int]:
        long = ((word, month) for word, month in self.months.items() if len(word) > 2)
        return {sound: month for word, month in long for sound in self.alphabets.sounds(word)[:1]}

    @cached_property
    def _by_latin(self) -> Mapping[str, str]:
        """Names as the table of letters writes them: of several with one sound the one that is meant."""
        latin = self.alphabets.latin
        return {"".join(latin.get(letter, letter) for letter in name): name for name in self.names}

    @cached_property
    def _by_sound(self) -> Mapping[str, str]:
        """A sound to its word; names first, so that they keep a sound that a filler shares."""
        found: dict[str, str] = {}
        for words in (self.names, self.months, self.labels, sorted(self.fillers), sorted(self.corrections)):
            for word in words:
                for sound in self.alphabets.sounds(word):
                    found.setdefault(sound, word)
        return found


def _is_slip(one: str, other: str) -> bool:
    """One letter lost, doubled or exchanged, or two letters swapped."""
    return abs(len(one) - len(other)) <= 1 and OSA.distance(one, other, score_cutoff=1) <= 1
