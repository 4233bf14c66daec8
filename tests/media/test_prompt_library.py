"""Recordings by name and by words, and the synthesizer for the rest."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.dialog.commands import Say, Segment
from ivr.errors import AudioError
from ivr.media.codec import SILENCE, encode
from ivr.media.prompts import (
    CACHED_PROMPTS,
    COMMA_SECONDS,
    GAP_SECONDS,
    SENTENCE_SECONDS,
    PromptLibrary,
    Samples,
    read_wav,
    same_words,
)

RATE = 8000
INDEX = {"hello": "Здравствуйте!", "ask.1": "Ваш номер:", "digits.42": "сорок два", "ask.2": ". Верно?"}
LEVELS = {name: 1000 * (place + 1) for place, name in enumerate(INDEX)}


class Voice:
    """A synthesizer that remembers what it was asked for."""

    def __init__(self) -> None:
        self.spoken: list[str] = []

    def __call__(self, text: str) -> Samples:
        self.spoken.append(text)
        return np.full(100, -5000, np.int16)


def sound(level: int) -> Samples:
    return np.full(400, level, np.int16)


def pause(seconds: float) -> bytes:
    return SILENCE * round(seconds * RATE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, level in LEVELS.items():
        soundfile.write(tmp_path / f"{name}.wav", sound(level), RATE)
    (tmp_path / "index.tsv").write_text("".join(f"{n}.wav\t{t}\n" for n, t in INDEX.items()), "utf-8")
    return tmp_path


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def library(folder: Path, voice: Voice) -> PromptLibrary:
    return PromptLibrary(folder, voice)


def recording(name: str) -> bytes:
    return encode(sound(LEVELS[name]))


SPOKEN = encode(np.full(100, -5000, np.int16))


def test_it_plays_the_recording_of_a_prompt(library: PromptLibrary, voice: Voice) -> None:
    audio = library.audio(Say("hello", (Segment("Здравствуйте!", "hello"),)))
    assert audio == recording("hello") + pause(SENTENCE_SECONDS)
    assert voice.spoken == []


def test_a_recording_of_an_older_text_is_not_played(library: PromptLibrary, voice: Voice) -> None:
    audio = library.audio(Say("hello", (Segment("Добрый день!", "hello"),)))
    assert audio == SPOKEN + pause(SENTENCE_SECONDS)
    assert voice.spoken == ["Добрый день!"]


def test_pieces_of_values_are_found_by_their_words(library: PromptLibrary) -> None:
    assert library.recording_of(Segment("Сорок  два,", secret=True)) == "digits.42"
    assert library.recording_of(Segment("сорок три", secret=True)) is None


def test_pauses_follow_the_punctuation_also_behind_a_value(library: PromptLibrary) -> None:
    say = Say(
        "ask",
        (
            Segment("Ваш номер:", "ask.1"),
            Segment("сорок два", secret=True),
            Segment("сорок два", secret=True),
            Segment(". Верно?", "ask.2"),
        ),
    )
    assert library.audio(say) == b"".join(
        (
            recording("ask.1") + pause(COMMA_SECONDS),
            recording("digits.42") + pause(GAP_SECONDS),
            recording("digits.42") + pause(SENTENCE_SECONDS),
            recording("ask.2") + pause(SENTENCE_SECONDS),
        )
    )


def test_what_was_spoken_once_is_kept(library: PromptLibrary, voice: Voice) -> None:
    say = Say("x", (Segment("Новый текст"),))
    assert library.audio(say) == library.audio(say)
    assert voice.spoken == ["Новый текст"]


def test_the_cache_forgets_the_oldest(library: PromptLibrary, voice: Voice) -> None:
    for number in range(CACHED_PROMPTS + 1):
        library.audio(Say("x", (Segment(f"текст {number}"),)))
    library.audio(Say("x", (Segment(f"текст {CACHED_PROMPTS}"),)))
    assert len(voice.spoken) == CACHED_PROMPTS + 1
    library.audio(Say("x", (Segment("текст 0"),)))
    assert voice.spoken[-1] == "текст 0"


def test_only_names_of_the_index_are_served(library: PromptLibrary, folder: Path) -> None:
    assert library.wav_path("hello") == folder / "hello.wav"
    for name in ("index", "../hello", "hello.wav", ""):
        assert library.wav_path(name) is None


def test_the_version_changes_with_the_recording(library: PromptLibrary, folder: Path, voice: Voice) -> None:
    before = library.version_of("hello")
    assert before == library.version_of("hello")
    soundfile.write(folder / "hello.wav", sound(7), RATE)
    assert PromptLibrary(folder, voice).version_of("hello") != before


def test_a_folder_without_an_index_has_no_recordings(tmp_path: Path, voice: Voice) -> None:
    library = PromptLibrary(tmp_path, voice)
    assert library.audio(Say("hello", (Segment("Здравствуйте!", "hello"),))).startswith(SPOKEN)


def test_a_recording_that_the_index_names_must_be_there(folder: Path, voice: Voice) -> None:
    (folder / "hello.wav").unlink()
    with pytest.raises(AudioError, match=r"hello\.wav is missing"):
        PromptLibrary(folder, voice)


@pytest.mark.parametrize(("rate", "channels"), [(16000, 1), (8000, 2)])
def test_a_recording_of_another_kind_is_refused(tmp_path: Path, rate: int, channels: int) -> None:
    soundfile.write(tmp_path / "x.wav", np.zeros((100, channels), np.int16), rate)
    with pytest.raises(AudioError, match="8000 Hz mono") as caught:
        read_wav(tmp_path / "x.wav")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not a wav at all" * 9])
def test_a_file_that_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.wav").write_bytes(content)
    with pytest.raises(AudioError, match="not a readable WAV"):
        read_wav(tmp_path / "x.wav")
    with pytest.raises(AudioError):
        read_wav(tmp_path / "absent.wav")


def test_texts_are_the_same_when_a_voice_reads_them_alike() -> None:
    assert same_words("Ещё раз, пожалуйста!") == same_words("еще раз пожалуйста")
    assert same_words("восемь") != same_words("семь")


def test_slow_speech_is_longer_and_pauses_more(folder: Path) -> None:
    tone = (8000 * np.sin(np.arange(8000) * 2 * np.pi * 200 / RATE)).astype(np.int16)
    soundfile.write(folder / "hello.wav", tone, RATE)
    library = PromptLibrary(folder, Voice())
    segments = (Segment("Здравствуйте!", "hello"), Segment("сорок два"))
    usual, slow = library.audio(Say("p", segments)), library.audio(Say("p", segments, slow=True))
    assert len(slow) - len(usual) == pytest.approx(2000 + (SENTENCE_SECONDS + GAP_SECONDS) * RATE, abs=200)
    assert library.audio(Say("p", segments)) == usual


def test_a_slow_recording_is_a_wav_of_its_own(folder: Path, tmp_path: Path) -> None:
    tone = (8000 * np.sin(np.arange(8000) * 2 * np.pi * 200 / RATE)).astype(np.int16)
    soundfile.write(folder / "hello.wav", tone, RATE)
    library = PromptLibrary(folder, Voice())
    sound = library.slow_wav("hello")
    assert sound is not None
    (tmp_path / "slow.wav").write_bytes(sound)
    assert len(read_wav(tmp_path / "slow.wav")) == pytest.approx(10000, abs=200)
    assert library.slow_wav("../hello") is None
