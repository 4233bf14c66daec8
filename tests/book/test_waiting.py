"""``waiting.yaml``: what it must hold, and which words act in line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.actions import load_actions
from ivr.book.load import load_book
from ivr.content import GRAMMARS, load_content
from ivr.dialog.events import keyed, said
from ivr.dialog.forms import Complete, DialogBook, Waiting
from ivr.errors import BookError
from ivr.settings import ROOT
from ivr.slots import load_slot_types

Load = Callable[[str, str], DialogBook]


@pytest.fixture(scope="module")
def waiting() -> Waiting:
    found = load_content(GRAMMARS, 2026).book.waiting
    assert found is not None
    return found


@pytest.fixture
def changed(tmp_path: Path) -> Load:
    """The delivered book with one text of ``waiting.yaml`` changed."""

    def load(old: str, new: str) -> DialogBook:
        shutil.copytree(GRAMMARS, tmp_path / "grammars")
        path = tmp_path / "grammars" / "waiting.yaml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        slot_types = load_slot_types(ROOT / "grammars" / "lexicon")
        outcomes = {name: action.outcomes for name, action in load_actions().items()}
        return load_book(tmp_path / "grammars", slot_types, outcomes)

    return load


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("перезвоните", "call_back"),
        ("перезвоните мне пожалуйста", "call_back"),
        ("ну тогда перезвоните мне", "call_back"),
        ("обратный звонок", "call_back"),
        ("меню", "menu"),
        ("вернуться в начало", "menu"),
        ("повторите", "repeat"),
        ("сколько ждать", "repeat"),
    ],
)
def test_words_act_in_line(waiting: Waiting, text: str, wish: str) -> None:
    reading = waiting.words.read(said(text))
    assert isinstance(reading, Complete)
    assert reading.values == (wish,)


@pytest.mark.parametrize(("keys", "wish"), [("1", "call_back"), ("2", "menu"), ("*", "repeat")])
def test_keys_act_in_line(waiting: Waiting, keys: str, wish: str) -> None:
    reading = waiting.words.read(keyed(keys))
    assert isinstance(reading, Complete)
    assert reading.values == (wish,)


@pytest.mark.parametrize("text", ["мама выключи чайник", "нет", "сейчас"])
def test_other_words_do_nothing(waiting: Waiting, text: str) -> None:
    assert not isinstance(waiting.words.read(said(text)), Complete)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  joining: ", "  joinin: ", "has no key `joinin`"),
        ("Вы {number} в очереди", "Вы {place} в очереди", r"`position` does not hold \{number\} once"),
        ("Вы {number} в очереди", "Вы {number в очереди", r"`position` does not hold \{number\} once"),
        ("Вы {number} в очереди", "Вы в очереди", r"`position` does not hold \{number\} once"),
        ("[час, часа, часов]", "[час, часа]", "`hours` has 2 forms"),
        ("  repeat:\n", "  again:\n", "has no key `again`"),
    ],
)
def test_it_tells_what_is_wrong(changed: Load, old: str, new: str, told: str) -> None:
    with pytest.raises(BookError, match=rf"waiting\.yaml:\d+: .*{told}"):
        changed(old, new)
