"""Which questions callers fail at: what became of each, out of the table ``answers``."""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.reports.figures import Share


@dataclass(frozen=True, slots=True)
class Question:
    """What became of one question, or of all; see ``ivr.dialog.answered``."""

    name: str
    understood: int
    keys: int
    not_understood: int
    wrong_keys: int
    silence: int
    confirmed: int
    denied: int
    unconfirmed: int

    @property
    def asked(self) -> int:
        """Outcomes of the question itself; those of its read-back are not among them."""
        return self.understood + self.keys + self.not_understood + self.wrong_keys + self.silence

    @property
    def heard(self) -> Share:
        return Share(self.understood, self.understood + self.not_understood)

    @property
    def keyed(self) -> Share:
        return Share(self.keys, self.keys + self.understood)

    @property
    def silent(self) -> Share:
        return Share(self.silence, self.asked)

    @property
    def agreed(self) -> Share:
        return Share(self.confirmed, self.confirmed + self.denied)


RESULTS = ("understood", "keys", "not_understood", "wrong_keys", "silence", "confirmed", "denied", "unconfirmed")


def questions_of(counts: Mapping[str, Mapping[str, int]]) -> list[Question]:
    """Questions by how often they were asked, the most frequent first."""
    found = [_question(name, results) for name, results in counts.items()]
    return sorted(found, key=lambda question: (-question.asked, question.name))


def all_questions(questions: list[Question]) -> Question:
    """All of them as one."""
    return _question("", {result: sum(getattr(one, result) for one in questions) for result in RESULTS})


def _question(name: str, results: Mapping[str, int]) -> Question:
    return Question(name, **{result: results.get(result, 0) for result in RESULTS})
