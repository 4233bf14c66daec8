"""What tests of the hearing bench hear with."""

from collections.abc import Iterable

from ivr.bench.hearing.ask import NOTHING, Answer, Line
from ivr.bench.hearing.questions import Asked
from ivr.bench.hearing.sound import Played
from ivr.dialog.events import Utterance
from ivr.speech.recognizer import Recognizer


class WideEar:
    """Knows every word, and hears none."""

    def recognizer(self, phrases: tuple[str, ...]) -> Recognizer:
        raise NotImplementedError

    def missing_words(self, words: Iterable[str]) -> list[str]:
        return []


class ScriptedLine(Line):
    """Gives utterances one after another, whatever is played."""

    def __init__(self, *utterances: Utterance) -> None:
        self._utterances = list(utterances)
        self.played: list[Played] = []
        self.earlier: list[Utterance] = []

    def listen(
        self, asked: Asked, played: Played, earlier: Utterance = NOTHING, *, prompt_ended: bool = True
    ) -> Answer:
        self.played.append(played)
        self.earlier.append(earlier)
        return Answer(self._utterances.pop(0), lag=0.3, audio=2.0, work=0.02, ended=True)
