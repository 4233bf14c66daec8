"""All that is read from files: dialogues, words, this retailer's facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ivr.actions import load_actions
from ivr.book.load import load_book
from ivr.cabinet.words import CabinetWords, load_cabinet_words
from ivr.case.texts import CaseTexts, known_to, load_case_texts
from ivr.clock import SystemClock
from ivr.consent import ConsentTexts, load_consent_texts
from ivr.diagnosis import Diagnosis, load_diagnosis
from ivr.dialog.forms import DialogBook, SlotType
from ivr.dispositions import Dispositions, load_dispositions
from ivr.hotline import Hotline, load_hotline
from ivr.reports.words import ReportWords, load_words
from ivr.settings import ROOT
from ivr.slots import Scheme, load_slot_types

GRAMMARS = ROOT / "grammars"
PROMPTS = ROOT / "audio" / "prompts"


@dataclass(frozen=True, slots=True)
class Content:
    """All that is read from files: dialogues, words, this retailer's facts."""

    hotline: Hotline
    slot_types: Mapping[str, SlotType]
    diagnosis: Diagnosis
    book: DialogBook
    case: CaseTexts
    dispositions: Dispositions
    reports: ReportWords
    consents: ConsentTexts
    cabinet: CabinetWords


@dataclass(frozen=True, slots=True)
class Ground:
    """What a book stands on."""

    hotline: Hotline
    slot_types: Mapping[str, SlotType]
    outcomes: Mapping[str, frozenset[str]]
    diagnosis: Diagnosis


def load_ground(grammars: Path, year: int) -> Ground:
    """Read this retailer's facts and the words; ``year`` is the current one. Raises ``BookError``."""
    hotline = load_hotline(grammars / "hotline.yaml")
    cards = hotline.card_scheme
    slot_types = load_slot_types(grammars / "lexicon", cards.length, year, Scheme(cards.series, cards.luhn))
    outcomes = {name: action.outcomes for name, action in load_actions().items()}
    return Ground(hotline, slot_types, outcomes, load_diagnosis(grammars / "diagnosis.yaml", outcomes))


def load_content(grammars: Path, year: int) -> Content:
    """Read and check ``grammars/``; ``year`` is the current one. Raises ``BookError`` with file and line."""
    ground = load_ground(grammars, year)
    book = load_book(grammars, ground.slot_types, ground.outcomes)
    case = load_case_texts(grammars / "case.yaml", known_to(book, ground.outcomes))
    dispositions = load_dispositions(grammars / "dispositions.yaml")
    reports = load_words(grammars / "reports.yaml")
    consents = load_consent_texts(grammars / "consent.yaml", ground.hotline)
    cabinet = load_cabinet_words(grammars / "cabinet.yaml", ground.hotline)
    shared = (ground.hotline, ground.slot_types, ground.diagnosis)
    return Content(*shared, book, case, dispositions, reports, consents, cabinet)


@cache
def content_of(grammars: Path, year: int) -> Content:
    """As ``load_content``, once in a process: to read and check the dialogues takes a second."""
    return load_content(grammars, year)


def current_content() -> Content:
    """What ships with the program, as of this year."""
    return content_of(GRAMMARS, SystemClock().now().year)
