"""libvosk with the bundled model: real human digits, a synthesized phrase, threads, and no way to end the process."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.content import GRAMMARS, load_content
from ivr.dialog.commands import Listen
from ivr.dialog.events import Spoken, Utterance
from ivr.dialog.forms import Complete, DialogBook
from ivr.errors import ModelError
from ivr.media.question import phrases_for
from ivr.settings import load_settings
from ivr.speech.model import model_words, open_ear
from ivr.speech.recognizer import ALTERNATIVES, BUNDLED_MODEL, SAMPLE_RATE, VoskEar
from ivr.speech.synthesizer import shared_synthesizer

RECORDINGS = Path("/usr/share/asterisk/sounds/ru_RU_f_IvrvoiceRU/digits")
WORDS = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")
CHUNK_BYTES = 1600
"""0.1 s of samples."""


@pytest.fixture(scope="module")
def ear() -> VoskEar:
    return VoskEar(BUNDLED_MODEL)


@pytest.fixture(scope="module")
def book() -> DialogBook:
    return load_content(GRAMMARS, 2026).book


@pytest.fixture(scope="module")
def card_phrases(book: DialogBook) -> tuple[str, ...]:
    return phrases_for(book, Listen("card_number"))


def human_digits(digits: str, pause_seconds: float = 0.1) -> bytes:
    """A woman's recordings of single digits joined, 8 kHz int16."""
    if not RECORDINGS.is_dir():
        pytest.skip(f"NOT TESTED: human digits: no {RECORDINGS} (apt-get install asterisk-core-sounds-ru-wav)")
    pause = np.zeros(round(pause_seconds * SAMPLE_RATE), np.int16)
    parts = [np.zeros(2400, np.int16)]
    for digit in digits:
        samples, rate = soundfile.read(RECORDINGS / f"{digit}.wav", dtype="int16")
        assert rate == SAMPLE_RATE
        parts += [samples, pause]
    return np.concatenate(parts).tobytes()


def hear(ear: VoskEar, phrases: tuple[str, ...], pcm: bytes) -> Utterance:
    """All that is heard, as the media session hears it: in chunks, then a cut."""
    recognizer = ear.recognizer(phrases)
    parts = [recognizer.accept(pcm[at : at + CHUNK_BYTES]).finished for at in range(0, len(pcm), CHUNK_BYTES)]
    return Utterance(tuple(Spoken(part) for part in (*parts, recognizer.finish()) if part))


@pytest.mark.parametrize("digits", ["4276051200020024", "7789000011112222", "0987654321012345"])
def test_it_hears_a_card_number_in_human_digits(ear: VoskEar, book: DialogBook, digits: str) -> None:
    utterance = hear(ear, phrases_for(book, Listen("card_number")), human_digits(digits))
    reading = book.fields["card_number"].slot.read(utterance)
    assert isinstance(reading, Complete), utterance.best_text
    assert digits in reading.values


def test_it_hears_a_synthesized_yes_at_a_read_back(ear: VoskEar, book: DialogBook) -> None:
    pcm = np.pad(shared_synthesizer().speak("да, верно"), 2400).astype(np.int16).tobytes()
    utterance = hear(ear, phrases_for(book, Listen("birth_date", confirming=True)), pcm)
    assert book.yes_no.read(utterance) == Complete(("yes",)), utterance.best_text


def test_partial_texts_grow_while_speech_goes_on(ear: VoskEar, card_phrases: tuple[str, ...]) -> None:
    recognizer, pcm = ear.recognizer(card_phrases), human_digits("427605")
    partials = [recognizer.accept(pcm[at : at + CHUNK_BYTES]).partial for at in range(0, len(pcm), CHUNK_BYTES)]
    lengths = [len(partial.split()) for partial in partials]
    assert lengths[0] == 0
    assert max(lengths) >= 5


def test_alternatives_are_distinct_words_best_first(ear: VoskEar, card_phrases: tuple[str, ...]) -> None:
    for part in hear(ear, card_phrases, human_digits("56019")).parts:
        assert isinstance(part, Spoken)
        texts = [hypothesis.text for hypothesis in part.hypotheses]
        assert all(texts)
        assert len(set(texts)) == len(texts) <= ALTERNATIVES
        scores = [hypothesis.confidence for hypothesis in part.hypotheses]
        assert scores == sorted(scores, reverse=True)


def test_silence_is_no_hypothesis(ear: VoskEar, card_phrases: tuple[str, ...]) -> None:
    assert not hear(ear, card_phrases, bytes(SAMPLE_RATE * 2))
    assert ear.recognizer(card_phrases).finish() == ()


