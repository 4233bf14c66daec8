"""Recorded people of the training corpus: which word is where, and what is joined of single words."""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import AudioError
from ivr.settings import ROOT
from ivr.speech.training import festvox
from ivr.speech.training.corpus import RATE, CorpusWriter, Floats, load, read_corpus
from ivr.speech.training.festvox import Phone, SpokenWord, align, words_of
from ivr.speech.training.joined import LONGEST_SECONDS, join, join_words, paced
from ivr.speech.training.recordings import (
    LEVEL,
    SOUNDS,
    asterisk_sounds,
    festvox_sentences,
    festvox_words,
    levelled,
    single_words,
    stretches,
    trimmed,
)

ASTERISK = ROOT / "tests" / "audio" / "asterisk_ru.tsv"
DIGITS = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")
needs_festvox = pytest.mark.skipif(
    not festvox.VOICE.is_dir(), reason="NOT TESTED: the recordings of festvox-ru (apt-get install festvox-ru)"
)
needs_asterisk = pytest.mark.skipif(
    not SOUNDS.is_dir(), reason="NOT TESTED: the Asterisk sounds (apt-get install asterisk-core-sounds-ru-wav)"
)


def tone(hertz: float, seconds: float, rate: int = RATE, loudness: float = 0.1) -> Floats:
    sound: Floats = (loudness * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)
    return sound


def silence(seconds: float, rate: int = RATE) -> Floats:
    return np.zeros(int(seconds * rate), dtype=np.float32)


def phones(text: str) -> tuple[Phone, ...]:
    """A tenth of a second each."""
    return tuple(Phone(name, at / 10, (at + 1) / 10) for at, name in enumerate(text.split()))


