"""``recognize``, ``cards``, ``lint`` and ``prompts`` as a tester runs them."""

import json
from pathlib import Path

import pytest
import soundfile

from ivr import __main__ as program
from ivr.simulator.voices import caller_voices

CONTRACT = {"text", "alternatives", "value", "complete", "seconds"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/calls.db")


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    """Exit code and standard output of a command."""
    monkeypatch.setattr("sys.argv", ["ivr", *arguments])
    with pytest.raises(SystemExit) as ended:
        program.main()
    return ended.value.code, capsys.readouterr().out


HEARD = {
    "сорок два семьдесят шесть ноль пять двенадцать ноль ноль ноль два ноль ноль двадцать четыре": (
        "card_number",
        "4276051200020024",
        True,
    ),
    "сорок два семьдесят шесть": ("card_number", "4276", False),
    "пятое марта тысяча девятьсот восьмидесятого года": ("birth_date", "1980-03-05", True),
    "да": ("yes_no", "yes", True),
}


@pytest.mark.parametrize("said", HEARD)
def test_it_prints_what_was_heard(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    grammar, value, complete = HEARD[said]
    soundfile.write(tmp_path / "said.wav", caller_voices().say(said, "man"), 8000)
    code, out = run(monkeypatch, capsys, "recognize", "said.wav", "--grammar", grammar, "--json")
    found = json.loads(out)
    assert code == 0
    assert set(found) >= CONTRACT
    assert (found["text"], found["value"], found["complete"]) == (said, value, complete)


def test_it_shows_a_card_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run(monkeypatch, capsys, "cards", "samples")
    code, out = run(monkeypatch, capsys, "cards", "show", "4276051200020024", "--json")
    assert code == 0
    assert json.loads(out)["status"] == "issued"
    assert json.loads(run(monkeypatch, capsys, "appeals", "list", "--json")[1]) == []


def test_the_shipped_dialogues_are_sound(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, capsys, "lint") == (0, "")


def test_every_prompt_is_recorded_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, capsys, "prompts", "check") == (0, "")


def test_it_draws_the_dialogue(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(monkeypatch, capsys, "graph")
    assert code == 0
    assert "activate_card" in out
