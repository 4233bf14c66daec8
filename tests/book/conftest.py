"""A folder of grammars to spoil, and slot types that need no speech."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivr.actions import load_actions
from ivr.book.load import load_book, read_book
from ivr.book.source import BookSource
from ivr.dialog.events import Utterance
from ivr.dialog.forms import Complete, DialogBook, Reading, Rejection, SlotType

SHIPPED = Path(__file__).resolve().parents[2] / "grammars"
SMALL = Path(__file__).resolve().parent / "small_grammars"
"""A whole book that stays as it is when the shipped one grows."""
MENU = SMALL.with_name("small_menu")
"""Categories and a ladder to lay over it."""
OUTCOMES: Mapping[str, frozenset[str]] = {
    "activate_card": frozenset(
        {"activated", "already_active", "long_active", "wrong_code", "code_spent", "code_expired", "not_possible"}
    ),
    "call_operator": frozenset({"open", "closed"}),
    "note_way": frozenset({"noted"}),
    "pick_known_card": frozenset({"picked", "unclear"}),
    "register_appeal": frozenset({"registered"}),
    "send_code": frozenset({"sent", "limited"}),
    "text_caller": frozenset({"sent", "no_phone", "limited"}),
    "way_is_new": frozenset({"new", "tried"}),
}


@dataclass(frozen=True)
class FakeSlot:
    """Takes one of its phrases as it is."""

    name: str
    words: tuple[str, ...]

    def phrases(self) -> tuple[str, ...]:
        return self.words

    def read(self, utterance: Utterance) -> Reading:
        text = utterance.best_text
        return Complete((text,)) if text in self.words else Rejection("nothing")

    def spoken(self, value: str) -> tuple[str, ...]:
        return (value,)

    def key_count(self) -> int | None:
        return None


SLOT_TYPES: Mapping[str, SlotType] = {
    "card_number": FakeSlot("card_number", ("один два три [unk]",)),
    "birth_date": FakeSlot("birth_date", ("пятое марта",)),
    "person_name": FakeSlot("person_name", ("алла", "мария")),
    "one_time_code": FakeSlot("one_time_code", ("один два",)),
    "yes_no": FakeSlot("yes_no", ("да", "нет")),
}


class Folder:
    """A folder of grammars that a test may spoil, unless it is the shipped one."""

    slot_types = SLOT_TYPES

    def __init__(self, path: Path, outcomes: Mapping[str, frozenset[str]] = OUTCOMES) -> None:
        self.path = path
        self.outcomes = outcomes

    def write(self, file: str, text: str) -> None:
        (self.path / file).write_text(text, encoding="utf-8")

    def swap(self, file: str, old: str, new: str) -> int:
        """Replace the one place of ``old``; the line where it began."""
        text = (self.path / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))
        return text[: text.index(old)].count("\n") + 1

    def read(self) -> BookSource:
        return read_book(self.path, self.slot_types, self.outcomes)

    def load(self) -> DialogBook:
        return load_book(self.path, self.slot_types, self.outcomes)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    shutil.copytree(SMALL, tmp_path / "grammars")
    return Folder(tmp_path / "grammars")


@pytest.fixture
def menu(folder: Folder) -> Folder:
    """The small book with categories and a ladder."""
    shutil.copytree(MENU, folder.path, dirs_exist_ok=True)
    folder.swap("forms/greeting.yaml", "done: activate_card", "done: main")
    return folder


@pytest.fixture(scope="session")
def small() -> Folder:
    return Folder(SMALL)


@pytest.fixture(scope="session")
def shipped() -> Folder:
    return Folder(SHIPPED, {name: action.outcomes for name, action in load_actions().items()})