def pitch(sound: Floats) -> float:
    """Hertz of the strongest tone."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 4 * RATE))
    return float(spectrum.argmax()) / 4


# --- Which word is where -------------------------------------------------------------------------------------------


def test_it_drops_stress_marks_punctuation_and_capitals() -> None:
    assert words_of("+Окна, серо-карие - и «дом+а»: Ёлка!") == ("окна", "серо", "карие", "и", "дома", "ёлка")


@pytest.mark.parametrize("text", ["в 1905 году", "станция Mir", "±"])
def test_it_takes_no_text_with_more_than_one_reading(text: str) -> None:
    assert words_of(text) == ()


def test_it_gives_each_word_the_times_of_its_phones() -> None:
    spoken = align(("один", "его", "два"), phones("pau a dd ii n j i v oo pau d v aa pau"))
    assert [(word.word, word.start, word.end, word.sure) for word in spoken] == [
        ("один", 0.1, 0.5, True),
        ("его", 0.5, 0.9, True),
        ("два", 1.0, 1.3, True),
    ]


def test_it_parts_equal_phones_of_two_words() -> None:
    first, second = align(("шесть", "тем"), phones("sh ee ss tt tt ee m"))
    assert (first.end, second.start) == (0.4, 0.4)
    assert first.sure
    assert second.sure


def test_it_is_unsure_of_a_word_that_sounds_otherwise_and_of_its_neighbours() -> None:
    said = phones("pau pp i t n aa c ay tt pau r u k aa pau i pau v ay ss i m n aa c ay tt pau")
    spoken = align(("пятнадцать", "домов", "и", "восемнадцать"), said)
    assert [word.sure for word in spoken] == [False, False, False, True]


def test_it_lays_nothing_over_a_sentence_of_other_words() -> None:
    assert not any(word.sure for word in align(("кот",), phones("pau m ee zh d u n a rr oo d n y j pau")))


@given(st.lists(st.sampled_from(DIGITS), min_size=1, max_size=8))
def test_it_finds_the_edges_of_any_digits_in_a_row(said: list[str]) -> None:
    sounds = {
        "ноль": "n oo ll",
        "один": "a dd ii n",
        "два": "d v aa",
        "три": "t rr ii",
        "четыре": "ch i t yy rr ae",
        "пять": "pp aa tt",
        "шесть": "sh ee ss tt",
        "семь": "ss ee mm",
        "восемь": "v oo ss ae mm",
        "девять": "dd ee vv ae tt",
    }
    spoken = align(said, phones(" ".join(sounds[word] for word in said)))
    assert all(word.sure for word in spoken)
    assert [round((word.end - word.start) * 10) for word in spoken] == [len(sounds[word].split()) for word in said]


def words_at(*times: tuple[float, float], unsure: int | None = None) -> list[SpokenWord]:
    return [SpokenWord(f"w{at}", start, end, at != unsure) for at, (start, end) in enumerate(times)]


def test_it_cuts_long_recordings_in_their_pauses() -> None:
    spoken = words_at((0.2, 3.0), (3.1, 5.0), (5.6, 8.4), (8.8, 11.0))
    assert list(stretches(spoken, 11.2)) == [(0.0, 5.3, ("w0", "w1")), (5.3, 11.2, ("w2", "w3"))]


def test_it_cuts_nowhere_beside_an_unsure_word() -> None:
    spoken = words_at((0.2, 3.0), (3.1, 5.0), (5.6, 8.0), (8.6, 11.0), unsure=2)
    assert list(stretches(spoken, 11.2)) == [(0.0, 11.2, ("w0", "w1", "w2", "w3"))]


def test_it_leaves_short_recordings_whole() -> None:
    assert list(stretches(words_at((0.2, 1.0), (2.0, 3.0)), 3.1)) == [(0.0, 3.1, ("w0", "w1"))]
    assert list(stretches([], 3.1)) == []


# --- Silence and level ---------------------------------------------------------------------------------------------


def test_it_trims_silence_but_for_a_margin() -> None:
    sound = np.concatenate([silence(1), tone(300, 0.5), silence(0.3), tone(300, 0.5), silence(2)])
    assert len(trimmed(sound, RATE)) / RATE == pytest.approx(1.3 + 2 * 0.15, abs=0.02)
    assert len(trimmed(sound, RATE, around=0)) / RATE == pytest.approx(1.3, abs=0.02)


@pytest.mark.parametrize("loudness", [0.001, 0.02, 0.9])
def test_it_brings_speech_to_one_level_whatever_the_pauses(loudness: float) -> None:
    sound = np.concatenate([silence(1), tone(300, 0.5, loudness=loudness), silence(3)])
    spoken = levelled(sound, RATE)[RATE : RATE + RATE // 2]
    assert np.sqrt(np.mean(spoken**2)) == pytest.approx(LEVEL, rel=0.03)


def test_it_never_clips_to_reach_the_level() -> None:
    clicks = tone(300, 1, loudness=0.001)
    clicks[::1500] = 0.9
    assert np.abs(levelled(clicks, RATE)).max() <= 0.98 + 1e-6


@pytest.mark.parametrize("sound", [silence(0.005), silence(0)])
def test_it_leaves_what_is_shorter_than_a_frame(sound: Floats) -> None:
    assert len(trimmed(sound, RATE)) == len(levelled(sound, RATE)) == len(sound)


# --- Corpora -------------------------------------------------------------------------------------------------------


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    """A voice package of one sentence: tones of 300, 500 and 700 Hz for three words, and a pause after the first."""
    folder = tmp_path / "voice"
    for part in ("wav", "lab", "etc"):
        (folder / part).mkdir(parents=True)
    sound = np.concatenate([silence(0.5), tone(300, 0.4), silence(0.5), tone(500, 0.3), tone(700, 0.3), silence(0.5)])
    soundfile.write(folder / "wav" / "ru_1.wav", sound, RATE)
    names = "pau a dd ii n pau d v aa t rr ii pau"
    ends = (0.5, 0.6, 0.7, 0.8, 0.9, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.5)
    lines = [f"{end} 125 {name}\n" for end, name in zip(ends, names.split(), strict=True)]
    (folder / "lab" / "ru_1.lab").write_text("".join(["#\n", *lines]))
    (folder / "etc" / "txt.done.data").write_text('( ru_1 "+Один, два три." )\n', "utf-8")
    return folder


def test_it_cuts_the_mans_words_by_the_times_of_the_package(voice: Path) -> None:
    takes = festvox_words(voice)
    assert {word: round(pitch(some[0])) for word, some in takes.items()} == {"один": 300, "два": 500, "три": 700}
    assert [len(some[0]) / RATE for some in takes.values()] == pytest.approx([0.4, 0.3, 0.3], abs=0.001)


def test_it_writes_the_mans_sentences_as_a_corpus(voice: Path, tmp_path: Path) -> None:
    assert festvox_sentences(tmp_path / "out", voice) == 1
    (recording,) = read_corpus(tmp_path / "out")
    assert recording.words == ("один", "два", "три")
    assert len(load(recording.file)) / RATE == pytest.approx(1.5 + 0.3, abs=0.02)


def test_it_says_which_package_is_missing(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="festvox-ru"):
        festvox_sentences(tmp_path / "out", tmp_path / "nowhere")
    with pytest.raises(AudioError, match="asterisk-core-sounds-ru-wav"):
        asterisk_sounds(ASTERISK, tmp_path / "out", tmp_path / "nowhere")
    with pytest.raises(AudioError, match=r"none\.tsv"):
        asterisk_sounds(tmp_path / "none.tsv", tmp_path / "out", tmp_path)


def test_it_finds_recordings_in_folders_and_writes_yo(tmp_path: Path) -> None:
    sounds = tmp_path / "sounds"
    (sounds / "digits").mkdir(parents=True)
    for name in ("digits/h-4.wav", "dir_x.wav"):
        soundfile.write(sounds / name, np.concatenate([silence(1, 8000), tone(300, 0.5, 8000)]), 8000)
    index = tmp_path / "index.tsv"
    index.write_text("digits_h-4.wav\tчетвертый\ndir_x.wav\tвсе еще\ndigits_none.wav\tнет\n", "utf-8")
    assert asterisk_sounds(index, tmp_path / "out", sounds) == 2
    rows = {row.file.stem: row for row in read_corpus(tmp_path / "out")}
    assert {name: row.words for name, row in rows.items()} == {
        "digits_h-4": ("четвёртый",),
        "dir_x": ("все", "ещё"),
    }
    assert soundfile.info(rows["dir_x"].file).samplerate == 8000
    assert list(single_words(tmp_path / "out")) == ["четвёртый"]


@needs_asterisk
def test_it_writes_all_the_womans_recordings_with_the_projects_own_index(tmp_path: Path) -> None:
    asterisk_sounds(ASTERISK, tmp_path)
    rows = read_corpus(tmp_path)
    assert sum(len(row.words) for row in rows) == sum(
        len(line.split("\t")[1].split()) for line in ASTERISK.read_text("utf-8").splitlines()
    )
    seconds = [soundfile.info(row.file).duration for row in rows]
    assert max(seconds) < LONGEST_SECONDS
    assert sum(seconds) > 20 * 60
    assert set(single_words(tmp_path)) >= {*DIGITS, "девяносто", "января", "четвёртый"}


@needs_festvox
def test_it_is_sure_of_nearly_every_word_of_the_man() -> None:
    said = [word for sentence in festvox.sentences() for word in sentence.words]
    assert len(said) > 9000
    assert sum(word.sure for word in said) / len(said) > 0.999
    assert min(word.end - word.start for word in said) > 0.02


# --- Joins ---------------------------------------------------------------------------------------------------------

STEPS = tuple(400.0 * 1.3**step for step in range(10))
"""Hertz of ten words, further apart than voices are bent."""


@pytest.fixture(scope="module")
def takes() -> dict[str, list[Floats]]:
    """Each digit is a tone of its own, in two takes."""
    return {word: [tone(hertz, 0.35), tone(hertz, 0.5)] for word, hertz in zip(DIGITS, STEPS, strict=True)}


@pytest.fixture(scope="module")
def joined(takes: dict[str, list[Floats]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("joined")
    with CorpusWriter(folder) as writer:
        assert join_words(takes, writer, "tones", 120, random.Random(5)) == 120
    return folder


def heard(sound: Floats) -> Iterator[str]:
    """Digits of ``tone`` by their pitch in pieces of 60 ms, each once while it lasts."""
    last, run = "", 0
    for at in range(0, len(sound) - 960, 480):
        piece = sound[at : at + 960]
        is_loud = float(np.sqrt(np.mean(piece**2))) > 0.03
        word = DIGITS[int(np.abs(np.log(np.array(STEPS) / max(1, pitch(piece)))).argmin())] if is_loud else ""
        run = run + 1 if word == last else 1
        if word and run == 3:
            yield word
        last = word


def test_it_joins_the_words_in_the_order_of_the_index(joined: Path) -> None:
    """Neighbours that are alike cannot be told apart where they touch, so that texts with such are left out."""
    rows = [row for row in read_corpus(joined) if all(a != b for a, b in pairwise(row.words))]
    assert len(rows) > 20
    for row in rows:
        assert tuple(heard(load(row.file))) == row.words


def test_it_joins_only_two_words_or_more_within_the_longest_time(joined: Path) -> None:
    rows = read_corpus(joined)
    assert min(len(row.words) for row in rows) == 2
    assert max(len(row.words) for row in rows) >= 16
    seconds = [soundfile.info(row.file).duration for row in rows]
    assert max(seconds) <= LONGEST_SECONDS


def test_it_joins_alike_with_the_same_seed(takes: dict[str, list[Floats]], joined: Path, tmp_path: Path) -> None:
    with CorpusWriter(tmp_path) as writer:
        join_words(takes, writer, "tones", 5, random.Random(5))
    for again, before in zip(read_corpus(tmp_path), read_corpus(joined), strict=False):
        assert again.words == before.words
        assert again.file.read_bytes() == before.file.read_bytes()


def test_it_lets_every_digit_follow_every_other_many_times(tmp_path: Path) -> None:
    with CorpusWriter(tmp_path) as writer:
        join_words({word: [tone(300, 0.1)] for word in DIGITS}, writer, "d", 300, random.Random(1))
    pairs = Counter(pair for row in read_corpus(tmp_path) for pair in pairwise(row.words))
    assert len(pairs) == 100
    assert min(pairs.values()) >= 4


def test_it_says_more_faster_and_loses_none_of_it() -> None:
    """Thirty words of half a second would take fifteen seconds."""
    said = [tone(STEPS[at % 10], 0.5) for at in range(30)]
    sound = join(said, random.Random(3))
    assert len(sound) <= LONGEST_SECONDS * RATE
    assert list(heard(sound)) == [DIGITS[at % 10] for at in range(30)]


def test_it_writes_nothing_where_no_two_words_make_a_text(tmp_path: Path) -> None:
    with CorpusWriter(tmp_path) as writer:
        assert join_words({"кукареку": [tone(300, 0.4)], "пять": []}, writer, "x", 3, random.Random(1)) == 0
    assert read_corpus(tmp_path) == []


@pytest.mark.parametrize("pace", [0.8, 1.0, 1.3, 1.6])
@pytest.mark.parametrize("hertz", [100, 220])
def test_it_changes_pace_without_pitch(pace: float, hertz: float) -> None:
    sound = tone(hertz, 1)
    other = paced(sound, pace)
    assert len(other) / RATE == pytest.approx(1 / pace, rel=0.01)
    assert pitch(other) == pytest.approx(hertz, rel=0.02)
    assert np.sqrt(np.mean(other**2)) == pytest.approx(np.sqrt(np.mean(sound**2)), rel=0.05)
