"""One utterance of the hearing bench: what is said, which question it answers, and what has to come out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from ivr.bench.hearing.sound import Babble, Sound

BABBLE_DECIBELS = 10.0
CLEAN = "clean"
IN_BABBLE = "10 dB babble"


class Kind(StrEnum):
    """Which question an utterance answers, and how the answer is judged."""

    CARD = "card"
    """Sixteen digits, picked from the readings by the base of cards as in a call."""
    DIGITS = "digits"
    """Digits to a slot that knows their number."""
    DATE = "date"
    NAME = "name"
    YES_NO = "yes_no"
    """To a read-back."""
    EVERYWHERE = "everywhere"
    """A word that works at every question."""
    MENU = "menu"
    NUMBER_WORDS = "number_words"
    """Words of numbers one by one: judged by the best text, each word's meaning counts."""
    DATE_WORDS = "date_words"
    """Ordinals and months, judged alike."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is played once, and what is right."""

    voice: str
    """The set it comes from; a set is one voice."""
    row: str
    """The line of the table that it counts in."""
    kind: Kind
    said: str
    """The words, lower case, yo spelled as ye."""
    want: str
    """The value, or the progress where the answer is only a part of one."""
    sound: Sound
    condition: str = CLEAN

    @property
    def words(self) -> Sequence[str]:
        return self.said.split()


def in_babble(trial: Trial, files: tuple[Path, ...], seed: int) -> Trial:
    """The same with other people talking in the background."""
    sound = replace(trial.sound, babble=Babble(files, BABBLE_DECIBELS, seed))
    return replace(trial, sound=sound, condition=IN_BABBLE)
