"""Outcomes counted: the lines of the table, card numbers through the dialogue, and what is no answer."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import TypeVar

from ivr.bench.figures import ratio, rounded
from ivr.bench.hearing.cards import CardCall
from ivr.bench.hearing.outside import Ending, Intrusion, QuestionName
from ivr.bench.hearing.plain import Way
from ivr.bench.hearing.questions import Verdict
from ivr.bench.hearing.trials import CLEAN
from ivr.bench.hearing.worker import Outcome

One = TypeVar("One")
Key = TypeVar("Key")


def percent(part: float, whole: float) -> float:
    """NaN where the whole is nothing."""
    return 100 * ratio(part, whole)


def grouped(items: Iterable[One], key: Callable[[One], Key]) -> dict[Key, list[One]]:
    """Items by key, both in the order in which they come."""
    groups: dict[Key, list[One]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    voice: str
    name: str
    condition: str
    count: int
    right: int
    wrong: int
    again: int
    cut_short: int
    """Wrong because the turn was over before the caller had ended."""
    digit_errors: float
    """Percent of the digits said, in the best text; NaN where the answers are no digits."""
    plain: Mapping[Way, float]
    """Percent of whole texts right the plain way."""

    @property
    def share(self) -> float:
        return percent(self.right, self.count)

    def as_json(self) -> dict[str, object]:
        counts = {name: getattr(self, name) for name in ("right", "wrong", "again", "cut_short")}
        return {
            "voice": self.voice,
            "set": self.name,
            "condition": self.condition,
            "n": self.count,
            **counts,
            "right_percent": rounded(self.share),
            "digit_errors_percent": rounded(self.digit_errors),
            "plain_right_percent": {way.value: rounded(share) for way, share in self.plain.items()},
        }


def rows_of(outcomes: Iterable[Outcome]) -> list[Row]:
    """A line for each set of utterances and each condition."""
    groups = grouped(outcomes, lambda one: (one.trial.voice, one.trial.row, one.trial.condition))
    return [_row(*key, group) for key, group in groups.items()]


def _row(voice: str, name: str, condition: str, outcomes: Sequence[Outcome]) -> Row:
    counts = Counter(one.verdict for one in outcomes)
    return Row(
        voice=voice,
        name=name,
        condition=condition,
        count=len(outcomes),
        right=counts[Verdict.RIGHT],
        wrong=counts[Verdict.WRONG],
        again=counts[Verdict.AGAIN],
        cut_short=sum(one.cut_short for one in outcomes),
        digit_errors=percent(sum(one.digit_errors for one in outcomes), sum(one.digits for one in outcomes)),
        plain={way: share for way in Way if (share := _plain_share(way, outcomes)) is not None},
    )


def _plain_share(way: Way, outcomes: Sequence[Outcome]) -> float | None:
    """None unless all of the utterances were heard that way: shares of different utterances do not compare."""
    if not all(way in one.plain for one in outcomes):
        return None
    return 100 * fmean(one.plain[way].text == one.trial.said for one in outcomes)


@dataclass(frozen=True, slots=True)
class CardFigures:
    """Card numbers through the dialogue."""

    condition: str
    count: int
    without_base: int
    """Right number first among the readings of the first turn."""
    first: int
    """Right number read back after the first turn: the base of cards has helped to choose."""
    among: int
    """Right number among the readings of the first turn."""
    in_the_end: int
    """Right number read back within the tries that a caller takes."""
    wrong_accepted: int
    """A wrong number read back that is somebody's card."""

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def card_figures(condition: str, calls: Sequence[CardCall]) -> CardFigures:
    return CardFigures(
        condition=condition,
        count=len(calls),
        without_base=sum(call.without_base is Verdict.RIGHT for call in calls),
        first=sum(call.verdict is Verdict.RIGHT for call in calls),
        among=sum(call.among for call in calls),
        in_the_end=sum(call.tries > 0 for call in calls),
        wrong_accepted=sum(call.wrong_accepted for call in calls),
    )


@dataclass(frozen=True, slots=True)
class Guard:
    """How one question bore what is no answer."""

    source: str
    question: QuestionName
    count: int
    endings: Mapping[Ending, int]
    interrupted: float
    """Percent that would interrupt a prompt; NaN where not tried."""

    @property
    def accepted(self) -> float:
        """Percent taken for a whole answer or an everywhere-word."""
        taken = self.endings.get(Ending.ACCEPTED, 0) + self.endings.get(Ending.EVERYWHERE, 0)
        return percent(taken, self.count)

    @property
    def kept(self) -> float:
        """Percent taken for the beginning of an answer."""
        return percent(self.endings.get(Ending.KEPT, 0), self.count)

    def as_json(self) -> dict[str, object]:
        return {
            "source": self.source,
            "question": self.question.value,
            "n": self.count,
            "endings": {ending.value: self.endings.get(ending, 0) for ending in Ending},
            "interrupted_percent": rounded(self.interrupted),
        }


def guards_of(intrusions: Iterable[Intrusion]) -> list[Guard]:
    """A figure for each source of sound and each question."""
    groups = grouped(intrusions, lambda one: (one.trial.source, one.trial.question))
    return [_guard(*key, group) for key, group in groups.items()]


def _guard(source: str, question: QuestionName, intrusions: Sequence[Intrusion]) -> Guard:
    over = [one for one in intrusions if one.trial.over_prompt]
    asked = [one for one in intrusions if not one.trial.over_prompt]
    interrupted = percent(sum(one.barged_in for one in over), len(over))
    return Guard(source, question, len(asked), Counter(one.ending for one in asked), interrupted)


def clean(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [one for one in outcomes if one.trial.condition == CLEAN]
