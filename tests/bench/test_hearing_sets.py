"""Which question an utterance answers, and how an answer is judged."""

import os
from collections import Counter
from pathlib import Path

import pytest

from ivr.bench.hearing.plan import ASTERISK_VOICE, ESPEAK_VOICE, FESTVOX, festvox_recordings, plan_hearing
from ivr.bench.hearing.questions import Questions, Verdict
from ivr.bench.hearing.run import SETS_VARIABLE, sets_folder
from ivr.bench.hearing.sets import (
    DATES,
    DIGITS,
    ELENA,
    JOINED,
    NUMBERS,
    ORDINALS,
    Labels,
    Recorded,
    dev_trials,
    read_set,
)
from ivr.bench.hearing.trials import CLEAN, IN_BABBLE, Kind, Trial
from ivr.dialog.events import Utterance, said
from ivr.errors import AudioError
from ivr.simulator.voices import ASTERISK_FOLDER
from tests.bench.hearing_ear import WideEar

NOT_TESTED = "NOT TESTED"


@pytest.fixture(scope="module")
def questions() -> Questions:
    return Questions(WideEar())


@pytest.fixture(scope="module")
def labels(questions: Questions) -> Labels:
    return Labels(questions)


def recorded(text: str) -> Recorded:
    return Recorded("somebody", Path("x.wav"), text)


def found(labels: Labels, text: str) -> Trial:
    trial = labels.answer(recorded(text))
    assert trial is not None
    return trial


@pytest.mark.parametrize(
    ("text", "kind", "want"),
    [
        ("сорок два семьдесят шесть", Kind.DIGITS, "4276"),
        ("ну ноль пять сто двенадцать", Kind.DIGITS, "05112"),
        ("родился пятое марта тысяча девятьсот восьмидесятого года", Kind.DATE, "1980-03-05"),
        ("двадцать девятое июня", Kind.DATE, "--06-29"),
        ("меня зовут валерия", Kind.NAME, "валерия"),
        ("да верно", Kind.YES_NO, "yes"),
        ("не согласен", Kind.YES_NO, "no"),
        ("живой человек", Kind.EVERYWHERE, "operator"),
        ("добрый день активация карты", Kind.MENU, "activation"),
        ("потеряла карту", Kind.MENU, "lost_card"),
    ],
)
def test_it_finds_the_question_that_an_utterance_answers(labels: Labels, text: str, kind: Kind, want: str) -> None:
    trial = found(labels, text)
    assert (trial.kind, trial.want) == (kind, want)


def test_it_takes_one_number_for_one_where_the_set_says_so(labels: Labels) -> None:
    number = recorded("шестьсот девяносто пять тысяч восемьсот восемь")
    trial = labels.answer(number, "numbers below a million")
    assert trial is not None
    assert trial.want == "695808"
    assert labels.answer(number) is None, "as a string of digits it may be 690 5808 as well"


@pytest.mark.parametrize("text", ["до свидания", "тридцать первое февраля две тысячи первого года", "через сайт"])
def test_it_leaves_out_what_answers_nothing(labels: Labels, text: str) -> None:
    assert labels.answer(recorded(text)) is None


@pytest.mark.parametrize(
    ("text", "row"),
    [("семь", NUMBERS), ("тысяч", NUMBERS), ("четвертое", ORDINALS), ("мая", ORDINALS), ("третья", None)],
)
def test_it_takes_single_words_that_the_hotline_listens_for(labels: Labels, text: str, row: str | None) -> None:
    trial = labels.isolated(recorded(text))
    assert (trial.row if trial else None) == row


