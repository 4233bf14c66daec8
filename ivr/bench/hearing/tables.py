"""The report of the hearing bench as tables of text, ready to be printed."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivr.bench.figures import Spread
from ivr.bench.hearing.outside import QuestionName
from ivr.bench.hearing.plain import Way
from ivr.bench.hearing.report import HearingReport
from ivr.bench.hearing.rows import Guard, Row, grouped, percent
from ivr.bench.hearing.trials import CLEAN
from ivr.bench.hearing.worker import Outcome

LONGEST_LIST = 40
"""Lines of a voice's list of mistakes."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


def sheets(report: HearingReport) -> Iterator[Sheet]:
    """What is always shown."""
    if report.rows:
        yield _accuracy(report)
    if report.cards:
        yield _cards(report)
    if report.guards:
        yield _guards(report)
    yield _times(report)


def mistake_sheets(report: HearingReport) -> Iterator[Sheet]:
    """What was heard for what, by voice, and the utterances that were not right."""
    for voice, pairs in report.confusions.items():
        rows = [(said, heard, str(count)) for said, heard, count in pairs[:LONGEST_LIST]]
        yield Sheet(f"{voice}: said and heard", ("said", "heard", "times"), rows)
    for voice, words in report.missed_words.items():
        missed = [(word, f"{n} of {said}", shown(percent(n, said))) for word, n, said in words[:LONGEST_LIST]]
        yield Sheet(f"{voice}: words missed", ("word", "times", "%"), missed)
    failures = [_failure(one) for one in report.outcomes if one.verdict != "right"]
    yield Sheet("Not right", ("set", "said", "heard", "value", "wanted", "verdict"), failures)
    taken = [
        (one.trial.source, one.trial.question.value, one.trial.text, one.heard)
        for one in report.intrusions
        if one.accepted and not one.trial.over_prompt
    ]
    yield Sheet("Accepted though no answer", ("source", "question", "said", "heard"), taken)


def _accuracy(report: HearingReport) -> Sheet:
    conditions = grouped(report.rows, lambda row: (row.voice, row.name))
    rows = [_accuracy_row(both) for both in conditions.values()]
    columns = (
        "set", "what", "n", "right %", "wrong", "cut", "again", "digits %", "pairs %", "words %", "babble %",
    )  # fmt: skip
    note = (
        "Right: what the hotline would read back first, or take, is what was said. Cut: wrong because the turn was "
        "over too early. Again: it would ask again. Digits: errors per digit in the best text. Pairs, words: whole "
        "text right the plain way, with a mere word list, best text, no slots. Babble: right with it 10 dB below."
    )
    return Sheet(f"First try, model {report.model}", columns, rows, note)


def _accuracy_row(both: Sequence[Row]) -> tuple[str, ...]:
    """One set of utterances, without and with babble."""
    row = next((one for one in both if one.condition == CLEAN), both[0])
    noisy = next((one.share for one in both if one.condition != CLEAN), math.nan)
    plain = (row.plain.get(way, math.nan) for way in (Way.PAIRS, Way.WORDS))
    counts = map(str, (row.wrong, row.cut_short, row.again))
    shares = map(shown, (row.digit_errors, *plain, noisy))
    return row.voice, row.name, str(row.count), shown(row.share), *counts, *shares


def _cards(report: HearingReport) -> Sheet:
    rows = []
    for one in report.cards:
        counts = (one.without_base, one.first, one.among, one.in_the_end)
        shares = (shown(percent(count, one.count)) for count in counts)
        rows.append((one.condition, str(one.count), *shares, str(one.wrong_accepted)))
    columns = ("cards", "n", "without base %", "first try %", "among readings %", "in three tries %", "wrong accepted")
    return Sheet("Card numbers through the dialogue", columns, rows)


def _guards(report: HearingReport) -> Sheet:
    sources = grouped(report.guards, lambda guard: guard.source)
    rows = [_guard_row(source, guards) for source, guards in sources.items()]
    note = "Accepted as an answer or an everywhere-word, in percent; in brackets: kept as the beginning of one."
    columns = ("no answers", "n", *(name.value for name in QuestionName), "interrupt a prompt %")
    return Sheet("What is no answer", columns, rows, note)


def _guard_row(source: str, guards: Sequence[Guard]) -> tuple[str, ...]:
    named = {guard.question: f"{shown(guard.accepted)} ({shown(guard.kept)})" for guard in guards}
    tried = [guard.interrupted for guard in guards if math.isfinite(guard.interrupted)]
    answers = (named.get(name, "-") for name in QuestionName)
    return source, str(guards[0].count), *answers, shown(max(tried, default=math.nan))


def _times(report: HearingReport) -> Sheet:
    rows = [(f"end of speech to result, {name}", *_spread(lag)) for name, lag in report.lags.items()]
    plain = report.plain_real_time_factor
    note = f"Real-time factor {report.real_time_factor:.4f} in a call, {plain:.4f} the plain way."
    if report.pace:
        pace = report.pace
        rows.append((f"lateness of a chunk, {pace.streams} streams on one core", *_spread(pace.late)))
        note += (
            f" {pace.streams} streams at the pace of speech {'fit' if pace.kept_up else 'do not fit'} on one core; they"
            f" used {pace.work * pace.streams:.2f} of it, and other programs {pace.other_cores:.2f} cores meanwhile."
        )
    return Sheet("Times", ("time", "count", "p50 ms", "p95 ms", "max ms"), rows, note)


def _failure(one: Outcome) -> tuple[str, ...]:
    condition = "" if one.trial.condition == CLEAN else f", {one.trial.condition}"
    verdict = f"{one.verdict.value}, cut short" if one.cut_short else one.verdict.value
    set_name = f"{one.trial.voice}, {one.trial.row}{condition}"
    return set_name, one.trial.said, one.heard, one.value or "-", one.trial.want, verdict


def _spread(times: Spread) -> tuple[str, ...]:
    return (str(times.count), *(f"{1000 * one:.0f}" for one in (times.p50, times.p95, times.longest)))


def shown(value: float) -> str:
    """One decimal at most; a dash for what was not measured."""
    return f"{value:.1f}".removesuffix(".0") if math.isfinite(value) else "-"
