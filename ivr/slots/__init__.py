"""Kinds of answers: from hypotheses and keys to values, and from values back to words.

Pure: the words come from ``grammars/lexicon``, read once when the slot types are made.
"""

from collections.abc import Mapping
from pathlib import Path

from ivr.dialog.forms import SlotType
from ivr.slots.birth_date import BirthDate
from ivr.slots.card_number import card_number
from ivr.slots.lexicon import load_lexicon
from ivr.slots.one_time_code import one_time_code
from ivr.slots.person_name import PersonName
from ivr.slots.yes_no import YesNo

__all__ = ["load_slot_types"]


def load_slot_types(lexicon_dir: Path, card_length: int = 16, latest_year: int = 2026) -> Mapping[str, SlotType]:
    """The five slot types by name.

    ``latest_year``: the last possible year of birth, against which two-digit years are weighed: this year.
    Raises BookError when the lexicon is unreadable.
    """
    lexicon = load_lexicon(lexicon_dir)
    types: tuple[SlotType, ...] = (
        card_number(lexicon, card_length),
        one_time_code(lexicon),
        BirthDate(lexicon, latest_year),
        PersonName(lexicon),
        YesNo(lexicon),
    )
    return {slot.name: slot for slot in types}