@pytest.mark.parametrize(
    ("text", "heard", "verdict"),
    [
        ("сорок два семьдесят шесть", "четыре два семь шесть", Verdict.RIGHT),
        ("сорок два семьдесят шесть", "сорок два семьдесят семь", Verdict.WRONG),
        ("сорок два семьдесят шесть", "сорок два", Verdict.AGAIN),
        ("сорок два семьдесят шесть", "оператор", Verdict.WRONG),
        ("двадцать девятое июня", "двадцать девятое июня", Verdict.RIGHT),
        ("двадцать девятое июня", "двадцать девятое июля", Verdict.WRONG),
        ("двадцать девятое июня", "двадцать девятое", Verdict.WRONG),
        ("пятое марта двухтысячного года", "пятое марта", Verdict.AGAIN),
        ("да верно", "верно", Verdict.RIGHT),
        ("да верно", "нет", Verdict.WRONG),
        ("живой человек", "оператор", Verdict.RIGHT),
        ("живой человек", "человек", Verdict.AGAIN),
        ("потеряла карту", "баланс карты", Verdict.WRONG),
    ],
)
def test_it_judges_what_the_hotline_would_go_on_with(
    questions: Questions, labels: Labels, text: str, heard: str, verdict: Verdict
) -> None:
    assert questions.judge(found(labels, text), said(heard))[0] is verdict


def test_it_judges_single_words_by_their_meaning(questions: Questions, labels: Labels) -> None:
    trial = labels.isolated(recorded("пятого"))
    assert trial is not None
    judged = [questions.judge(trial, said(text))[0] for text in ("пятое", "пять", "девятое")]
    assert judged == [Verdict.RIGHT, Verdict.WRONG, Verdict.WRONG]
    assert questions.judge(trial, Utterance())[0] is Verdict.AGAIN


def test_it_asks_for_an_index(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"index\.tsv"):
        read_set(tmp_path)


def test_it_takes_the_sets_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETS_VARIABLE, raising=False)
    assert sets_folder(None) is None
    monkeypatch.setenv(SETS_VARIABLE, str(tmp_path))
    with pytest.raises(AudioError, match="dev"):
        sets_folder(None)
    (tmp_path / "dev").mkdir()
    assert sets_folder(None) == tmp_path


def test_it_says_what_is_not_measured_without_sets(questions: Questions) -> None:
    plan = plan_hearing(None, questions, quick=True)
    assert any(SETS_VARIABLE in line for line in plan.left_out)
    assert {trial.voice for trial in plan.trials} >= {ESPEAK_VOICE}
    assert not {trial.voice for trial in plan.trials} & {ELENA, JOINED}
    assert {one.noise for one in plan.outside} > {"silence", "white noise"}


def test_it_reads_the_sentences_of_festvox() -> None:
    if not FESTVOX.is_dir():
        pytest.skip(f"{NOT_TESTED}: festvox-ru is not installed (apt-get install festvox-ru)")
    sentences = festvox_recordings()
    assert len(sentences) > 600
    assert all(word.isalpha() for one in sentences for word in one.text.split())


def test_it_plans_real_recordings_with_babble(questions: Questions) -> None:
    if not ASTERISK_FOLDER.is_dir():
        pytest.skip(f"{NOT_TESTED}: asterisk-core-sounds-ru-wav is not installed")
    plan = plan_hearing(None, questions, quick=False)
    rows = Counter((trial.row, trial.condition) for trial in plan.trials if trial.voice == ASTERISK_VOICE)
    assert rows["card, single digits", CLEAN] == 100
    noisy = [trial for trial in plan.trials if trial.condition == IN_BABBLE]
    assert len(noisy) > 30
    if FESTVOX.is_dir():
        assert all(trial.sound.babble and trial.sound.babble.files for trial in noisy)


def test_it_finds_the_tuning_sets(labels: Labels) -> None:
    folder = os.environ.get(SETS_VARIABLE)
    if not folder:
        pytest.skip(f"{NOT_TESTED}: hearing on recordings kept for tuning: {SETS_VARIABLE} is not set")
    rows = Counter((trial.voice, trial.row) for trial in dev_trials(Path(folder) / "dev", labels))
    assert (rows[ELENA, NUMBERS], rows[ELENA, ORDINALS]) == (43, 95)
    assert sum(count for (voice, _), count in rows.items() if voice == JOINED) == 240
    assert rows["tts-victoria", DIGITS] > 80
    assert rows["tts-mikhail", DATES] > 40
