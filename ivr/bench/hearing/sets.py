"""The recordings that hearing is measured on, each with what it says and the answer it gives.

A set is a folder with ``index.tsv``: file, tab, text. Which question an utterance answers is read from its words; what
answers none, or may be understood in two ways, is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.bench.hearing.questions import Questions
from ivr.bench.hearing.sound import Piece, Sound
from ivr.bench.hearing.trials import Kind, Trial
from ivr.dialog.events import said
from ivr.dialog.forms import Complete, Partial
from ivr.errors import AudioError
from ivr.slots.digits import read_digits
from ivr.slots.words import Vocabulary, fold

ELENA = "real-elena"
JOINED = "real-elena-joined"
SYNTHETIC = ("tts-victoria", "tts-mikhail")
LONGEST = 24
"""Digits; longer strings are of no use to anybody."""
JOINED_ROWS = {
    "phone_digits": "11 single digits",
    "phone_groups": "11 digits in groups",
    "digits4": "4 single digits",
    "digits6": "6 single digits, as a code",
    "number1_999": "numbers below a thousand",
    "number1000_999999": "numbers below a million",
}
WHOLE_NUMBERS = ("numbers below a thousand", "numbers below a million")
"""Lines whose utterances are one number each, though as strings of digits they may be read in other ways."""
NUMBERS = "isolated numbers"
ORDINALS = "isolated ordinals and months"
DIGITS = "strings of 1 to 16 digits"
DATES = "dates with a year"
SHORT_DATES = "dates without a year"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line of a set's index."""

    voice: str
    file: Path
    text: str
    """Lower case, yo spelled as ye."""


def read_set(folder: Path) -> list[Recorded]:
    """All recordings of a set. Raises ``AudioError`` where there is no index."""
    index = folder / "index.tsv"
    if not index.is_file():
        raise AudioError(f"{folder} holds no index.tsv: give the folder that holds the sets, such as {ELENA}.")
    rows = [line.split("\t") for line in index.read_text("utf-8").splitlines()]
    return [Recorded(folder.name, folder / row[0], fold(row[1])) for row in rows]


class Labels:
    """Finds out which question a text answers, and with what."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        lexicon = questions.lexicon
        self._fillers = {slot: _words(phrases) for slot, phrases in lexicon.fillers.items()}
        self._numbers = set(lexicon.numbers)
        self._spoken_numbers = _words(lexicon.heard["cardinals"] + lexicon.heard["rare"])
        self._spoken_dates = _words(lexicon.heard["ordinals"] + lexicon.heard["dates"])
        self._date_words = self._numbers | set(lexicon.ordinals) | set(lexicon.dates)
        self._names = _words(lexicon.heard["names"])
        self._vocabulary = Vocabulary(lexicon.numbers, lexicon.marks)
        self._answers = {phrase for phrases in lexicon.answers.values() for phrase in phrases}

    def isolated(self, one: Recorded) -> Trial | None:
        """A word of numbers or dates by itself, if the hotline listens for it."""
        words = set(one.text.split())
        if words <= self._spoken_numbers:
            digits = self._shortest(one.text) or "0000"
            return _trial(one, NUMBERS, Kind.NUMBER_WORDS, digits)
        if words <= self._spoken_numbers | self._spoken_dates:
            return _trial(one, ORDINALS, Kind.DATE_WORDS, one.text)
        return None

    def answer(self, one: Recorded, row: str | None = None) -> Trial | None:
        """Any other answer. ``row``: the table's line, for a set that has several of digits."""
        return self._number(one, row) or self._date(one) or self._other(one)

    def _number(self, one: Recorded, row: str | None) -> Trial | None:
        words = set(one.text.split())
        if not words & self._numbers or not words <= self._numbers | self._fillers["card_number"]:
            return None
        shortest = self._shortest(one.text)
        certain = row in WHOLE_NUMBERS or shortest == self._natural(one.text)
        return _trial(one, row or DIGITS, Kind.DIGITS, shortest) if certain and shortest else None

    def _shortest(self, text: str) -> str:
        """The text as one number where it can be one: «пятьдесят одна тысяча» is 51000, not 50 and 1000."""
        slots = (self._questions.digits(length) for length in range(1, LONGEST + 1))
        readings = (slot.read(said(text)) for slot in slots)
        return next((reading.values[0] for reading in readings if isinstance(reading, Complete)), "")

    def _natural(self, text: str) -> str:
        """The text as a string of digits of any length."""
        return read_digits(self._vocabulary.tokens(text), LONGEST, 4).natural.digits

    def _date(self, one: Recorded) -> Trial | None:
        if not set(one.text.split()) <= self._date_words | self._fillers["birth_date"]:
            return None
        match self._questions.content.slot_types["birth_date"].read(said(one.text)):
            case Complete(values):
                return _trial(one, DATES, Kind.DATE, values[0])
            case Partial(progress) if progress.startswith("--") and not progress.startswith("---"):
                return _trial(one, SHORT_DATES, Kind.DATE, progress)
        return None

    def _other(self, one: Recorded) -> Trial | None:
        questions, heard = self._questions, said(one.text)
        if everywhere := questions.of("card_number").everywhere(heard):
            return _trial(one, "everywhere-words", Kind.EVERYWHERE, everywhere)
        answer = questions.content.book.yes_no.read(heard)
        if isinstance(answer, Complete) and one.text in self._answers:
            return _trial(one, "yes and no", Kind.YES_NO, answer.values[0])
        name = questions.content.slot_types["person_name"].read(heard)
        if isinstance(name, Complete) and set(one.text.split()) <= self._names | self._fillers["person_name"]:
            return _trial(one, "first names", Kind.NAME, name.values[0])
        option = questions.menu.read(heard)
        if isinstance(option, Complete) and len(option.values) == 1:
            return _trial(one, "menu", Kind.MENU, option.values[0])
        return None


def dev_trials(folder: Path, labels: Labels) -> Iterator[Trial]:
    """All utterances of the tuning sets below ``folder``, in the order of their indexes."""
    for one in read_set(folder / ELENA):
        if trial := labels.isolated(one):
            yield trial
    for one in read_set(folder / JOINED):
        if trial := labels.answer(one, JOINED_ROWS.get(one.file.name.rpartition("_")[0])):
            yield trial
    for voice in SYNTHETIC:
        for one in read_set(folder / voice):
            if trial := labels.answer(one):
                yield trial


def _trial(one: Recorded, row: str, kind: Kind, want: str) -> Trial:
    return Trial(one.voice, row, kind, one.text, want, Sound((Piece(one.file),)))


def _words(phrases: tuple[str, ...]) -> set[str]:
    return {fold(word) for phrase in phrases for word in phrase.split()}
