"""``model info`` and ``model build`` as a person runs them: a new word, heard the same day."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from ivr import __main__ as program
from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.speech.card import Figure, Ingredient, ModelCard, read_card, write_card
from ivr.speech.graph import GRAPH, LEXICON, read_graph, write_graph
from ivr.speech.lexicon import pronunciations
from ivr.speech.recognizer import BUNDLED_MODEL, VoskEar
from ivr.speech.synthesizer import shared_synthesizer
from ivr.speech.topology import GraphSettings

MODEL = Path(os.environ.get("VOSK_MODEL") or BUNDLED_MODEL)
CHUNK_BYTES = 1600
CARD = ModelCard(
    title="A trial",
    made="2026-11-24",
    network="TDNN",
    blank_prior=60.0,
    licence="CC-BY 4.0",
    ingredients=(Ingredient("a woman", "real", 1.5, "CC-BY 3.0"), Ingredient("a program", "synthetic", 20.0, "GPL-3")),
    figures=(Figure("a-set", "real", "dates", 40, 37),),
    attribution=("Recordings by somebody.",),
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/calls.db")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model directory of three words, complete but for the network, that the settings name."""
    needs_openfst()
    folder = tmp_path / "small"
    write_graph(folder / GRAPH, pronunciations(["карта", "код", "май"]), GraphSettings(word_bonus=2.5))
    write_card(folder, CARD)
    monkeypatch.setenv("VOSK_MODEL", str(folder))
    return folder


def needs_openfst() -> None:
    if shutil.which("fstcompile") is None:
        pytest.skip("NOT TESTED: model build: no OpenFst (apt-get install libfst-tools libfst22-plugins-base)")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """The exit code of a command."""
    monkeypatch.setattr("sys.argv", ["ivr", "model", *arguments])
    with pytest.raises(SystemExit) as ended:
        program.main()
    return ended.value.code


def build(monkeypatch: pytest.MonkeyPatch, text: str, out: str = "out") -> object:
    Path("words.txt").write_text(text, "utf-8")
    return run(monkeypatch, "build", "--words", "words.txt", "--out", out)


