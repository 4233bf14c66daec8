"""The plain way to use the recognizer, to compare with: a list of words, the best text, no slots and no turns.

Two lists are tried. *Words*: each word of the question once, as the recognizer's own examples have it. *Pairs*: the
words of values and one phrase of all their ordered pairs, which the first figures of the model were measured with.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ivr.bench.hearing.questions import Questions
from ivr.bench.hearing.sound import Played
from ivr.bench.hearing.trials import Kind, Trial
from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.media.codec import BYTES_PER_SECOND, decode
from ivr.slots.phrase_lists import ordered_pairs
from ivr.slots.words import fold
from ivr.speech.recognizer import Ear

CHUNK_BYTES = 1600
"""0.1 s of samples."""
TAIL_SECONDS = 0.6
NUMBERS = (Kind.CARD, Kind.DIGITS, Kind.NUMBER_WORDS)
DATES = (Kind.DATE, Kind.DATE_WORDS)


class Way(StrEnum):
    WORDS = "words"
    PAIRS = "pairs"


@dataclass(frozen=True, slots=True)
class PlainText:
    """What was heard the plain way."""

    text: str
    """Yo spelled as ye, without unknown words."""
    audio: float
    """Seconds."""
    work: float
    """Seconds of processor time."""


class PlainEar:
    """Decodes trials the plain way."""

    def __init__(self, ear: Ear, questions: Questions) -> None:
        self._ear, self._questions = ear, questions
        heard = questions.lexicon.heard
        self._cardinals = self._known(heard["cardinals"] + heard["rare"])
        self._dates = self._known(self._cardinals + heard["ordinals"] + heard["dates"])
        self._lists: dict[tuple[Way, Kind], tuple[str, ...]] = {}

    def hear(self, trial: Trial, way: Way, played: Played) -> PlainText | None:
        """None where the way does not apply: pairs are for numbers and dates, without words around them."""
        if way is Way.PAIRS and not self._strict_words(trial.kind).issuperset(trial.words):
            return None
        cut = played.mulaw[: round((played.speech_ends + TAIL_SECONDS) * BYTES_PER_SECOND)]
        began = time.process_time()
        text = self._decode(self._list(way, trial.kind), decode(cut))
        return PlainText(text, len(cut) / BYTES_PER_SECOND, time.process_time() - began)

    def _decode(self, phrases: tuple[str, ...], pcm: bytes) -> str:
        recognizer = self._ear.recognizer(phrases)
        chunks = (pcm[at : at + CHUNK_BYTES] for at in range(0, len(pcm), CHUNK_BYTES))
        stretches = [*(recognizer.accept(chunk).finished for chunk in chunks), recognizer.finish()]
        texts = [hypotheses[0].text for hypotheses in stretches if hypotheses]
        return " ".join(word for word in fold(" ".join(texts)).split() if word != UNKNOWN_WORD)

    def _list(self, way: Way, kind: Kind) -> tuple[str, ...]:
        if (way, kind) not in self._lists:
            words = self._words(kind) if way is Way.WORDS else self._strict(kind)
            pairs = (ordered_pairs(words),) if way is Way.PAIRS else ()
            self._lists[way, kind] = (*pairs, *words)
        return self._lists[way, kind]

    def _strict(self, kind: Kind) -> tuple[str, ...]:
        """Words of values only."""
        if kind in NUMBERS:
            return self._cardinals
        return self._dates if kind in DATES else ()

    def _strict_words(self, kind: Kind) -> set[str]:
        """Of what pairs are tried with: cards are long, and strings of digits show the same."""
        return set() if kind is Kind.CARD else {fold(word) for word in self._strict(kind)}

    def _words(self, kind: Kind) -> tuple[str, ...]:
        """Words of values, and what callers say around them."""
        questions = self._questions
        fillers = questions.lexicon.fillers
        if kind in NUMBERS:
            return self._known(self._cardinals + fillers["card_number"])
        if kind in DATES:
            return self._known(self._dates + fillers["birth_date"])
        if kind is Kind.NAME:
            return self._known(questions.content.slot_types["person_name"].phrases())
        if kind is Kind.YES_NO:
            return self._known(questions.content.book.yes_no.phrases())
        if kind is Kind.MENU:
            return self._known(questions.menu.phrases())
        return self._known(phrase for one in questions.content.book.universals for phrase in one.phrases)

    def _known(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Single words, each once, that the model has."""
        words = dict.fromkeys(word for phrase in phrases for word in phrase.split())
        missing = set(self._ear.missing_words(words))
        return tuple(sorted(word for word in words if word not in missing))
