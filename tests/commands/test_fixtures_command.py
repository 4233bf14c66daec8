"""``python -m ivr fixtures``: what it prints, writes and exits with."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile
from typer.testing import CliRunner

from ivr.bench.robustness import conditions
from ivr.commands.fixtures import app
from ivr.errors import HotlineError
from ivr.fixtures.manifest import MANIFEST, STARTER, read_set
from ivr.fixtures.real import VOICES
from ivr.settings import ROOT
from tests.conftest import NOT_TESTED

CODE = next(str(one.file) for one in read_set(STARTER) if one.speaker == "festival-man")
runner = CliRunner()


def test_mutate_writes_the_same_wav_for_the_same_seed(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.wav" for name in "abc"]
    for file, seed in zip(files, ("7", "7", "8"), strict=True):
        given = ["mutate", CODE, str(file), "--with", "babble:10,packet_loss:3,speed:1.2", "--seed", seed]
        done = runner.invoke(app, given, catch_exceptions=False)
        assert done.exit_code == 0
        assert f"babble:10,packet_loss:3:1,speed:1.2, seed {seed}." in done.output
    first, second, third = (file.read_bytes() for file in files)
    assert first == second != third
    before, after = soundfile.info(CODE), soundfile.info(files[0])
    assert after.samplerate == 8000
    assert after.duration == pytest.approx(before.duration / 1.2, abs=0.1)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["mutate", CODE, "out.wav", "--with", "bable:10"], "Did you mean babble?"),
        (["mutate", CODE, "out.mp3", "--with", "mulaw"], "name a file that ends in .wav"),
        (["mutate", CODE, "nowhere/out.wav", "--with", "mulaw"], "there is no folder nowhere; make it first"),
        (["mutate", "nowhere.wav", "out.wav", "--with", "mulaw"], "nowhere.wav: not a readable recording"),
        (
            ["mutate", CODE, "out.wav", "--with", "babble:1", "--voices", "nowhere"],
            "no folder with WAV files; name one",
        ),
        (["grid", "--set", "nowhere"], "name starter, real, own or a folder that has one"),
    ],
)
def test_a_mistake_says_what_to_do_and_writes_no_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(HotlineError) as caught:
        runner.invoke(app, given, catch_exceptions=False)
    assert told in str(caught.value)
    assert not list(tmp_path.glob("out.*"))


def test_the_commands_are_part_of_the_program(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ivr", "fixtures", "mutate", CODE, str(tmp_path / "a.wav"), "--with", "speed:9"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "'speed:9': write the times as fast as a number from 0.5 to 2, such as speed:1.2.\n"


def test_make_builds_a_set_out_of_what_is_installed(tmp_path: Path) -> None:
    there = [voice for voice in VOICES if voice.folder.is_dir()]
    if not there:
        pytest.skip(f"{NOT_TESTED}: fixtures of real speech: apt-get install asterisk-core-sounds-ru-wav festvox-ru")
    done = runner.invoke(app, ["make", "--out", str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 0
    assert (tmp_path / MANIFEST).is_file()
    assert {one.speaker for one in read_set(str(tmp_path))} == {voice.speaker for voice in there}
    for voice in VOICES:
        assert (voice.speaker in done.output) is (voice in there)


@pytest.fixture
def small_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "GRID", {"clean": ("",), "babble": ("babble:0",)})


@pytest.mark.usefixtures("small_grid")
def test_grid_prints_draws_and_checks(tmp_path: Path) -> None:
    bounds = tmp_path / "bounds.yaml"
    bounds.write_text("starter: {babble:0: {right: 99, wrong: 100}}", "utf-8")
    given = ["grid", "--samples", "3", "--jobs", "1", "--check", "--thresholds", str(bounds)]
    done = runner.invoke(app, [*given, "--json", "--out", str(tmp_path / "grid.png")], catch_exceptions=False)
    assert done.exit_code == 1
    assert "Missed: babble:0: right, at least 99 %, measured" in done.stderr
    figures = json.loads(done.stdout)
    assert [(cell["chain"], cell["count"]) for cell in figures["cells"]] == [("clean", 3), ("babble:0", 3)]
    assert "not how strangers are heard" in figures["note"]
    assert {file.name for file in tmp_path.iterdir()} == {"bounds.yaml", "grid.png", "grid.pairs.png"}


@pytest.mark.usefixtures("small_grid")
def test_grid_prints_tables_and_whose_voices_they_are(tmp_path: Path) -> None:
    bounds = tmp_path / "bounds.yaml"
    bounds.write_text("starter: {babble:0: {right: 0, wrong: 100}}", "utf-8")
    given = ["grid", "--samples", "2", "--jobs", "1", "--check", "--thresholds", str(bounds)]
    done = runner.invoke(app, given, catch_exceptions=False)
    assert done.exit_code == 0
    assert "babble:0" in done.stdout
    assert "heard as said" in done.stdout
    assert "were in the acoustic model's training" in " ".join(done.stdout.split())
