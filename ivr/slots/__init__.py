"""Kinds of answers: from hypotheses and keys to values, and from values back to words.

Pure: the words come from ``grammars/lexicon``, read once when the slot types are made.
"""

from collections.abc import Mapping
from pathlib import Path

from ivr.dialog.forms import SlotType
from ivr.slots.appeal_number import appeal_number
from ivr.slots.birth_date import BirthDate
from ivr.slots.block_answers import WhichVersion, WrongBlock, one_block
from ivr.slots.card_number import BLOCK, card_number
from ivr.slots.date_parts import DatePart
from ivr.slots.lexicon import load_lexicon
from ivr.slots.one_time_code import one_time_code
from ivr.slots.person_name import PersonName
from ivr.slots.phone_number import PhoneNumber
from ivr.slots.solver import Scheme
from ivr.slots.yes_no import YesNo

__all__ = ["Scheme", "load_slot_types"]

ANY = Scheme()


def load_slot_types(
    lexicon_dir: Path, card_length: int = 16, latest_year: int = 2026, scheme: Scheme = ANY
) -> Mapping[str, SlotType]:
    """The slot types by name.

    ``latest_year``: the last possible year of birth, against which two-digit years are weighed: this year.
    ``scheme``: what issued card numbers look like.
    Raises BookError when the lexicon is unreadable.
    """
    lexicon = load_lexicon(lexicon_dir)
    birth_date = BirthDate(lexicon, latest_year)
    types: tuple[SlotType, ...] = (
        card_number(lexicon, card_length, scheme),
        WhichVersion(lexicon),
        WrongBlock(lexicon, -(-card_length // BLOCK)),
        one_block(lexicon),
        one_time_code(lexicon),
        appeal_number(lexicon),
        PhoneNumber(lexicon),
        birth_date,
        DatePart("day", birth_date, lexicon, latest_year),
        DatePart("month", birth_date, lexicon, latest_year),
        DatePart("year", birth_date, lexicon, latest_year),
        PersonName(lexicon),
        YesNo(lexicon),
    )
    return {slot.name: slot for slot in types}
