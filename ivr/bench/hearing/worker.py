"""A process that plays trials: one after another, so that the processor time it uses is theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from ivr.bench.hearing.ask import Line
from ivr.bench.hearing.cards import CardCall, CardCaller, WordFiles
from ivr.bench.hearing.outside import Intrusion, OutsideLine, OutsideTrial
from ivr.bench.hearing.plain import PlainEar, PlainText, Way
from ivr.bench.hearing.questions import Questions, Verdict
from ivr.bench.hearing.sets import LONGEST, WHOLE_NUMBERS
from ivr.bench.hearing.sound import Played, play
from ivr.bench.hearing.trials import CLEAN, Kind, Trial
from ivr.dialog.forms import Complete
from ivr.slots.digits import read_digits
from ivr.slots.words import Vocabulary, fold
from ivr.speech.recognizer import VoskEar


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one trial."""

    trial: Trial
    verdict: Verdict
    value: str
    """What the hotline would go on with; empty where it would ask again."""
    heard: str
    """The best text, yo spelled as ye."""
    lag: float
    """Seconds from the end of speech to the result."""
    whole: bool
    """The answer was complete and nothing could lengthen it."""
    audio: float
    work: float
    digits: int
    """How many digits were said, where the answer is a string of digits."""
    digit_errors: int
    """Digits put in, left out and exchanged in the best text."""
    plain: Mapping[Way, PlainText]
    card: CardCall | None

    @property
    def cut_short(self) -> bool:
        """Wrong, and the turn was over before the caller had ended."""
        return self.verdict is Verdict.WRONG and self.lag < 0


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker process needs."""

    model: Path
    card_words: Mapping[str, WordFiles]
    """By voice."""


class Worker:
    """Plays trials. One at a time."""

    def __init__(self, setup: Setup) -> None:
        ear = VoskEar(setup.model)
        self._questions, self._line = Questions(ear), Line(ear)
        self._plain = PlainEar(ear, self._questions)
        self._outside = OutsideLine(self._questions, self._line)
        lexicon = self._questions.lexicon
        self._digit_words = Vocabulary(lexicon.numbers, lexicon.marks)
        self._callers = {
            voice: CardCaller(self._questions, self._line, words) for voice, words in setup.card_words.items()
        }

    def run(self, trial: Trial) -> Outcome:
        """Play a trial to its question, and without babble to the plain lists too."""
        played = play(trial.sound)
        if trial.kind is Kind.CARD:
            return self._run_card(trial, played)
        asked = self._questions.asked(trial)
        answer = self._line.listen(asked, played)
        verdict, value = self._questions.judge(trial, answer.utterance)
        reading = asked.read(answer.utterance)
        whole = isinstance(reading, Complete) and reading.closed and answer.ended
        heard = fold(answer.utterance.best_text)
        digits, errors = self._digit_errors(trial, heard)
        return Outcome(
            trial, verdict, value, heard, answer.lag, whole, answer.audio, answer.work,
            digits, errors, self._plainly(trial, played), None,
        )  # fmt: skip

    def intrude(self, trial: OutsideTrial) -> Intrusion:
        """Play what is no answer."""
        return self._outside.run(trial)

    def _run_card(self, trial: Trial, played: Played) -> Outcome:
        call = self._callers[trial.voice].call(trial)
        answer, heard = call.first, fold(call.first.utterance.best_text)
        reading = self._questions.asked(trial).read(answer.utterance)
        whole = isinstance(reading, Complete) and reading.closed and answer.ended
        digits, errors = self._digit_errors(trial, heard)
        return Outcome(
            trial, call.verdict, call.offered, heard, answer.lag, whole, answer.audio, answer.work,
            digits, errors, self._plainly(trial, played), call,
        )  # fmt: skip

    def _plainly(self, trial: Trial, played: Played) -> Mapping[Way, PlainText]:
        if trial.condition != CLEAN:
            return {}
        found = {way: self._plain.hear(trial, way, played) for way in Way}
        return {way: text for way, text in found.items() if text is not None}

    def _digit_errors(self, trial: Trial, heard: str) -> tuple[int, int]:
        if trial.kind not in (Kind.CARD, Kind.DIGITS) or trial.row in WHOLE_NUMBERS:
            return 0, 0
        digits = read_digits(self._digit_words.tokens(heard), LONGEST, 4).natural.digits
        return len(trial.want), Levenshtein.distance(trial.want, digits)
