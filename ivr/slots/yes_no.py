"""Yes or no."""

from ivr.dialog.events import Spoken, Utterance
from ivr.dialog.forms import Complete, Reading, Rejection
from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.slots.lexicon import Lexicon
from ivr.slots.unknown import unknowns
from ivr.slots.words import fold

UNKNOWNS_AT_MOST = 1
"""«Э-э, да» is an answer. Two stretches of other speech, or one that follows a yes, are a talk with somebody else."""
KEYS = {"1": "yes", "2": "no"}


class YesNo:
    """Values ``yes`` and ``no``; keys 1 and 2. Rejections: ``nothing``, ``contradiction``, ``unknown``.

    Only the best hypothesis counts: behind a sure yes there is nearly always an unsure no. The last stretch of speech
    that answers is the answer. «Нет, всё верно», which has no objections, is a yes; «да нет» is a contradiction.
    """

    name = "yes_no"
    values = ("yes", "no")

    def __init__(self, lexicon: Lexicon) -> None:
        self._heard = lexicon.heard["yes"] + lexicon.heard["no"] + lexicon.fillers["yes_no"]
        self._said = {value: (lexicon.heard[value][0],) for value in ("yes", "no")}
        self._answers = {tuple(phrase.split()): value for value in ("yes", "no") for phrase in lexicon.answers[value]}
        self._longest = max(map(len, self._answers))

    def phrases(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._heard))

    def spoken(self, value: str) -> tuple[str, ...]:
        return self._said[value]

    def key_count(self) -> int:
        return 1

    def read(self, utterance: Utterance) -> Reading:
        if keys := utterance.keys.replace("#", ""):
            return Complete((KEYS[keys[-1]],)) if keys[-1] in KEYS else Rejection("unknown")
        if unknowns(utterance.best_text) > UNKNOWNS_AT_MOST:
            return Rejection("unknown")
        for part in reversed(utterance.parts):
            if isinstance(part, Spoken) and (answers := self._find(fold(part.hypotheses[0].text).split())):
                if part.hypotheses[0].text.endswith(UNKNOWN_WORD):
                    return Rejection("unknown")
                return Complete((answers.pop(),)) if len(answers) == 1 else Rejection("contradiction")
        return Rejection("nothing")

    def _find(self, words: list[str]) -> set[str]:
        """The answers in ``words``, the longest phrases first."""
        answers, at = set[str](), 0
        while at < len(words):
            lengths = range(min(self._longest, len(words) - at), 0, -1)
            used = next((n for n in lengths if tuple(words[at : at + n]) in self._answers), 0)
            if used:
                answers.add(self._answers[tuple(words[at : at + used])])
            at += used or 1
        return answers
