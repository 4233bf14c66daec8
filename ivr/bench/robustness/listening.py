"""Plays a fixture to its question under one condition, by the same listener as a call's, and judges what came out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ivr.bench.hearing.ask import Line
from ivr.bench.hearing.questions import CARD, Asked, Questions, Verdict
from ivr.bench.hearing.sound import LEAD_SECONDS, TAIL_SECONDS, Played, telephone
from ivr.bench.robustness.conditions import Condition
from ivr.bench.robustness.confusions import Heard, laid_side_by_side
from ivr.content import PROMPTS
from ivr.dialog.events import Utterance, said
from ivr.dialog.forms import Complete, Partial
from ivr.fixtures.chain import Around, parse_chain
from ivr.fixtures.manifest import Fixture
from ivr.fixtures.reading import EVERYWHERE, YES_NO, slot_of, value_in
from ivr.fixtures.recording import levelled
from ivr.slots.words import fold
from ivr.speech.recognizer import Ear
from ivr.speech.sound import RATE, Floats, read_recording

PROMPT = PROMPTS / "card_number.ask.wav"
"""What comes back as an echo."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One fixture under one condition."""

    fixture: Fixture
    condition: Condition
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it."""

    trial: Trial
    verdict: Verdict
    value: str
    """What the hotline would go on with; empty where it would ask again."""
    heard: str
    """The best text, yo spelled as ye."""

    @property
    def words(self) -> list[Heard]:
        return list(laid_side_by_side(fold(self.trial.fixture.text).split(), self.heard.split()))


class Listening:
    """Plays trials, one at a time. ``background``: by speaker of a fixture, recordings of other people."""

    def __init__(self, ear: Ear, background: Mapping[str, Sequence[Path]]) -> None:
        self._questions, self._line = Questions(ear), Line(ear)
        self._background = background
        self._prompt = read_recording(PROMPT)

    def run(self, trial: Trial) -> Outcome:
        """Play and judge. Raises ``ChainError`` where there is nobody to babble, ``AudioError`` for a bad recording."""
        voices = [_read(file) for file in self._background.get(trial.fixture.speaker, ())]
        sound = _between_silences(_read(trial.fixture.file))
        mutated = parse_chain(trial.condition.chain).applied(sound, trial.seed, Around(voices, self._prompt))
        asked = self._asked(trial.fixture.grammar)
        utterance = self._line.listen(asked, Played(telephone(mutated), 0.0)).utterance
        verdict, value = self._judged(trial.fixture, asked, utterance)
        return Outcome(trial, verdict, value, fold(utterance.best_text))

    def _asked(self, grammar: str) -> Asked:
        questions = self._questions
        if grammar == YES_NO:
            return questions.of(CARD, confirming=True)
        if grammar == EVERYWHERE:
            return questions.of(CARD)
        if grammar in questions.content.book.fields:
            return questions.of(grammar)
        return questions.by_slot(CARD, slot_of(questions.content, grammar))

    def _judged(self, fixture: Fixture, asked: Asked, utterance: Utterance) -> tuple[Verdict, str]:
        """A part of a value is right where only that part was said, otherwise the hotline asks for the rest."""
        everywhere = asked.everywhere(utterance)
        if fixture.grammar == EVERYWHERE or everywhere:
            return _verdict(everywhere or "", fixture.value)
        reading, whole = asked.read(utterance), isinstance(asked.read(said(fixture.text)), Complete)
        if whole and isinstance(reading, Partial):
            return Verdict.AGAIN, ""
        return _verdict(value_in(reading), fixture.value)


def _verdict(value: str, wanted: str) -> tuple[Verdict, str]:
    if not value:
        return Verdict.AGAIN, ""
    return (Verdict.RIGHT if value == wanted else Verdict.WRONG), value


@lru_cache(maxsize=256)
def _read(file: Path) -> Floats:
    return levelled(read_recording(file))


def _between_silences(sound: Floats) -> Floats:
    before, after = (np.zeros(round(seconds * RATE), np.float32) for seconds in (LEAD_SECONDS, TAIL_SECONDS))
    return np.concatenate([before, sound, after])
