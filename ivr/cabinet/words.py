"""Reads ``grammars/cabinet.yaml``: the words of the cabinet that depend on what is true."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ivr.book.strict_yaml import Mapped, Place, check_keys, fault, load_yaml, named_values, read_section, read_text
from ivr.consent import CHANNELS
from ivr.hotline import Hotline
from ivr.sms_form import FAULTS
from ivr.store.card_file import STATUSES
from ivr.store.history_files import CAUSES

OwnFault = Literal[
    "no_phone",
    "phone_too_short",
    "phone_too_long",
    "phone_not_mobile",
    "no_email",
    "email_impossible",
    "no_consent",
    "no_code",
    "code_wrong",
    "same_value",
]
"""Faults that no message to the short number has."""
OF_MESSAGES = frozenset({"empty", "too_long", "nothing", "two_cards"})
"""Faults that a form with a field for each part cannot have."""
FAULT_NAMES = tuple(name for name in FAULTS if name not in OF_MESSAGES) + get_args(OwnFault)
COUNTED = frozenset({"length", "count"})
"""What the text of a fault may name beside the hotline's own values."""
WAYS = ("app", "site", "sms", "phone")
SECTIONS: Mapping[str, Collection[str]] = {
    "faults": FAULT_NAMES,
    "statuses": STATUSES,
    "operations": CAUSES,
    "ways": WAYS,
    "results": ("helped", "failed"),
    "appeals": ("open", "answered", "closed"),
    "channels": CHANNELS,
}


@dataclass(frozen=True, slots=True)
class CabinetWords:
    """Texts by section and name; the hotline's own values are in them already."""

    texts: Mapping[str, Mapping[str, str]]
    length: int
    """Digits of a card number."""

    def say(self, section: str, name: str) -> str:
        """A text; a name that no text is for stands for itself."""
        return self.texts[section].get(name, name)

    def fault(self, name: str, count: int = 0) -> str:
        """What is wrong with a field, and the cure."""
        return self.texts["faults"][name].format(length=self.length, count=count)


def load_cabinet_words(path: Path, hotline: Hotline) -> CabinetWords:
    """Read the file. Raises ``BookError`` with file, line and key, and what to write instead."""
    data = load_yaml(path)
    if not isinstance(data, Mapped):
        raise fault(Place(str(path), 1), "the file holds no keys", f"write {', '.join(SECTIONS)}")
    check_keys(data, list(SECTIONS))
    texts = {name: _section(data, name, hotline.own_values) for name in SECTIONS}
    return CabinetWords(texts, hotline.card_scheme.length)


def _section(data: Mapped, name: str, own: dict[str, str]) -> Mapping[str, str]:
    section = read_section(data, name, SECTIONS[name], "texts", "write `name: text` lines below it")
    counted = {value: f"{{{value}}}" for value in COUNTED} if name == "faults" else {}
    return {key: _text(section, str(key), own | counted) for key in section}


def _text(section: Mapped, name: str, values: Mapping[str, str]) -> str:
    text = read_text(section, name)
    try:
        named = named_values(text)
    except ValueError as error:
        raise fault(section.at(name), f"`{name}` {error}", "write values as {site}") from None
    if not named <= set(values):
        allowed = ", ".join(f"{{{value}}}" for value in values)
        raise fault(section.at(name), f"`{name}` names an unknown value", f"use {allowed}")
    return text.format_map(values)
