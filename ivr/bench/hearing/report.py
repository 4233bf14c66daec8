"""What a run of the hearing bench has found: the table, the targets, the lists of mistakes."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

from ivr.bench.figures import Spread, Target, ratio, rounded, spread
from ivr.bench.hearing.outside import Intrusion, QuestionName
from ivr.bench.hearing.pace import Pace
from ivr.bench.hearing.plain import Way
from ivr.bench.hearing.plan import FESTVOX_NAME
from ivr.bench.hearing.questions import Verdict
from ivr.bench.hearing.rows import (
    CardFigures,
    Guard,
    Row,
    card_figures,
    clean,
    grouped,
    guards_of,
    percent,
    rows_of,
)
from ivr.bench.hearing.sets import DATES, DIGITS, ELENA, JOINED, NUMBERS, ORDINALS, SHORT_DATES
from ivr.bench.hearing.trials import CLEAN, IN_BABBLE, Kind, Trial
from ivr.bench.hearing.words import mistakes
from ivr.bench.hearing.worker import Outcome

MEGABYTE = 1e6
MOST_LAG_MILLISECONDS = 350
MOST_FALSE_PERCENT = 2
MOST_POINTS_LOST = 5
MOST_REAL_TIME = 0.03
MOST_MEGABYTES = 12
LAG_KINDS = {Kind.CARD: "cards", Kind.DIGITS: "digits", Kind.DATE: "dates", Kind.YES_NO: "yes and no"}
"""Answers that are complete at a known place."""
BABBLED_KINDS = {Kind.CARD: "cards", Kind.DIGITS: "numbers", Kind.DATE: "dates"}
GUARDED = (QuestionName.YES_NO, QuestionName.MENU, QuestionName.DIGITS)
LISTED = 60
"""Mistakes of a voice that go to the JSON file."""


@dataclass(frozen=True)
class HearingReport:
    """The whole run."""

    model: str
    model_bytes: int
    outcomes: Sequence[Outcome]
    intrusions: Sequence[Intrusion]
    pace: Pace | None
    left_out: Sequence[str]

    # -- figures ------------------------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> list[Row]:
        return rows_of(self.outcomes)

    @cached_property
    def cards(self) -> list[CardFigures]:
        """Without babble first."""
        return self._cards(self.outcomes)

    @staticmethod
    def _cards(outcomes: Iterable[Outcome]) -> list[CardFigures]:
        calls = grouped((one for one in outcomes if one.card), lambda one: one.trial.condition)
        return [card_figures(condition, [one.card for one in found if one.card]) for condition, found in calls.items()]

    @cached_property
    def guards(self) -> list[Guard]:
        return guards_of(self.intrusions)

    @cached_property
    def lags(self) -> dict[str, Spread]:
        """From the end of speech to the result, of right answers that nothing could lengthen."""
        right = [one for one in clean(self.outcomes) if one.verdict is Verdict.RIGHT and one.whole]
        kinds = {name: [one.lag for one in right if one.trial.kind is kind] for kind, name in LAG_KINDS.items()}
        named = {name: spread(lags) for name, lags in kinds.items() if lags}
        return {**named, "all": spread([lag for lags in kinds.values() for lag in lags])}

    @cached_property
    def real_time_factor(self) -> float:
        """Processor seconds per second of audio, the hotline's own code included."""
        found = clean(self.outcomes)
        return ratio(sum(one.work for one in found), sum(one.audio for one in found))

    @cached_property
    def plain_real_time_factor(self) -> float:
        texts = [one.plain[Way.WORDS] for one in self.outcomes if Way.WORDS in one.plain]
        return ratio(sum(one.work for one in texts), sum(one.audio for one in texts))

    @cached_property
    def drops(self) -> dict[str, float]:
        """Points of right answers by an unseen voice that babble costs, over the same utterances."""
        return {name: lost for kind, name in BABBLED_KINDS.items() if (lost := self._drop(kind)) is not None}

    def _drop(self, kind: Kind) -> float | None:
        verdicts: dict[str, dict[object, bool]] = {CLEAN: {}, IN_BABBLE: {}}
        for one in self.outcomes:
            if one.trial.kind is kind and one.trial.voice == JOINED:
                verdicts[one.trial.condition][_same(one.trial)] = one.verdict is Verdict.RIGHT
        pairs = [(verdicts[CLEAN][key], noisy) for key, noisy in verdicts[IN_BABBLE].items() if key in verdicts[CLEAN]]
        return 100 * fmean(quiet - noisy for quiet, noisy in pairs) if pairs else None

    # -- mistakes -----------------------------------------------------------------------------------------------------

    @cached_property
    def confusions(self) -> dict[str, list[tuple[str, str, int]]]:
        """By voice: said, heard, how often; the most frequent first."""
        return {
            voice: [(*pair, count) for pair, count in Counter(pairs).most_common()]
            for voice, pairs in self._mistakes().items()
        }

    @cached_property
    def missed_words(self) -> dict[str, list[tuple[str, int, int]]]:
        """By voice: a word, how often it was missed, how often it was said; the most missed first."""
        voices = grouped(clean(self.outcomes), lambda one: one.trial.voice)
        said = {voice: Counter(word for one in found for word in one.trial.words) for voice, found in voices.items()}
        missed = {voice: Counter(pair[0] for pair in pairs) for voice, pairs in self._mistakes().items()}
        return {
            voice: [(word, count, said[voice][word]) for word, count in found.most_common() if word in said[voice]]
            for voice, found in missed.items()
        }

    def _mistakes(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for one in clean(self.outcomes):
            found.setdefault(one.trial.voice, []).extend(mistakes(one.trial.words, one.heard.split()))
        return found

    # -- targets ------------------------------------------------------------------------------------------------------

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Of what was measured; what was not is told by ``left_out``."""
        wanted = (*self._shares(), *self._limits())
        return tuple(target for target in wanted if not math.isnan(target.value))

    def _shares(self) -> list[Target]:
        strings = (DIGITS, DATES, SHORT_DATES)
        cards = next((one for one in self._elena_cards() if one.condition == CLEAN), card_figures(CLEAN, ()))
        shares = (
            ("real-elena, isolated numbers", self._right(ELENA, (NUMBERS,)), 97),
            ("real-elena, isolated ordinals and months", self._right(ELENA, (ORDINALS,)), 98),
            ("real-elena-joined, numbers, plain word list", self._plainly_right(JOINED), 90),
            ("real-elena-joined, dates", self._right(JOINED, (DATES, SHORT_DATES)), 92),
            ("real-elena, cards, first try", percent(cards.first, cards.count), 97),
            ("real-elena, cards, within three tries", percent(cards.in_the_end, cards.count), 97),
            ("tts-victoria, digits and dates", self._right("tts-victoria", strings), 97),
            ("tts-mikhail, digits and dates", self._right("tts-mikhail", strings), 95),
        )
        return [Target(name, share, "%", at_least=least) for name, share, least in shares]

    def _limits(self) -> list[Target]:
        false = [one for one in self.guards if one.source == FESTVOX_NAME and one.question in GUARDED]
        cards = self._elena_cards()
        accepted = sum(one.wrong_accepted for one in cards) if cards else math.nan
        return [
            Target("wrong cards accepted", accepted, "", at_most=0),
            *(
                Target(f"false accepts, {one.question.value}", one.accepted, "%", at_most=MOST_FALSE_PERCENT)
                for one in false
            ),
            *(
                Target(f"points lost in babble, {name}", lost, "", at_most=MOST_POINTS_LOST)
                for name, lost in self.drops.items()
            ),
            Target("real-time factor", self.real_time_factor, "", at_most=MOST_REAL_TIME),
            Target("end of speech to result, p95", self.lags["all"].p95 * 1000, "ms", at_most=MOST_LAG_MILLISECONDS),
            Target("model on disk", self.model_bytes / MEGABYTE, "MB", at_most=MOST_MEGABYTES),
        ]

    def _elena_cards(self) -> list[CardFigures]:
        """Targets are for a voice that was not in training."""
        return self._cards(one for one in self.outcomes if one.trial.voice == JOINED)

    def _right(self, voice: str, names: Sequence[str]) -> float:
        rows = [row for row in self.rows if row.voice == voice and row.name in names and row.condition == CLEAN]
        return percent(sum(row.right for row in rows), sum(row.count for row in rows))

    def _plainly_right(self, voice: str) -> float:
        """Of digits and numbers, by the list that the model's first figures were measured with."""
        numbers = [one for one in self.outcomes if one.trial.voice == voice and one.trial.kind is Kind.DIGITS]
        texts = [one for one in numbers if Way.PAIRS in one.plain]
        return percent(sum(one.plain[Way.PAIRS].text == one.trial.said for one in texts), len(texts))

    # -- JSON ---------------------------------------------------------------------------------------------------------

    def as_json(self) -> dict[str, object]:
        return {
            "bench": "hearing",
            "model": self.model,
            "model_mb": rounded(self.model_bytes / MEGABYTE),
            "rows": [row.as_json() for row in self.rows],
            "cards": [one.as_json() for one in self.cards],
            "no_answers": [guard.as_json() for guard in self.guards],
            "lag": {name: lag.in_milliseconds() for name, lag in self.lags.items()},
            "points_lost_in_babble": {name: rounded(lost) for name, lost in self.drops.items()},
            "real_time_factor": rounded(self.real_time_factor),
            "plain_real_time_factor": rounded(self.plain_real_time_factor),
            "pace": self.pace.as_json() if self.pace else None,
            "confusions": {voice: pairs[:LISTED] for voice, pairs in self.confusions.items()},
            "left_out": list(self.left_out),
            "targets": [target.as_json() for target in self.targets],
        }


def _same(trial: Trial) -> object:
    """Alike for an utterance with and without babble."""
    return trial.voice, trial.row, trial.want, trial.sound.pieces
