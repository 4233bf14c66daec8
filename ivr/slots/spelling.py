"""Names spelled aloud: by the names of letters, or by words whose first letters count."""

from collections.abc import Mapping

from ivr.slots.lexicon import Lexicon
from ivr.slots.words import fold

LETTERS_AT_LEAST = 3
"""Fewer names of letters beside each other are words: «и», «у», «а», «я» are said all the time."""


class Speller:
    """Reads letters out of words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._letters: Mapping[str, str] = lexicon.letters
        self._announced = lexicon.spelling
        self._fillers = frozenset(fold(filler) for filler in lexicon.fillers["person_name"])
        self._longest = max(len(form.split()) for form in lexicon.letters)

    def announced(self, text: str) -> bool:
        """True where the caller says that letters come."""
        return any(f" {phrase} " in f" {fold(text)} " for phrase in self._announced)

    def spelled(self, text: str) -> str:
        """The letters of a text that spells, else nothing.

        Behind an announcement a word that is no letter counts by its first one; «по буквам» may also come at the end.
        """
        if not self.announced(text):
            letters, others = self._cut(fold(text).split())
            return letters if len(letters) >= LETTERS_AT_LEAST and not others else ""
        for phrase in self._announced:
            before, found, after = f" {fold(text)} ".partition(f" {phrase} ")
            if found:
                return self._initials((after if after.strip() else before).split())
        return ""

    def _cut(self, words: list[str]) -> tuple[str, int]:
        """Letters in ``words``, and how many words are none."""
        letters, others, at = list[str](), 0, 0
        while at < len(words):
            used = self._used(words[at:])
            letters += self._letters[" ".join(words[at : at + used])] if used else ""
            others += not used
            at += used or 1
        return "".join(letters), others

    def _initials(self, words: list[str]) -> str:
        """Names of letters; or, where there are words besides, their first letters, without what is said in between."""
        words = [word for word in words if word.isalpha()]
        letters, others = self._cut(words)
        return "".join(word[0] for word in words if word not in self._fillers) if others else letters

    def _used(self, words: list[str]) -> int:
        """How many words at the beginning are the name of a letter."""
        lengths = range(min(self._longest, len(words)), 0, -1)
        return next((used for used in lengths if " ".join(words[:used]) in self._letters), 0)
