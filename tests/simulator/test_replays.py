"""Many calls, several times over: the same result each time, and what is told where it is not."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import pytest
from typer.testing import CliRunner

from ivr.__main__ import app
from ivr.commands.scenarios import readable
from ivr.content import current_content
from ivr.errors import HotlineError
from ivr.simulator.coverage import coverage, ways_of
from ivr.simulator.report.figures import figures
from ivr.simulator.report.junit import junit
from ivr.simulator.result import Reply, Understood
from ivr.simulator.rounds import Replayed, grouped, replayed, tasks_of
from ivr.simulator.summary import Played, Said
from ivr.simulator.voices import caller_voices

GOOD = """call: good
title: Просят оператора
turns:
  - hotline: карта — один
  - {caller: оператор, keys: "0"}
  - hotline: Соединяем с оператором
expect: {disposition: operator}
"""
BAD = """call: bad
title: Ждут не того
by: [keys]
turns:
  - hotline: карта — один
  - {keys: "0"}
  - hotline: пароль
expect: {disposition: operator}
"""
ABSENT = """call: absent
title: Голос, которого здесь нет
by: [voice]
turns:
  - hotline: карта — один
  - {caller: оператор, voice: asterisk}
expect: {disposition: operator}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calls")
    (folder / "good.yaml").write_text(GOOD, "utf-8")
    (folder / "bad.yaml").write_text(BAD, "utf-8")
    return folder


@pytest.fixture(scope="module")
def twice(folder: Path) -> list[Replayed]:
    """Each call two times, in this process."""
    tasks = tasks_of(readable(folder), 2)
    return grouped(list(replayed(tasks, 1, caller_voices)))


def heard(**changes: Any) -> Understood:
    said = Understood(0, 1.0, 2, "problem", False, "да", (), "yes", "understood", "", by_keys=False, noisy=False)
    return replace(said, **changes)


def test_all_rounds_of_a_call_go_the_same_way(twice: list[Replayed]) -> None:
    assert [(one.first.call, one.first.mode, len(one.rounds)) for one in twice] == [
        ("bad", "keys", 2),
        ("good", "voice", 2),
        ("good", "keys", 2),
    ]
    assert [len({round.fingerprint for round in one.rounds}) for one in twice] == [1, 1, 1]
    assert [one.flaky for one in twice] == [False] * 3
    assert [one.differences for one in twice] == [()] * 3
    by_voice = twice[1].first
    assert any("heard at problem: оператор = operator" in line for line in by_voice.trace)
    assert any("answered after" in line for line in by_voice.trace)


def test_ids_that_are_drawn_anew_are_not_compared(twice: list[Replayed]) -> None:
    traces = " ".join(line for group in twice for one in group.rounds for line in one.trace)
    assert re.search(r"[0-9a-f]{32}", traces) is None


def test_it_tells_passed_from_failed(twice: list[Replayed]) -> None:
    total = figures(twice)
    assert (total.calls, total.passed, total.failed, total.rounds, total.flaky) == (3, 2, 1, 2, 0)
    assert total.median_ms is not None
    assert "пароль" in twice[0].worst.failures[0]


def test_a_round_that_went_otherwise_is_shown_line_by_line() -> None:
    first = Played("one", "Один", "one.yaml", "voice", 1, trace=("0:1.00 hotline: да", "0:2.00 caller: нет"))
    other = replace(first, round=2, trace=("0:1.00 hotline: да", "0:2.02 caller: нет"))
    group = grouped([other, first, replace(first, round=3)])[0]
    assert group.flaky
    shown = [line for line in group.differences if line[0] in "-+" and not line.startswith(("---", "+++"))]
    assert shown == ["-0:2.00 caller: нет", "+0:2.02 caller: нет"]
    assert figures([group]).flake_percent == 100.0


def test_a_call_that_failed_once_is_flaky_too() -> None:
    first = Played("one", "Один", "one.yaml", "voice", 1)
    group = Replayed((first, replace(first, round=2, failures=("late",))))
    assert group.flaky
    assert group.worst.failures == ("late",)


@pytest.mark.parametrize(
    ("answer", "ways"),
    [
        (heard(), {"ok"}),
        (heard(noisy=True), {"ok", "noise"}),
        (heard(text="", value="", result="silence"), {"silence"}),
        (heard(text="1", by_keys=True, result="keys"), {"keys"}),
        (heard(text="оператор", command="operator", result=None), {"operator"}),
        (heard(text="[unk]", result="not_understood"), set()),
    ],
)
def test_it_knows_how_a_question_was_answered(answer: Understood, ways: set[str]) -> None:
    assert ways_of(answer) == ways


def test_coverage_names_the_questions_that_no_call_came_to(twice: list[Replayed]) -> None:
    book = current_content().book
    covered = coverage(book, [group.worst for group in twice])
    assert {one.question for one in covered} == set(book.fields)
    problem = covered[0]
    assert (problem.question, problem.counts["operator"], problem.counts["silence"]) == ("problem", 3, 0)
    assert not covered[-1].reached
    assert covered[-1].asks


