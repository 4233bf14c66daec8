"""The hearing bench with the bundled model, on a few utterances by the synthesizer."""

from pathlib import Path

import pytest

from ivr import __main__ as program
from ivr.bench.hearing.outside import Ending, OutsideTrial, QuestionName
from ivr.bench.hearing.plain import Way
from ivr.bench.hearing.plan import ESPEAK_VOICE, Plan
from ivr.bench.hearing.questions import Verdict
from ivr.bench.hearing.run import HearingRun, bench_hearing, plan_run
from ivr.bench.hearing.sound import Piece, Sound
from ivr.bench.hearing.trials import Kind, Trial
from ivr.bench.hearing.worker import Setup, Worker
from ivr.errors import AudioError
from ivr.speech.recognizer import BUNDLED_MODEL

CODE = Trial(
    "espeak-ng", "code", Kind.DIGITS, "один два три четыре пять шесть", "123456",
    Sound((Piece("один два три четыре пять шесть"),)),
)  # fmt: skip
YES = Trial("espeak-ng", "yes", Kind.YES_NO, "да верно", "yes", Sound((Piece("да верно"),)))
SILENCE = OutsideTrial("silence", QuestionName.DIGITS, noise="silence")


@pytest.fixture(scope="module")
def worker() -> Worker:
    return Worker(Setup(BUNDLED_MODEL, {}))


def test_it_plays_an_utterance_to_its_question_and_to_plain_lists(worker: Worker) -> None:
    found = worker.run(CODE)
    assert set(found.plain) == {Way.WORDS, Way.PAIRS}
    assert found.verdict is not Verdict.AGAIN
    assert len(found.value) == 6
    assert found.digits == 6
    assert 0 < found.work < found.audio
    assert -1 < found.lag < 3


def test_it_leaves_pairs_to_numbers_and_dates(worker: Worker) -> None:
    found = worker.run(YES)
    assert (found.verdict, found.value) == (Verdict.RIGHT, "yes")
    assert set(found.plain) == {Way.WORDS}
    assert found.plain[Way.WORDS].text == "да верно"


def test_it_waits_through_silence(worker: Worker) -> None:
    found = worker.intrude(SILENCE)
    assert (found.ending, found.heard, found.accepted) == (Ending.SILENCE, "", False)
    assert found.audio == pytest.approx(9.0, abs=0.2), "the question's own patience"


def test_it_runs_in_processes_of_its_own() -> None:
    told: list[float] = []
    plan = Plan([CODE, YES], [SILENCE], {}, ())
    report = bench_hearing(HearingRun(BUNDLED_MODEL, None, jobs=1), plan, told.append)
    assert sum(told) == 4
    assert [one.trial for one in report.outcomes] == [CODE, YES]
    assert report.pace is None, "there are no cards"
    files = [file for part in ("am", "conf", "graph") for file in (BUNDLED_MODEL / part).iterdir()]
    assert report.model_bytes == sum(file.stat().st_size for file in (*files, BUNDLED_MODEL / "model.json"))


def test_it_plays_only_what_is_asked_for() -> None:
    plan = plan_run(HearingRun(BUNDLED_MODEL, None, quick=True, only=f"{ESPEAK_VOICE}, dates"))
    assert {(one.voice, one.row) for one in plan.trials} == {(ESPEAK_VOICE, "dates with a year")}
    assert plan.outside == []
    with pytest.raises(AudioError, match="nobody"):
        plan_run(HearingRun(BUNDLED_MODEL, None, quick=True, only="nobody"))


def test_it_says_where_the_sets_should_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["ivr", "bench", "hearing", "--sets", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == 2
    assert "dev" in capsys.readouterr().err
