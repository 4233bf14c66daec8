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
OUTCOMES: Mapping[str, frozenset[str]] = {name: action.outcomes for name, action in load_actions().items()}
FACTS = frozenset({"brand", "since", "appeal_number"})


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
    outcomes = OUTCOMES

    def __init__(self, path: Path) -> None:
        self.path = path

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
    shutil.copytree(SHIPPED, tmp_path / "grammars")
    return Folder(tmp_path / "grammars")


@pytest.fixture(scope="session")
def shipped() -> Folder:
    return Folder(SHIPPED)
