"""The slot types on the delivered lexicon."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from ivr.dialog.forms import SlotType
from ivr.slots import load_slot_types

LEXICON = Path(__file__).parents[2] / "grammars" / "lexicon"


@pytest.fixture(scope="session")
def slots() -> Mapping[str, SlotType]:
    return load_slot_types(LEXICON, latest_year=2026)


@pytest.fixture(scope="session")
def card_number(slots: Mapping[str, SlotType]) -> SlotType:
    return slots["card_number"]


@pytest.fixture(scope="session")
def birth_date(slots: Mapping[str, SlotType]) -> SlotType:
    return slots["birth_date"]


@pytest.fixture(scope="session")
def person_name(slots: Mapping[str, SlotType]) -> SlotType:
    return slots["person_name"]


@pytest.fixture(scope="session")
def yes_no(slots: Mapping[str, SlotType]) -> SlotType:
    return slots["yes_no"]