def test_a_cut_leaves_no_ghost_word_behind(ear: VoskEar) -> None:
    recognizer, first, second = ear.recognizer(WORDS), human_digits("2"), human_digits("3")
    recognizer.accept(first[: len(first) * 4 // 5])
    recognizer.finish()
    recognizer.accept(second)
    assert [hypothesis.text for hypothesis in recognizer.finish()][:1] == ["три"]


def test_recognizers_in_four_threads_agree(ear: VoskEar, card_phrases: tuple[str, ...]) -> None:
    pcm = human_digits("4276051200020024")
    with ThreadPoolExecutor(4) as threads:
        heard = list(threads.map(lambda _: hear(ear, card_phrases, pcm), range(4)))
    assert heard[0]
    assert {utterance.best_text for utterance in heard} == {heard[0].best_text}  # scores differ by the model's dither


def test_a_word_outside_the_vocabulary_is_a_clear_error(ear: VoskEar) -> None:
    with pytest.raises(ModelError, match="трололо") as caught:
        ear.recognizer(("один", "два трололо"))
    assert "\n" not in str(caught.value)
    assert ear.missing_words(["один", "трололо", "ОДИН", "<eps>", ""]) == ["", "<eps>", "ОДИН", "трололо"]


def test_an_empty_list_is_a_clear_error(ear: VoskEar) -> None:
    with pytest.raises(ModelError, match="empty list"):
        ear.recognizer(())


def test_every_word_of_the_delivered_book_is_known(ear: VoskEar, book: DialogBook) -> None:
    listens = [Listen(name, confirming) for name in book.fields for confirming in (False, True)]
    words = {word for listen in listens for phrase in phrases_for(book, listen) for word in phrase.split()}
    assert len(words) > 300
    assert ear.missing_words(words) == []
    assert words - model_words("") == set()


@pytest.mark.parametrize("left_out", ["am/final.mdl", "conf/model.conf", "everything"])
def test_a_folder_without_a_model_is_a_clear_error(tmp_path: Path, left_out: str) -> None:
    folder = tmp_path / "model"
    if left_out != "everything":
        shutil.copytree(BUNDLED_MODEL, folder)
        (folder / left_out).unlink()
    with pytest.raises(ModelError, match="VOSK_MODEL") as caught:
        VoskEar(folder)
    assert "\n" not in str(caught.value)


def test_a_setting_that_names_no_folder_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="VOSK_MODEL: there is no directory"):
        open_ear(load_settings(vosk_model=str(tmp_path / "absent")))
    with pytest.raises(ModelError, match="VOSK_SERVERS"):
        open_ear(load_settings(vosk_servers="ws://127.0.0.1:2700"))
    with pytest.raises(ModelError, match=r"words\.txt"):
        model_words(str(tmp_path))


def test_a_broken_model_file_is_a_clear_error(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(BUNDLED_MODEL, folder)
    (folder / "conf" / "model.conf").write_text("--no-such-option=1\n")
    with pytest.raises(ModelError, match="libvosk refuses"):
        VoskEar(folder)


TRAPS = {
    "empty list": "ear.recognizer(())",
    "empty phrase": "ear.recognizer(('',))",
    "blank phrase": "ear.recognizer(('  ',))",
    "epsilon": "ear.recognizer(('один <eps> два',))",
    "unknown only": "ear.recognizer(('трололо',))",
    "upper case": "ear.recognizer(('ОДИН',))",
    "numbers": "ear.recognizer((1, 2))",
    "a string instead of phrases": "ear.recognizer('один')",
    "quotes": "ear.recognizer(('один\\\"]', '[\\\"'))",
    "zero byte": "ear.recognizer(('один\\0',))",
    "a lone surrogate": "ear.recognizer(('\\ud800',))",
    "unk itself": "ear.recognizer(('[unk]', '[unk] один'))",
    "no audio": "ear.recognizer(('один',)).accept(b'')",
    "an odd byte": "ear.recognizer(('один',)).accept(bytes(1601))",
    "a byte": "ear.recognizer(('один',)).accept(b'x')",
    "bytearray": "ear.recognizer(('один',)).accept(bytearray(1600))",
    "noise": "r = ear.recognizer(('один',)); r.accept(os.urandom(80000)); r.finish()",
    "finish twice": "r = ear.recognizer(('один',)); r.accept(bytes(8000)); r.finish(); r.finish()",
    "audio after finish": "r = ear.recognizer(('один',)); r.accept(bytes(8000)); r.finish(); r.accept(bytes(8000))",
    "three seconds at once": "ear.recognizer(('один',)).accept(bytes(48000))",
    "ear gone first": "r = ear.recognizer(('один',)); del ear; r.accept(bytes(8000)); r.finish()",
}


def test_nothing_that_a_caller_passes_ends_the_process() -> None:
    """Each of libvosk's ways to abort: it has to be an exception or nothing at all. In a process that may die."""
    lines = ["import os", "from ivr.speech.recognizer import BUNDLED_MODEL, VoskEar", "ear = VoskEar(BUNDLED_MODEL)"]
    for name, code in TRAPS.items():
        lines.append(f"try:\n    {code}\nexcept Exception:\n    pass\nprint({name!r}, flush=True)")
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False, cwd=GRAMMARS.parent
    )
    survived = done.stdout.splitlines()
    assert survived == list(TRAPS), f"died after {survived[-1:]} with {done.returncode}: {done.stderr[-500:]}"
    assert done.returncode == 0
