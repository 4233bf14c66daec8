"""Values as people read and type them: the same slot types as in calls read what an operator types."""

import re
from datetime import date

from ivr.dialog.events import Hypothesis, Keyed, Part, Spoken, Utterance, said
from ivr.dialog.forms import ClosedSet, Complete, SlotType

BLOCK = 4
_PIECE = re.compile(r"([0-9]+)|([^\W\d_]+)")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NAME = re.compile("[\u0430-\u044f]+(-[\u0430-\u044f]+)?")
"""A first name in lower-case Russian letters."""
_FOLDED = {0x451: 0x435}
MASKED = "*"


def shown(slot: SlotType, value: str) -> str:
    """``4276 0512 0002 0024``, ``23.05.1985``, ``+7 916 000-01-02``; other values in words."""
    match slot.name:
        case "card_number":
            return grouped(value)
        case "appeal_number":
            return grouped(value, 2)
        case "birth_date":
            return f"{date.fromisoformat(value):%d.%m.%Y}"
        case "phone_number":
            return phone_shown(f"+7{value}")
    return " ".join(slot.spoken(value))


def grouped(number: str, size: int = BLOCK) -> str:
    """A number in groups of so many digits, as a card's is printed."""
    return " ".join(number[at : at + size] for at in range(0, len(number), size))


def phone_shown(number: str) -> str:
    """A number of this country in the groups it is read in; others as they are."""
    digits = number.removeprefix("+7")
    if len(digits) != 10 or not number.startswith("+7"):
        return number
    return f"+7 {digits[:3]} {digits[3:6]}-{digits[6:8]}-{digits[8:]}"


def phone_masked(number: str) -> str:
    """The last four digits alone: ``+7 *** ***-01-02``."""
    kept = len(number) - 4
    hidden = "".join(MASKED if at < kept and letter.isdigit() else letter for at, letter in enumerate(number))
    return phone_shown(hidden.replace(MASKED, number[1:2], 1) if number.startswith("+7") else hidden)


def card_masked(number: str) -> str:
    """The last four digits alone."""
    return grouped(MASKED * (len(number) - BLOCK) + number[-BLOCK:])


def choices_of(slot: SlotType) -> tuple[tuple[str, str], ...]:
    """Value and words of all answers, where they can be listed; else nothing."""
    if not isinstance(slot, ClosedSet):
        return ()
    return tuple((value, " ".join(slot.spoken(value))) for value in slot.values)


def typed(slot: SlotType, text: str) -> str | None:
    """The value that an operator has typed, in the slot type's own form; None where it cannot be read."""
    text = text.strip()
    if slot.name == "person_name":
        return _typed_name(slot, text.lower().translate(_FOLDED))
    if isinstance(slot, ClosedSet) and text in slot.values:
        return text
    reading = slot.read(_utterance(slot, text)) if text else None
    return reading.values[0] if isinstance(reading, Complete) else None


def _typed_name(slot: SlotType, name: str) -> str | None:
    """A name that the slot type does not know would have to be spelled by voice; typed it is spelled already."""
    if not _NAME.fullmatch(name):
        return None
    reading = slot.read(said(name))
    return reading.values[0] if isinstance(reading, Complete) else name


def _utterance(slot: SlotType, text: str) -> Utterance:
    """Digits as keys, words as speech, in the order in which they stand: ``23 <month> 1985``."""
    if slot.name == "birth_date":
        text = _ISO.sub(r"\3.\2.\1", text)
    parts: list[Part] = []
    for digits, word in _PIECE.findall(text):
        piece = _padded(slot, digits) if digits else word.lower()
        if parts and isinstance(parts[-1], Keyed) == bool(digits):
            parts[-1] = _joined(parts[-1], piece)
        else:
            parts.append(Keyed(piece) if digits else Spoken((Hypothesis(piece),)))
    return Utterance(tuple(parts))


def _padded(slot: SlotType, digits: str) -> str:
    return digits.zfill(2) if slot.name == "birth_date" else digits


def _joined(part: Part, piece: str) -> Part:
    if isinstance(part, Keyed):
        return Keyed(part.keys + piece)
    return Spoken((Hypothesis(f"{part.hypotheses[0].text} {piece}"),))
