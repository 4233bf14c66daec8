"""What testers record: taken in with their consent alone, as fixtures that the grid can use."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from ivr.clock import SetClock
from ivr.fixtures.manifest import Kind, read_set
from ivr.fixtures.own import CONSENTS, OwnRecordings
from ivr.takes import Problem, Take
from tests.retelling.stored_calls import content

Samples = NDArray[np.int16]
WORDS = "три два один три девять один"


@pytest.fixture
def recordings(tmp_path: Path) -> OwnRecordings:
    return OwnRecordings(content(), SetClock(datetime(2026, 11, 24, 9, tzinfo=UTC)), tmp_path)


def take(recordings: OwnRecordings, speaker: str = "s1", sound: Samples | None = None) -> Take:
    return Take(speaker, "one_time_code", WORDS, hum() if sound is None else sound, recordings.terms.version)


def hum(loudness: float = 0.3, seconds: float = 2.0) -> Samples:
    wave = np.sin(np.arange(round(seconds * 8000)) / 5) * loudness * 32767
    return wave.clip(-32768, 32767).astype(np.int16)


def test_a_recording_becomes_a_fixture(recordings: OwnRecordings, tmp_path: Path) -> None:
    kept = recordings.keep(take(recordings))
    (fixture,) = read_set(str(tmp_path))
    assert kept.file == fixture.file.name == "s1-001.wav"
    assert (fixture.value, fixture.kind, fixture.speaker, fixture.licence) == ("321391", Kind.REAL, "s1", "CC0-1.0")
    assert recordings.terms.version in fixture.source
    assert "2026-11-24" in fixture.source
    sound = soundfile.info(tmp_path / kept.file)
    assert (sound.samplerate, sound.channels, sound.subtype) == (8000, 1, "PCM_16")
    assert recordings.terms.consent in (tmp_path / CONSENTS).read_text("utf-8")


@pytest.mark.parametrize(
    ("problem", "changes"),
    [
        ("consent", {"consent": "another text"}),
        ("speaker", {"speaker": "Иван Петров"}),
        ("speaker", {"speaker": "../s1"}),
        ("words", {"text": "добрый день"}),
        ("words", {"grammar": "no_such_question"}),
    ],
)
def test_what_is_wrong_is_not_kept(recordings: OwnRecordings, problem: Problem, changes: dict[str, str]) -> None:
    assert recordings.keep(replace(take(recordings), **changes)).problem == problem  # type: ignore[arg-type]
    assert recordings.recorded() == []


@pytest.mark.parametrize(
    ("problem", "sound"),
    [("silent", hum(0.001)), ("loud", hum(3.0)), ("length", hum(seconds=0.1)), ("length", hum(seconds=16.0))],
    ids=["silent", "loud", "too short", "too long"],
)
def test_what_cannot_be_heard_is_not_kept(recordings: OwnRecordings, problem: Problem, sound: Samples) -> None:
    assert recordings.keep(take(recordings, sound=sound)).problem == problem


def test_who_withdraws_the_consent_is_forgotten(recordings: OwnRecordings, tmp_path: Path) -> None:
    recordings.keep(take(recordings))
    recordings.keep(take(recordings, speaker="s2"))
    recordings.keep(take(recordings))
    assert recordings.forget("s1") == 2
    assert [one.speaker for one in read_set(str(tmp_path))] == ["s2"]
    assert sorted(file.name for file in tmp_path.glob("*.wav")) == ["s2-001.wav"]
    assert "s1\t" not in (tmp_path / CONSENTS).read_text("utf-8")


def test_numbers_of_removed_recordings_are_free_for_none(recordings: OwnRecordings) -> None:
    names = [recordings.keep(take(recordings)).file for _ in range(2)]
    assert recordings.discard(names[0])
    assert not recordings.discard("../../etc/passwd")
    assert recordings.keep(take(recordings)).file == "s1-003.wav"


def test_each_task_is_an_answer_to_its_question(recordings: OwnRecordings) -> None:
    tasks = recordings.tasks(seed=1)
    grammars = {task.grammar for task in tasks}
    assert {"yes_no", "problem", "one_time_code", "card_number", "birth_date", "person_name"} <= grammars
    assert all(task.value for task in tasks)
    assert tasks == recordings.tasks(seed=1)
    assert {task.text for task in tasks} != {task.text for task in recordings.tasks(seed=2)}