def test_junit_tells_failed_flaky_and_skipped_apart() -> None:
    good = Played("one", "Один", "one.yaml", "voice", said=(Said(0, 1.0, "hotline", "a\x00b & <c>"),))
    groups = [
        Replayed((good,)),
        Replayed((replace(good, call="two", failures=("first", "second")),)),
        Replayed((replace(good, call="three", skipped="no recordings"),)),
        Replayed((replace(good, call="four", trace=("x",)), replace(good, call="four", trace=("y",), round=2))),
    ]
    suites = xml.fromstring(junit(groups))
    assert {name: suites.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "4",
        "failures": "2",
        "skipped": "1",
    }
    cases = {case.get("name"): case for case in suites.iter("testcase")}
    assert cases["one by voice"].find("failure") is None
    assert cases["one by voice"].findtext("system-out") == "hotline: a?b & <c>"
    failures = {name: case.find("failure") for name, case in cases.items()}
    assert [failures[name].get("type") for name in ("two by voice", "four by voice")] == ["unmet", "flaky"]  # type: ignore[union-attr]
    assert cases["two by voice"].findtext("failure") == "first\nsecond"
    skipped = cases["three by voice"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "no recordings"


def test_a_call_whose_recordings_are_not_here_is_skipped_loudly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.simulator.voices.ASTERISK_FOLDER", tmp_path / "none")
    (tmp_path / "absent.yaml").write_text(ABSENT, "utf-8")
    [played] = replayed(tasks_of(readable(tmp_path / "absent.yaml"), 1), 1, caller_voices)
    assert played.skipped.startswith("the recordings of asterisk are not in")
    assert not played.passed


def test_a_voice_that_is_not_there_fails_its_call_alone(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(ABSENT.replace("voice: asterisk", "voice: espeak-womn"), "utf-8")
    [played] = replayed(tasks_of(readable(tmp_path / "x.yaml"), 1), 1, caller_voices)
    assert "Did you mean espeak-woman?" in played.failures[0]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, Path]:
    """The command over the folder by keys, in two processes."""
    calls, out = tmp_path_factory.mktemp("keys"), tmp_path_factory.mktemp("report")
    (calls / "bad.yaml").write_text(BAD, "utf-8")
    (calls / "good.yaml").write_text(GOOD.replace("turns:", "by: [keys]\nturns:"), "utf-8")
    options = ["--jobs", "2", "--report", str(out), "--junit", str(out / "junit.xml")]
    result = CliRunner().invoke(app, ["replay", str(calls), *options])
    return result.exit_code, result.output, out


def test_the_command_plays_in_processes_and_reports(report: tuple[int, str, Path]) -> None:
    code, output, out = report
    assert code == 1
    assert "1 of 2 passed, 1 failed, 0 not tested" in output
    record = json.loads((out / "replay.json").read_text("utf-8"))
    assert [(call["call"], call["passed"]) for call in record["calls"]] == [("bad", False), ("good", True)]
    assert record["calls"][1]["understood"][0]["question"] == "problem"
    assert record["coverage"]["problem"]["operator"] == 2
    cases = list(xml.parse(out / "junit.xml").iter("testcase"))
    assert [case.find("failure") is not None for case in cases] == [True, False]


def test_the_page_needs_nothing_beside_it(report: tuple[int, str, Path]) -> None:
    page = (report[2] / "index.html").read_text("utf-8")
    assert "https://" not in page
    assert "src=" not in page
    assert '<path class="hotline-wave" d="M' in page
    assert "Соединяем с оператором" in page


def test_scenarios_that_cannot_be_read_are_told_before_anything_is_played(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(GOOD.replace("title", "titel"), "utf-8")
    (tmp_path / "c.yaml").write_text(GOOD, "utf-8")
    result = CliRunner().invoke(app, ["replay", str(tmp_path)])
    assert isinstance(result.exception, HotlineError)
    assert [line.partition(": ")[0][-8:] for line in str(result.exception).splitlines()] == ["a.yaml:2", "b.yaml:2"]


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["scenarios", "check", str(tmp_path)])
    assert isinstance(result.exception, HotlineError)
    assert "There is no scenario in" in str(result.exception)


def test_waits_are_drawn_where_they_were() -> None:
    from ivr.simulator.report.waves import drawings
    from ivr.simulator.summary import Waveform

    played = Played("x", "x", "x", "voice", replies=(Reply(0, 2.0, 3, 400),), waveforms=(Waveform((0, 50), (100, 0)),))
    [drawing] = drawings(played)
    assert [(wait.x, wait.width, wait.turn) for wait in drawing.waits] == [(8.0, 2.0, 3)]
    assert drawing.hotline.startswith("M0 48v-48")
    assert drawing.caller.startswith("M1 48v24")
