"""The questions that the bench asks, as a call opens them, and whether an answer was understood."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from ivr.bench.hearing.trials import Kind, Trial
from ivr.content import GRAMMARS, Content, current_content
from ivr.dialog.commands import Listen
from ivr.dialog.events import Utterance
from ivr.dialog.forms import Complete, DialogBook, Partial, Reading, Rejection, SlotType
from ivr.dialog.meaning import read_confirmation, universal_of
from ivr.slots.card_number import card_number
from ivr.slots.choice import Choice, Option
from ivr.slots.lexicon import Lexicon, load_lexicon
from ivr.slots.words import Vocabulary, Word
from ivr.speech.recognizer import Ear

MENU_FILE = Path(__file__).with_name("menu.tsv")
CARD = "card_number"


class Verdict(StrEnum):
    RIGHT = "right"
    """What the hotline would read back, or take, is what was said."""
    WRONG = "wrong"
    AGAIN = "again"
    """It would ask again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as ``ivr.media.question.Question`` takes it."""

    book: DialogBook
    listen: Listen

    def read(self, utterance: Utterance) -> Reading:
        """What the dialogue makes of an utterance when nothing was said before."""
        field = self.book.fields[self.listen.field]
        return read_confirmation(self.book, field, utterance) if self.listen.confirming else field.slot.read(utterance)

    def everywhere(self, utterance: Utterance) -> str | None:
        """The everywhere-word that the utterance is."""
        return universal_of(self.book, utterance)


class Questions:
    """Makes questions for trials. ``ear``: options of the menu that the model has no words for are left out."""

    def __init__(self, ear: Ear) -> None:
        self.content: Content = current_content()
        self.lexicon: Lexicon = load_lexicon(GRAMMARS / "lexicon")
        self._ear = ear
        self._digit_slots: dict[int, SlotType] = {}

    @cached_property
    def menu(self) -> Choice:
        """A menu as this hotline's mission has it; its phrases stand in ``menu.tsv``."""
        phrases: dict[str, tuple[str, ...]] = {}
        for line in MENU_FILE.read_text("utf-8").splitlines():
            value, phrase = line.split("\t")
            if not self._ear.missing_words(phrase.split()):
                phrases[value] = (*phrases.get(value, ()), phrase)
        return Choice("menu", {value: Option(texts) for value, texts in phrases.items()})

    @cached_property
    def word_meanings(self) -> Vocabulary:
        lexicon = self.lexicon
        return Vocabulary({**lexicon.numbers, **lexicon.ordinals, **lexicon.dates}, lexicon.marks)

    def digits(self, length: int) -> SlotType:
        """The slot type of a string of digits, weighted and read like a card's number."""
        if length not in self._digit_slots:
            self._digit_slots[length] = card_number(self.lexicon, length)
        return self._digit_slots[length]

    def asked(self, trial: Trial) -> Asked:
        match trial.kind:
            case Kind.DIGITS | Kind.NUMBER_WORDS:
                return self.by_slot(CARD, self.digits(len(trial.want)))
            case Kind.DATE | Kind.DATE_WORDS:
                return self.of("birth_date")
            case Kind.NAME:
                return self.of("person_name")
            case Kind.YES_NO:
                return self.of(CARD, confirming=True)
            case Kind.MENU:
                return self.by_slot(CARD, self.menu)
            case Kind.CARD | Kind.EVERYWHERE:
                return self.of(CARD)

    def of(self, field: str, *, confirming: bool = False) -> Asked:
        """A question of the hotline's own book."""
        return Asked(self.content.book, Listen(field, confirming))

    def by_slot(self, field: str, slot: SlotType) -> Asked:
        """The same question with another kind of answer."""
        book = self.content.book
        changed: Mapping[str, object] = {**book.fields, field: replace(book.fields[field], slot=slot)}
        return Asked(replace(book, fields=changed), Listen(field))  # type: ignore[arg-type]

    def judge(self, trial: Trial, utterance: Utterance) -> tuple[Verdict, str]:
        """The verdict, and the value that the hotline would go on with; empty where it would ask again."""
        asked = self.asked(trial)
        everywhere = asked.everywhere(utterance)
        if trial.kind is Kind.EVERYWHERE:
            return _verdict(everywhere or "", trial.want)
        if everywhere:
            return Verdict.WRONG, everywhere
        if trial.kind in (Kind.NUMBER_WORDS, Kind.DATE_WORDS):
            return _verdict(self.meaning(utterance.best_text), self.meaning(trial.said))
        reading = asked.read(utterance)
        match reading:
            case Complete(values):
                return _verdict(values[0], trial.want)
            case Partial(progress) if trial.kind is Kind.DATE and not trial.want[0].isdigit():
                return _verdict(progress, trial.want)
            case Partial() | Rejection():
                return Verdict.AGAIN, ""

    def meaning(self, text: str) -> str:
        """Words of numbers and dates by what they mean: grammatical forms of one number are alike."""
        tokens = (token for token in self.word_meanings.tokens(text) if isinstance(token, Word))
        return " ".join(f"{token.kind}:{token.value}" for token in tokens)


def _verdict(value: str, want: str) -> tuple[Verdict, str]:
    if not value:
        return Verdict.AGAIN, ""
    return (Verdict.RIGHT if value == want else Verdict.WRONG), value
