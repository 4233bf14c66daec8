"""Reads ``grammars/cabinet.yaml``: the words of the cabinet that depend on what is true."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Literal, get_args

from ivr.book.strict_yaml import Mapped, Place, check_keys, fault, load_yaml
from ivr.consent import CHANNELS
from ivr.hotline import OWN_VALUES, Hotline
from ivr.sms_form import FAULTS

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
STATUSES = ("issued", "active", "blocked", "excluded", "replaced")
CAUSES = ("purchase", "gift", "spent", "refund", "correction")
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
    own = {name: str(getattr(hotline, name)) for name in OWN_VALUES}
    texts = {name: _section(data, name, own) for name in SECTIONS}
    return CabinetWords(texts, hotline.card_scheme.length)


def _section(data: Mapped, name: str, own: dict[str, str]) -> Mapping[str, str]:
    section = data[name]
    if not isinstance(section, Mapped):
        raise fault(data.at(name), f"`{name}` holds no texts", "write `name: text` lines below it")
    check_keys(section, list(SECTIONS[name]), f"{name}.")
    counted = {value: f"{{{value}}}" for value in COUNTED} if name == "faults" else {}
    return {key: _text(section, str(key), own | counted) for key in section}


def _text(section: Mapped, name: str, values: Mapping[str, str]) -> str:
    text = section[name]
    if not isinstance(text, str) or not text.strip():
        raise fault(section.at(name), f"`{name}` is no text", "write one")
    try:
        named = {value for _, value, _, _ in Formatter().parse(text) if value is not None}
    except ValueError as error:
        raise fault(section.at(name), f"`{name}` {error}", "write values as {site}") from None
    if not named <= set(values):
        allowed = ", ".join(f"{{{value}}}" for value in values)
        raise fault(section.at(name), f"`{name}` names an unknown value", f"use {allowed}")
    return text.format_map(values)
