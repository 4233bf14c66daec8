"""The robustness grid: what is played, how it is judged and counted, its bounds and its pictures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.bench.hearing.questions import Verdict
from ivr.bench.robustness import conditions as grid_conditions
from ivr.bench.robustness.conditions import CLEAN, Condition, conditions
from ivr.bench.robustness.confusions import NOTHING, confusions, laid_side_by_side, pairs
from ivr.bench.robustness.grid import GridReport, GridRun, background, plan_grid, run_grid
from ivr.bench.robustness.listening import Listening, Outcome, Trial
from ivr.bench.robustness.pictures import draw_grid
from ivr.bench.robustness.thresholds import Bounds, Shortfall, load_thresholds, shortfalls
from ivr.errors import AudioError, BookError
from ivr.fixtures.chain import parse_chain
from ivr.fixtures.manifest import STARTER, Fixture, Kind, read_set, write_manifest
from ivr.settings import ROOT
from ivr.speech.model import model_dir
from ivr.speech.recognizer import VoskEar
from ivr.speech.sound import RATE

THRESHOLDS = ROOT / "tests" / "fixtures" / "thresholds.yaml"
RUN = GridRun(model_dir(""), STARTER, samples=4, jobs=1)
NO_SOUND = Fixture(Path("x.wav"), "пять шесть", "56", "one_time_code", Kind.REAL, "somebody", "a tester", "CC0")


def outcome(chain: str, verdict: Verdict, heard: str = "") -> Outcome:
    where = next(one for one in conditions() if one.chain == chain)
    return Outcome(Trial(NO_SOUND, where, 1), verdict, "", heard)


def report(*outcomes: Outcome) -> GridReport:
    return GridReport(RUN, outcomes)


# -- words ------------------------------------------------------------------------------------------------------------


def test_each_word_said_is_laid_beside_the_one_heard_for_it() -> None:
    said, heard = ["двенадцать", "шесть", "да"], ["девятнадцать", "[unk]", "пять"]
    assert list(laid_side_by_side(said, heard)) == [("двенадцать", "девятнадцать"), ("шесть", "пять"), ("да", NOTHING)]
    assert list(laid_side_by_side(["да"], ["ну", "да", "ну"])) == [("да", "да")]
    assert list(laid_side_by_side(["да"], ["[unk]"])) == [("да", NOTHING)]


def test_pairs_are_counted_in_both_directions() -> None:
    heard = [("двенадцать", "девятнадцать"), ("двенадцать", "двенадцать"), ("двенадцать", "сто"), ("девятнадцать", "")]
    found = {one.said: one for one in confusions(heard) if one.pair == {"двенадцать", "девятнадцать"}}
    twelve, nineteen = found["двенадцать"], found["девятнадцать"]
    assert (twelve.count, twelve.right, twelve.as_rival, twelve.as_another, twelve.lost) == (3, 1, 1, 1, 0)
    assert twelve.others == ["сто"]
    assert (nineteen.count, nineteen.lost) == (1, 1)


@pytest.mark.parametrize("pair", ["двенадцать девятнадцать", "июня июля", "пять шесть", "два да", "семь восемь"])
def test_the_words_that_people_mix_up_are_among_the_pairs(pair: str) -> None:
    assert tuple(pair.split()) in pairs()


# -- what is played ---------------------------------------------------------------------------------------------------


def test_every_cell_can_be_read_and_is_there_once() -> None:
    labels = [one.label for one in conditions()]
    assert labels[0] == CLEAN
    assert len(labels) == len(set(labels)) > 30
    names = {step.kind.name for one in conditions() for step in parse_chain(one.chain).steps}
    wanted = "mulaw packet_loss babble till_beeps hum speed level clipping echo_of_prompt"
    assert set(wanted.split()) <= names


def test_the_same_sample_is_played_under_each_condition_and_a_seed_gives_one_plan() -> None:
    plan = plan_grid(RUN)
    by_cell = [[one.fixture for one in plan if one.condition == where] for where in conditions()]
    assert len(by_cell[0]) == RUN.samples
    assert all(cell == by_cell[0] for cell in by_cell)
    assert plan == plan_grid(RUN)
    assert plan != plan_grid(replace(RUN, seed=2))


def test_a_sample_has_many_questions_and_words_that_sound_alike() -> None:
    chosen = [one.fixture for one in plan_grid(replace(RUN, samples=16)) if one.condition.label == CLEAN]
    assert len({one.grammar for one in chosen}) >= 6
    assert len({one.speaker for one in chosen}) == 4
    words = {word for one in chosen for word in one.text.split()}
    assert {"да", "два", "июня", "июля", "пять", "шесть", "семь", "восемь", "двенадцать", "девятнадцать"} <= words


def test_nobody_babbles_behind_his_own_words() -> None:
    talk = background(RUN)
    speakers = {one.file: one.speaker for one in read_set(STARTER)}
    assert len(talk) == 4
    for speaker, files in talk.items():
        assert files
        assert speaker not in {speakers[file] for file in files}


def test_a_set_without_answers_says_what_to_write(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.ones(RATE) / 10, RATE)
    write_manifest(tmp_path, [replace(NO_SOUND, file=tmp_path / "a.wav", grammar="")])
    with pytest.raises(AudioError, match="give recordings a grammar"):
        plan_grid(replace(RUN, fixtures=str(tmp_path)))


# -- through the real listener ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def listening() -> Listening:
    return Listening(VoskEar(RUN.model), background(RUN))


def starter(grammar: str) -> Fixture:
    return next(one for one in read_set(STARTER) if one.speaker == "festival-man" and one.grammar == grammar)


CLEAR = Condition(CLEAN, "")


@pytest.mark.parametrize("grammar", ["one_time_code", "birth_date", "yes_no", "everywhere", "problem", "card_number"])
def test_a_clean_fixture_is_understood_at_its_question(listening: Listening, grammar: str) -> None:
    found = listening.run(Trial(starter(grammar), CLEAR, 1))
    assert (found.verdict, found.value) == (Verdict.RIGHT, found.trial.fixture.value)


def test_words_of_a_clean_fixture_are_heard_as_said(listening: Listening) -> None:
    code = starter("one_time_code")
    assert listening.run(Trial(code, CLEAR, 1)).words == [(word, word) for word in code.text.split()]


def test_another_value_is_wrong_and_a_part_of_one_is_asked_again(listening: Listening) -> None:
    other = replace(starter("birth_date"), value="1999-09-09")
    assert listening.run(Trial(other, CLEAR, 1)).verdict is Verdict.WRONG
    code = starter("one_time_code")
    longer = replace(code, text=f"{code.text} пять шесть семь", grammar="card_number", value="121952567")
    assert listening.run(Trial(longer, CLEAR, 1)).verdict is Verdict.WRONG
    whole = replace(starter("card_number"), file=code.file)
    assert listening.run(Trial(whole, CLEAR, 1)).verdict is Verdict.AGAIN


def test_words_drowned_in_babble_are_not_understood(listening: Listening) -> None:
    found = listening.run(Trial(starter("birth_date"), Condition("babble", "babble:-10"), 1))
    assert found.verdict is not Verdict.RIGHT


def test_a_run_counts_each_cell_and_is_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_conditions, "GRID", {CLEAN: ("",), "babble": ("babble:5",)})
    plan, done = plan_grid(RUN), list[int]()
    reports = [run_grid(RUN, plan, lambda: done.append(1)) for _ in range(2)]
    assert len(done) == 2 * len(plan) == 2 * 2 * RUN.samples
    assert reports[0].as_json() == reports[1].as_json()
    assert [(cell.chain, cell.count) for cell in reports[0].cells] == [(CLEAN, 4), ("babble:5", 4)]
    assert reports[0].cells[0].right >= reports[0].cells[1].right


# -- figures ----------------------------------------------------------------------------------------------------------


def test_verdicts_are_counted_by_cell() -> None:
    right, wrong, again = Verdict.RIGHT, Verdict.WRONG, Verdict.AGAIN
    found = report(*(outcome("hum:0", one) for one in (right, right, wrong, again)), outcome("", right))
    assert [cell.chain for cell in found.cells] == [CLEAN, "hum:0"]
    hum = found.cells[1]
    assert (hum.condition, hum.count, hum.right, hum.wrong, hum.again) == ("hum", 4, 2, 1, 1)
    assert (hum.right_percent, hum.wrong_percent) == (50, 25)


def test_figures_of_voices_from_the_training_say_so() -> None:
    assert "in the acoustic model's training" in str(report(outcome("", Verdict.RIGHT)).as_json()["note"])
    own = GridReport(replace(RUN, fixtures="recordings"), [outcome("", Verdict.RIGHT)])
    assert own.note == ""


def test_both_pictures_are_drawn(tmp_path: Path) -> None:
    outcomes = [outcome(chain, Verdict.RIGHT, "пять шесть") for chain in ("", "hum:0", "babble:5")]
    second = draw_grid(report(*outcomes), tmp_path / "grid.png")
    assert second == tmp_path / "grid.pairs.png"
    for file in (tmp_path / "grid.png", second):
        assert file.read_bytes().startswith(b"\x89PNG")


# -- bounds -----------------------------------------------------------------------------------------------------------


def test_a_cell_below_its_bound_is_named_and_cells_without_one_are_free() -> None:
    found = report(outcome("hum:0", Verdict.WRONG), outcome("hum:0", Verdict.RIGHT), outcome("hum:10", Verdict.WRONG))
    bounds = {"hum:0": Bounds(right=60, wrong=40)}
    assert shortfalls(found, bounds) == [
        Shortfall("hum:0", "right, at least", 50, 60),
        Shortfall("hum:0", "wrong, at most", 50, 40),
    ]
    assert shortfalls(found, {"hum:0": Bounds(right=50, wrong=50)}) == []


@pytest.mark.parametrize("name", ["starter", "real"])
def test_the_project_has_bounds_for_every_cell_of_its_sets(name: str) -> None:
    assert list(load_thresholds(THRESHOLDS, name)) == [one.label for one in conditions()]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mine: {hum:0: {right: 120, wrong: 3}}", "less than or equal to 100"),
        ("mine: {hum:0: {rigth: 50}}", "write `set: {babble:10: {right: 50, wrong: 20}}`"),
        ("mine: {bable:10: {right: 50, wrong: 5}}", "bable:10 is no cell of the grid; there are: clean; mulaw"),
        ("yours: {hum:0: {right: 50, wrong: 5}}", "no bounds for the set mine"),
    ],
)
def test_a_bad_file_of_bounds_says_what_to_write(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "thresholds.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(BookError) as caught:
        load_thresholds(file, "mine")
    assert told in str(caught.value)
    assert "thresholds.yaml" in str(caught.value)
