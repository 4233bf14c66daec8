"""One-time codes by SMS: offering one, and checking what the caller keyed.

A code is six digits, lives for minutes, counts once, and may be missed three times. A new code voids the old one and
resets no count: codes sent and wrong tries are counted over a day for the phone and for the card alike, in the same
transaction, so that neither a new code, a new call, a different card nor a restart wins more guesses.

An unknown card, or one that must not get a code, is treated in the same way by the same statements: it gets a decoy
that no code fits, and the same limits. Only the SMS is missing. So the answers tell nobody which cards exist.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from ivr.clock import Clock
from ivr.hotline import CodeLimits, Hotline
from ivr.outbox import enqueue_sms, message_id_of
from ivr.store.codes import (
    CodeCounts,
    CodeRow,
    add_event,
    count_events,
    insert_code,
    latest_code,
    live_code,
    miss_code,
    use_code,
)
from ivr.store.db import lock_names
from ivr.store.outbox import find_message

CODE_DIGITS = 6
BY_SMS = "sms"
"""The purpose of a code that was asked for by a message; it is typed on the site and is none for a call."""
PEPPER_BYTES = 16
"""A shorter pepper could be guessed together with the code."""

Verdict = Literal["right", "wrong", "spent", "expired", "none"]
"""``wrong``: another try is left. ``spent``: no try is left, or the code was used. ``none``: no code to check."""


def draw_code() -> str:
    """Six digits that nobody can foresee."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


@dataclass(frozen=True, slots=True)
class Offer:
    """What came of asking for a code. Equal for cards that exist and cards that do not."""

    outcome: Literal["sent", "limited"]
    outbox_id: str | None
    """Hand it to the worker after the commit, whatever the card: for a decoy the worker finds nothing under it.
    None where the outcome is ``limited``."""


@dataclass(frozen=True, slots=True)
class LastCode:
    """What became of a code."""

    sent_at: datetime
    state: str
    """Its message's: ``pending``, ``sending``, ``sent``, ``delivered``, ``failed`` or ``unknown``."""
    limited: bool
    """True where no other code may be sent now."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A code that is asked for."""

    call_sid: str
    card_key: str
    phone_key: str
    phone: str | None
    purpose: str


