"""What is no answer, played to the questions: other people's sentences, prompts, beeps and noise.

An answer that the hotline takes from them is a false accept. A part of an answer that it keeps as a beginning is
counted by itself, for nothing is done on its strength but asking for the rest.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ivr.bench.hearing.ask import Line
from ivr.bench.hearing.noise import NOISES
from ivr.bench.hearing.noise import SECONDS as NOISE_SECONDS
from ivr.bench.hearing.questions import CARD, Asked, Questions
from ivr.bench.hearing.sound import LEAD_SECONDS, TAIL_SECONDS, Played, Sound, play, telephone
from ivr.dialog.events import Utterance
from ivr.dialog.forms import Complete, Partial
from ivr.speech.sound import RATE


class QuestionName(StrEnum):
    YES_NO = "yes or no"
    MENU = "menu"
    DIGITS = "digits"
    DATE = "date of birth"


class Ending(StrEnum):
    """How a turn ended."""

    ACCEPTED = "accepted"
    """A whole answer was taken."""
    EVERYWHERE = "everywhere-word"
    """A word that works at every question: accepted too."""
    KEPT = "kept"
    """A beginning of an answer was kept, and the rest asked for."""
    REJECTED = "asked again"
    SILENCE = "silence"
    """Nothing of the grammar was heard."""


@dataclass(frozen=True, slots=True)
class OutsideTrial:
    """One sound against one question."""

    source: str
    """Where the sound is from: the line of the table."""
    question: QuestionName
    sound: Sound | None = None
    noise: str = ""
    """A key of ``NOISES``, in place of a sound."""
    seed: int = 0
    text: str = ""
    over_prompt: bool = False
    """Played while the prompt is: does it interrupt?"""


@dataclass(frozen=True, slots=True)
class Intrusion:
    """What became of it."""

    trial: OutsideTrial
    ending: Ending
    heard: str
    barged_in: bool
    audio: float
    work: float

    @property
    def accepted(self) -> bool:
        return self.ending in (Ending.ACCEPTED, Ending.EVERYWHERE)


class OutsideLine:
    """Plays what is no answer."""

    def __init__(self, questions: Questions, line: Line) -> None:
        self._questions, self._line = questions, line

    def run(self, trial: OutsideTrial) -> Intrusion:
        asked = question_of(trial.question, self._questions)
        answer = self._line.listen(asked, _played(trial), prompt_ended=not trial.over_prompt)
        ending = _ending(asked, answer.utterance) if answer.utterance else Ending.SILENCE
        return Intrusion(trial, ending, answer.utterance.best_text, answer.barged_in, answer.audio, answer.work)


def question_of(name: QuestionName, questions: Questions) -> Asked:
    """A read-back waits for yes or no; the others wait for an answer."""
    match name:
        case QuestionName.YES_NO:
            return questions.of(CARD, confirming=True)
        case QuestionName.MENU:
            return questions.by_slot(CARD, questions.menu)
        case QuestionName.DIGITS:
            return questions.of(CARD)
        case QuestionName.DATE:
            return questions.of("birth_date")


def would_answer(asked: Asked, text: Utterance) -> bool:
    """True where the words themselves hold an answer, or the beginning of one: no outside speech then."""
    return bool(asked.everywhere(text)) or isinstance(asked.read(text), Complete | Partial)


def _played(trial: OutsideTrial) -> Played:
    if trial.sound is not None:
        return play(trial.sound)
    made = NOISES[trial.noise](np.random.default_rng(trial.seed))
    lead, tail = (np.zeros(round(seconds * RATE), np.float32) for seconds in (LEAD_SECONDS, TAIL_SECONDS))
    return Played(telephone(np.concatenate([lead, made, tail])), LEAD_SECONDS + NOISE_SECONDS)


def _ending(asked: Asked, utterance: Utterance) -> Ending:
    if asked.everywhere(utterance):
        return Ending.EVERYWHERE
    match asked.read(utterance):
        case Complete():
            return Ending.ACCEPTED
        case Partial():
            return Ending.KEPT
    return Ending.REJECTED
