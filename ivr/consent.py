"""The ledger of consents: who agreed to what, to which text, by which channel, and whether it was withdrawn.

A row holds keyed digests in place of phone and card. The text itself is kept once for each version: a proof of consent
is none without it. What is given is never changed; withdrawing adds a moment, and giving again adds a row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal, get_args

from sqlalchemy import Connection

from ivr.book.strict_yaml import Mapped, Place, check_keys, fault, load_yaml, named_values, read_section, read_text
from ivr.clock import Clock
from ivr.hotline import Hotline
from ivr.store.consents import ConsentRow, add_consent, consents_of, keep_text, text_of, withdraw_consents
from ivr.store.db import lock_names

ConsentKind = Literal["personal_data", "messages"]
Channel = Literal["call", "sms", "web"]
KINDS: tuple[ConsentKind, ...] = get_args(ConsentKind)
CHANNELS: tuple[Channel, ...] = get_args(Channel)


@dataclass(frozen=True, slots=True)
class Processor:
    """Who answers for the data: «оператор» in the words of the law 152-FZ."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What is agreed to, as people read it."""

    title: str
    text: str

    @property
    def version(self) -> str:
        """64 hexadecimal digits: another letter makes another version."""
        return sha256(f"{self.title}\n{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ConsentTexts:
    """All of ``grammars/consent.yaml``."""

    processor: Processor
    kinds: Mapping[ConsentKind, ConsentText]


@dataclass(frozen=True, slots=True)
class Consent:
    """One agreement."""

    kind: ConsentKind
    version: str
    channel: Channel
    reference: str
    """The call, the message or the visit in which it was given."""
    given_at: datetime
    withdrawn_at: datetime | None


class Consents:
    """Gives, withdraws and tells, on the connection of a writing transaction. Phones are E.164.

    ``key_of(kind, value)`` makes keyed digests; see ``ivr.codes.CodeDesk.key_of``.
    """

    def __init__(self, texts: ConsentTexts, key_of: Callable[[str, str], str], clock: Clock) -> None:
        self.texts = texts
        self._key_of = key_of
        self._clock = clock

    def give(
        self,
        conn: Connection,
        phone: str,
        kind: ConsentKind,
        channel: Channel,
        reference: str,
        *,
        card_number: str | None = None,
    ) -> bool:
        """Write down that the holder of a phone agreed to today's text. False where that stands already.

        ``reference``: the call's or the message's name at the provider, or another one that proves nothing by itself.
        """
        text, now = self.texts.kinds[kind], self._clock.now()
        phone_key = self._locked_key(conn, phone)
        card_key = self._key_of("card", card_number) if card_number else None
        row = ConsentRow(phone_key, card_key, kind, text.version, channel, reference, now, None)
        if any(_says_the_same(row, earlier) for earlier in consents_of(conn, phone_key)):
            return False
        keep_text(conn, text.version, kind, f"{text.title}\n{text.text}", now)
        add_consent(conn, row)
        return True

    def withdraw(self, conn: Connection, phone: str, kind: ConsentKind) -> bool:
        """End what stands, in all versions and for all cards. False where nothing stood."""
        return withdraw_consents(conn, self._locked_key(conn, phone), kind, self._clock.now()) > 0

    def of(self, conn: Connection, phone: str) -> list[Consent]:
        """All that the holder of a phone agreed to, withdrawn ones too, oldest first."""
        return [_consent(row) for row in consents_of(conn, self._key_of("phone", phone))]

    def stands(self, conn: Connection, phone: str, kind: ConsentKind) -> bool:
        """True where the holder of a phone agreed, to whatever text, and has not withdrawn it."""
        return any(one.kind == kind and one.withdrawn_at is None for one in self.of(conn, phone))

    def text_of(self, conn: Connection, version: str) -> str | None:
        """The text that was agreed to, title in its first line; None for a version that nobody agreed to."""
        return text_of(conn, version)

    def _locked_key(self, conn: Connection, phone: str) -> str:
        key = self._key_of("phone", phone)
        lock_names(conn, key)
        return key


def load_consent_texts(path: Path, hotline: Hotline) -> ConsentTexts:
    """Read the file. Raises ``BookError`` with file, line and key, and what to write instead."""
    data = load_yaml(path)
    if not isinstance(data, Mapped):
        raise fault(Place(str(path), 1), "the file holds no keys", f"write operator, {', '.join(KINDS)}")
    check_keys(data, ["operator", *KINDS])
    processor = Processor(*_texts(data, "operator", ("name", "address")))
    values = hotline.own_values | {"operator": processor.name, "address": processor.address}
    return ConsentTexts(processor, {kind: _consent_text(data, kind, values) for kind in KINDS})


def _says_the_same(new: ConsentRow, earlier: ConsentRow) -> bool:
    """A version belongs to one kind. Channels prove differently: a message's sender can be forged."""
    same = (earlier.version, earlier.card_key, earlier.channel) == (new.version, new.card_key, new.channel)
    return same and earlier.withdrawn_at is None


def _consent(row: ConsentRow) -> Consent:
    kind: ConsentKind = next(kind for kind in KINDS if kind == row.kind)
    channel: Channel = next(channel for channel in CHANNELS if channel == row.channel)
    return Consent(kind, row.version, channel, row.reference, row.given_at, row.withdrawn_at)


def _consent_text(data: Mapped, kind: ConsentKind, values: Mapping[str, str]) -> ConsentText:
    title, text = _texts(data, kind, ("title", "text"))
    try:
        named = named_values(title + text)
    except ValueError as error:
        raise fault(data.at(kind), f"`{kind}.text` {error}", "write values as {brand}") from None
    if not named <= set(values):
        allowed = ", ".join(f"{{{name}}}" for name in values)
        raise fault(data.at(kind, "text"), f"`{kind}.text` names an unknown value", f"use {allowed}")
    return ConsentText(title.format_map(values), text.format_map(values))


def _texts(data: Mapped, key: str, names: tuple[str, str]) -> tuple[str, str]:
    section = read_section(data, key, names, cure=f"write {' and '.join(names)} below it")
    first, second = (read_text(section, name, f"{key}.").strip() for name in names)
    return first, second