def test_it_adds_words_and_tells_how_they_sound(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "\ufeff# новые слова\n\nЗамена карты  # фраза\nкэшбэк\tкэшб+эк\nчай\nкот\n"
    assert build(monkeypatch, text) == 0
    told = capsys.readouterr().out
    assert "added замена: зам'е́нъ" in told
    assert "added карты: ка́рты" in told
    assert "added кэшбэк: кэ́жбэ́к" in told
    assert "already known" not in told
    assert "warning: кот sounds the same as код" in told
    assert "warning: чай is one sound away from май" in told
    assert "warning: карты is one sound away from карта" in told
    assert told.splitlines()[-1] == f"VOSK_MODEL={tmp_path / 'out'}"
    lexicon, settings, _ = read_graph(tmp_path / "out" / GRAPH)
    assert set(lexicon) == {"карта", "код", "май", "замена", "карты", "кэшбэк", "чай", "кот"}
    assert settings == GraphSettings(word_bonus=2.5)
    card = read_card(tmp_path / "out")
    assert card
    assert card.added_words == ("замена", "карты", "кэшбэк", "чай", "кот")
    assert read_card(small) == CARD, "the old model is as it was"


def test_it_gives_a_known_word_one_more_pronunciation(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(monkeypatch, "карта\tкартка\nкод\nкод\n") == 0
    told = capsys.readouterr().out
    assert "added карта: ка́рткъ" in told
    assert "already known: код" in told
    lexicon, _, _ = read_graph(tmp_path / "out" / GRAPH)
    assert [" ".join(way) for way in lexicon["карта"]] == ["k a1 r t V", "k a1 r t k V"]
    assert lexicon["код"] == read_graph(small / GRAPH)[0]["код"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("карта\nvisa\n", "words.txt:2: 'visa' has a i s v in it: write it in Russian letters"),
        ("карта 5\n", "words.txt:1: '5' has 5 in it"),
        ("нажмите, пожалуйста\n", "words.txt:1: 'нажмите,' has , in it"),
        ("њива\n", "words.txt:1: 'њива' has њ in it"),
        ("моя карта\tкарта\n", "words.txt:1: 2 words, but 1 after the tab"),
        ("карта\t[k A1]\n", "words.txt:1: карта: no phone 'A1'"),
        ("# ничего\n\n", "words.txt holds no words"),
    ],
)
def test_it_refuses_what_nobody_could_say(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    assert build(monkeypatch, text) == 2
    error = capsys.readouterr().err.strip()
    assert told in error
    assert len(error.splitlines()) == 1
    assert not Path("out").exists()


def test_it_does_not_write_over_anything(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("out").mkdir()
    Path("out", "mine.txt").write_text("x")
    assert build(monkeypatch, "чай\n") == 2
    assert "out is not empty" in capsys.readouterr().err
    assert [file.name for file in Path("out").iterdir()] == ["mine.txt"]
    assert not list(Path().glob(".out*"))


def test_it_says_that_the_list_is_not_there(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "build", "--words", "none.txt", "--out", "out") == 2
    assert "none.txt cannot be read" in capsys.readouterr().err


def test_it_shows_where_a_model_comes_from_and_how_it_hears(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "info") == 0
    told = capsys.readouterr().out
    assert f"{small}: " in told
    assert "3 words" in told
    assert "49 phones: SIL SPN" in told
    assert "word bonus 2.5" in told
    for expected in ("CC-BY 4.0", "a woman", "CC-BY 3.0", "20.0 h", "Recordings by somebody.", "37 of 40", "92.5%"):
        assert expected in told


def test_it_lists_the_vocabulary(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "info", "--words") == 0
    assert capsys.readouterr().out.split() == ["карта", "код", "май"]


def test_it_says_that_a_card_is_broken(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (small / "model.json").write_text(json.dumps({"title": "x"}))
    assert run(monkeypatch, "info") == 2
    assert "model.json is no model card" in capsys.readouterr().err


def spoken(text: str) -> bytes:
    """The synthesizer's voice with silence around it, 8 kHz int16."""
    return np.concatenate(
        [np.zeros(2400, np.int16), shared_synthesizer().speak(text), np.zeros(6000, np.int16)]
    ).tobytes()


def heard(ear: VoskEar, phrases: tuple[str, ...], pcm: bytes) -> str:
    recognizer = ear.recognizer(phrases)
    found = []
    for at in range(0, len(pcm), CHUNK_BYTES):
        found += list(recognizer.accept(pcm[at : at + CHUNK_BYTES]).finished[:1])
    found += list(recognizer.finish()[:1])
    return " ".join(hypothesis.text for hypothesis in found)


CANDIDATES = ("чечевица", "сковородка", "одуванчик", "велосипед", "черепаха")
"""Words that no hotline asks for: some of them are new to any model."""


def test_it_hears_a_new_word_the_same_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_openfst()
    if not (MODEL / GRAPH / LEXICON).is_file():
        pytest.skip(f"NOT TESTED: a new word: {MODEL} has no {LEXICON}, so no words can be added to it")
    known = read_graph(MODEL / GRAPH)[0]
    new = [word for word in CANDIDATES if word not in known]
    assert len(new) > 2
    monkeypatch.setenv("VOSK_MODEL", str(MODEL))
    assert build(monkeypatch, "\n".join(new)) == 0
    ear = VoskEar(tmp_path / "out")
    assert ear.missing_words([*known, *new, UNKNOWN_WORD]) == []
    right = [word for word in new if heard(ear, (*new, "оператор"), spoken(word)) == word]
    assert len(right) > len(new) / 2, right
    assert heard(ear, ("оператор", "карта"), spoken(new[0])) in ("", UNKNOWN_WORD), "not in the list of this question"


def test_it_adds_what_the_dialogues_listen_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], small: Path, tmp_path: Path
) -> None:
    assert run(monkeypatch, "build", "--dialogues", "--out", str(tmp_path / "more")) in (0, None)
    assert "added оператор" in capsys.readouterr().out
    known, _, _ = read_graph(tmp_path / "more" / GRAPH)
    assert {"карта", "оператор", "двенадцать", "баллы"} <= set(known)
    monkeypatch.setenv("VOSK_MODEL", str(tmp_path / "more"))
    assert run(monkeypatch, "build", "--dialogues", "--out", str(tmp_path / "again")) == 2
    assert "nothing to build" in capsys.readouterr().err


def test_it_asks_which_words(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], small: Path) -> None:
    assert run(monkeypatch, "build", "--out", "x") == 2
    assert "--dialogues" in capsys.readouterr().err
