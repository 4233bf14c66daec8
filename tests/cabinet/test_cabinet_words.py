"""The file of the cabinet's words: all of them, and mistakes in it named with file, line and cure."""

from pathlib import Path

import pytest

from ivr.cabinet.words import FAULT_NAMES, load_cabinet_words
from ivr.errors import BookError
from ivr.hotline import Hotline
from ivr.settings import ROOT
from ivr.sms_form.form import WHOLE

FILE = ROOT / "grammars" / "cabinet.yaml"
GOOD = FILE.read_text("utf-8")


def loaded(text: str, folder: Path, hotline: Hotline) -> object:
    path = folder / "cabinet.yaml"
    path.write_text(text, "utf-8")
    return load_cabinet_words(path, hotline)


def test_every_fault_of_a_field_has_its_words(hotline: Hotline) -> None:
    words = load_cabinet_words(FILE, hotline)
    for name in FAULT_NAMES:
        told = words.fault(name, 15)
        assert told
        assert "{" not in told
    assert words.fault("card_too_short", 15) == "В номере карты 16 цифр, введено 15. Допишите недостающие."
    assert words.say("ways", "sms") == "СМС на номер 9002"
    assert words.say("ways", "pigeon") == "pigeon"


def test_faults_of_a_whole_message_have_none() -> None:
    assert set(FAULT_NAMES) & (WHOLE - {"hidden"}) == set()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  no_name:", "  no_nam:", "no_nam"),
        ("  helped: помогло\n", "", "helped"),
        ("введено {count}", "введено {digits}", "unknown value"),
        ("  site: Сайт", "  site: Сайт {count}", "unknown value"),
        ("  site: Сайт", "  site: 5", "no text"),
        ("  site: Сайт", '  site: "{"', "write values as"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, hotline: Hotline, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(BookError, match=rf"cabinet\.yaml:[0-9]+: .*{told}"):
        loaded(GOOD.replace(old, new, 1), tmp_path, hotline)


@pytest.mark.parametrize("text", ["- a list", "faults: none"])
def test_what_is_no_file_of_words_is_refused(tmp_path: Path, hotline: Hotline, text: str) -> None:
    with pytest.raises(BookError, match=r"cabinet\.yaml:1: "):
        loaded(text, tmp_path, hotline)
