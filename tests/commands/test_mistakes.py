"""Mistakes that a person can mend: one clear line that says what to do, and exit code 2."""

import shutil
import socket
from pathlib import Path

import pytest

from ivr import __main__ as program
from ivr.settings import ROOT

MISTAKE = 2


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder: no .env, and a database of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/calls.db")


def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must fail; the one line that it tells."""
    monkeypatch.setattr("sys.argv", ["ivr", *arguments])
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == MISTAKE
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_it_names_an_unknown_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text("DATABSE_URL=sqlite:///x.db\n")
    assert "DATABSE_URL" in told(monkeypatch, capsys, "serve")


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("TIME_ZONE", "Moscow", "Europe/Moscow"),
        ("PORT", "eighty", "PORT"),
        ("PUBLIC_BASE_URL", "voice.example.ru", "https://"),
        ("HOST", "0.0.0.0", "TWILIO_AUTH_TOKEN"),
        ("DATABASE_URL", "mysql://x", "sqlite:///"),
        ("VOSK_MODEL", "/no/such/model", "VOSK_MODEL"),
        ("SECRET_KEY", "short", "32"),
    ],
)
def test_it_names_a_bad_setting(
    name: str, value: str, hint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert hint in told(monkeypatch, capsys, "serve")


def test_it_names_a_port_in_use(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = told(monkeypatch, capsys, "serve", "--port", str(port))
    assert f"127.0.0.1:{port}" in line
    assert "PORT" in line


def test_it_names_a_directory_that_is_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOSK_MODEL", str(tmp_path))
    assert "am/final.mdl is missing" in told(monkeypatch, capsys, "serve", "--port", "0")


def test_it_names_file_and_line_of_unreadable_yaml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    grammars = shutil.copytree(ROOT / "grammars", tmp_path / "grammars")
    question = grammars / "questions" / "card_number.yaml"
    question.write_text(question.read_text("utf-8") + "\nslot: again\n", "utf-8")
    line = told(monkeypatch, capsys, "lint", "--grammars", str(grammars))
    assert "card_number.yaml:" in line


def test_it_names_a_word_that_the_model_cannot_hear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    grammars = shutil.copytree(ROOT / "grammars", tmp_path / "grammars")
    universals = grammars / "universals.yaml"
    universals.write_text(universals.read_text("utf-8").replace("- живой человек", "- синхрофазотрон"), "utf-8")
    monkeypatch.setattr("ivr.application.GRAMMARS", grammars)
    assert "синхрофазотрон" in told(monkeypatch, capsys, "serve", "--port", "0")


@pytest.mark.parametrize("content", [b"", b"RIFF....WAVEjunk", b"not audio at all"])
def test_it_names_a_recording_that_is_none(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.wav").write_bytes(content)
    assert "bad.wav" in told(monkeypatch, capsys, "recognize", "bad.wav", "--grammar", "card_number")


def test_it_names_the_grammars_there_are(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert "card_number" in told(monkeypatch, capsys, "recognize", "x.wav", "--grammar", "card")


def test_it_names_the_row_of_a_bad_file_of_cards_but_not_the_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cards.csv").write_text(
        "number,status,name,birth_date,phone,balance,reason\n4276051200020024,lost,,,,0,\n", "utf-8"
    )
    line = told(monkeypatch, capsys, "cards", "import", "cards.csv")
    assert "status" in line
    assert "4276051200020024" not in line


def test_it_says_that_there_is_no_such_card(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no such card" in told(monkeypatch, capsys, "cards", "show", "4276000000000000")


def test_it_names_a_scenario_that_it_cannot_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.yaml").write_text("call: x\ntitle: x\nturns:\n  - says: hello\nexpect: {disposition: solved}\n")
    assert "x.yaml:4: unknown key `says`" in told(monkeypatch, capsys, "call", "x.yaml")


def test_a_picture_has_a_kind_that_graphviz_draws(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "has to end in .svg, .png, .pdf" in told(monkeypatch, capsys, "graph", "--out", "dialogue.bmp")


def test_it_says_what_drawing_needs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "")
    assert "install the package graphviz" in told(monkeypatch, capsys, "graph", "--out", "dialogue.svg")


@pytest.mark.skipif(shutil.which("dot") is None, reason="NOT TESTED: a picture, Graphviz is not installed")
def test_it_says_where_a_picture_cannot_go(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert "name another file" in told(monkeypatch, capsys, "graph", "--out", "nowhere/dialogue.svg")