class CodeDesk:
    """Offers codes and checks them, on the connection of a writing transaction.

    ``pepper`` is a secret that the database does not hold; when it changes, codes on their way become void and the
    counts begin anew. ``draw``: a replay has its codes told, so that a recorded call meets the same ones.
    """

    def __init__(self, hotline: Hotline, pepper: bytes, clock: Clock, draw: Callable[[], str] = draw_code) -> None:
        if len(pepper) < PEPPER_BYTES:
            raise ValueError(f"the pepper must be {PEPPER_BYTES} bytes or longer")
        self._hotline = hotline
        self._limits = hotline.codes
        self._pepper = pepper
        self._clock = clock
        self._draw = draw

    def offer(self, conn: Connection, call_sid: str, card_number: str, phone: str | None, purpose: str) -> Offer:
        """Make a code for a card and queue the SMS with it; ``phone`` None makes a decoy.

        ``purpose`` is what the code allows, such as ``activation``; a code for one purpose is none for another.
        """
        card_key = self.key_of("card", card_number)
        # A decoy has a phone of its own, made of the card, so that its limits are counted like any other card's.
        phone_key = self.key_of("phone", phone) if phone else self.key_of("decoy", card_number)
        return self._issue(conn, _Wanted(call_sid, card_key, phone_key, phone, purpose))

    def last(self, conn: Connection, phone: str) -> LastCode | None:
        """What became of the last code for this phone; None where there was none within a day."""
        row = self._latest(conn, phone)
        if row is None:
            return None
        message = find_message(conn, message_id_of(message_key(row.id)))
        limited = _exhausted(count_events(conn, row.phone_key, row.card_key, self._clock.now()), self._limits)
        return LastCode(row.created_at, message.state if message else "failed", limited)

    def resend(self, conn: Connection, call_sid: str, phone: str) -> Offer | None:
        """Send a new code in place of the last one for this phone; None where there is none, or it was used.

        The earlier code is void from now on, and the new one is for this call; one that a message asked for stays the
        message's.
        """
        row = self._latest(conn, phone)
        if row is None or row.used_at:
            return None
        holder = row.call_sid if row.purpose == BY_SMS else call_sid
        return self._issue(conn, _Wanted(holder, row.card_key, row.phone_key, phone, row.purpose))

    def _latest(self, conn: Connection, phone: str) -> CodeRow | None:
        return latest_code(conn, self.key_of("phone", phone), self._clock.now() - timedelta(days=1))

    def _issue(self, conn: Connection, wanted: _Wanted) -> Offer:
        now = self._clock.now()
        lock_names(conn, wanted.card_key, wanted.phone_key)
        if _exhausted(count_events(conn, wanted.phone_key, wanted.card_key, now), self._limits):
            return Offer("limited", None)
        code = self._draw()
        # Sixteen letters are no code: nothing that a caller keys fits them.
        secret = code if wanted.phone else secrets.token_hex(8)
        row = self._row(wanted, secret)
        insert_code(conn, row)
        add_event(conn, "sent", row.phone_key, row.card_key, now)
        text = self._hotline.sms_text("code_by_sms" if wanted.purpose == BY_SMS else "code", code=code)
        is_wanted = wanted.phone is not None
        sms_id = enqueue_sms(
            conn, message_key(row.id), wanted.phone or "", text, at=now, expires_at=row.expires_at, wanted=is_wanted
        )
        return Offer("sent", sms_id)

    def _row(self, wanted: _Wanted, secret: str) -> CodeRow:
        now = self._clock.now()
        code_id = secrets.token_hex(16)
        return CodeRow(
            id=code_id,
            call_sid=wanted.call_sid,
            card_key=wanted.card_key,
            phone_key=wanted.phone_key,
            purpose=wanted.purpose,
            digest=self._digest(code_id, wanted.phone_key, wanted.purpose, secret),
            created_at=now,
            expires_at=now + timedelta(seconds=self._limits.lifetime_seconds),
            tries=0,
            used_at=None,
            voided_at=None,
        )

    def check(self, conn: Connection, call_sid: str, card_number: str, code: str) -> Verdict:
        """Judge what the caller keyed against the code that this call was offered for this card."""
        now = self._clock.now()
        card_key = self.key_of("card", card_number)
        row = self._live_and_locked(conn, call_sid, card_key)
        if row is None:
            return "none"
        counts = count_events(conn, row.phone_key, card_key, now)
        fits = hmac.compare_digest(row.digest, self._digest(row.id, row.phone_key, row.purpose, code))
        if self._no_tries_left(row.tries, counts) or row.used_at:
            return "spent"
        if row.expires_at <= now:
            return "expired"
        if fits:
            return self._right(conn, row)
        return self._wrong(conn, row, counts)

    def _live_and_locked(self, conn: Connection, call_sid: str, card_key: str) -> CodeRow | None:
        """The code, read again once its card and phone are held: both at once, lest two calls wait for each other."""
        row = live_code(conn, call_sid, card_key)
        if row is not None and lock_names(conn, card_key, row.phone_key):
            return live_code(conn, call_sid, card_key)
        return row

    def _right(self, conn: Connection, row: CodeRow) -> Verdict:
        now = self._clock.now()
        if not use_code(conn, row.id, now):
            return "spent"
        add_event(conn, "right", row.phone_key, row.card_key, now)
        return "right"

    def _wrong(self, conn: Connection, row: CodeRow, counts: CodeCounts) -> Verdict:
        miss_code(conn, row.id)
        add_event(conn, "wrong", row.phone_key, row.card_key, self._clock.now())
        missed = CodeCounts(0, 0, 0, counts.wrong_phone_day + 1, counts.wrong_card_day + 1)
        return "spent" if self._no_tries_left(row.tries + 1, missed) else "wrong"

    def _no_tries_left(self, tries: int, counts: CodeCounts) -> bool:
        return tries >= self._limits.tries_per_code or _guessed_out(counts, self._limits)

    def _digest(self, code_id: str, phone_key: str, purpose: str, code: str) -> str:
        return self._hmac("code", code_id, phone_key, purpose, code)

    def key_of(self, kind: str, value: str) -> str:
        """Stands for a card, a phone or another value in the tables: equal for equal ones of a kind, and of no use
        without the pepper."""
        return self._hmac(kind, value)

    def _hmac(self, *parts: str) -> str:
        return hmac.digest(self._pepper, "\x1f".join(parts).encode(), "sha256").hex()


def message_key(code_id: str) -> str:
    """What the SMS with a code is known by in the outbox."""
    return f"code:{code_id}"


def _exhausted(counts: CodeCounts, limits: CodeLimits) -> bool:
    return (
        counts.phone_day >= limits.codes_per_phone_per_day
        or counts.card_day >= limits.codes_per_card_per_day
        or counts.phone_ten_minutes >= limits.codes_per_phone_per_ten_minutes
        or _guessed_out(counts, limits)
    )


def _guessed_out(counts: CodeCounts, limits: CodeLimits) -> bool:
    return (
        counts.wrong_phone_day >= limits.wrong_tries_per_phone_per_day
        or counts.wrong_card_day >= limits.wrong_tries_per_card_per_day
    )
