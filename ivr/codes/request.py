"""What is asked of the desk of codes, and what it answers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ivr.store.codes import Purpose

Outcome = Literal["sent", "early", "limited", "paused"]
"""``early``: a code that still counts was sent just now, and stays the one to enter; to the asker it is as if sent.
``limited``: this phone, card or asker has had too many. ``paused``: nobody is sent any now; see ``ivr.codes.brake``."""
Told = Literal["sent", "limited", "paused"]
"""The same as askers are told it."""
Verdict = Literal["right", "wrong", "spent", "expired", "none"]
"""``wrong``: another try is left. ``spent``: no try is left, or the code was used. ``none``: no code to check."""


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """A code that is asked for. ``repr`` shows nothing personal."""

    purpose: Purpose
    holder: str
    """Who may enter it: the call's SID, or a key of the phone or the visit (at most 64 letters)."""
    card_number: str | None = field(repr=False)
    """None: the code is about no card."""
    phone: str | None = field(repr=False)
    """E.164. None, or a number that is no mobile one of this country, makes a decoy."""
    source: str | None = field(repr=False)
    """Who asks: a caller's line in E.164, or a client's address; None for a withheld line."""
    carried: bytes | None = field(default=None, repr=False)
    """A small payload that is kept sealed with the code and handed back with the right one."""
    again: bool = False
    """True where the caller has said that none has come: a call has one more for that."""
    named: str | None = field(default=None, repr=False)
    """The phone that the asker has named himself, for a decoy too: its range of numbers has a limit of its own. For a
    phone on file that limit would tell the asker which range it is in."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What came of asking for a code. Equal for cards that exist and cards that do not."""

    outcome: Outcome
    outbox_id: str | None
    """Hand it to the worker after the commit, whatever the card: for a decoy the worker finds nothing under it.
    None where nothing is to be sent."""

    @property
    def told(self) -> Told:
        """What the asker is told: an early one is as if sent."""
        return "sent" if self.outcome == "early" else self.outcome


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What came of entering a code."""

    verdict: Verdict
    carried: bytes | None = field(default=None, repr=False)
    """With the right code: what it was asked for with."""


@dataclass(frozen=True, slots=True)
class LastCode:
    """What became of a code."""

    sent_at: datetime
    state: str
    """Its message's: ``pending``, ``sending``, ``sent``, ``delivered``, ``failed`` or ``unknown``."""
    limited: bool
    """True where no other code may be sent now."""


def message_key(code_id: str) -> str:
    """What the SMS with a code is known by in the outbox."""
    return f"code:{code_id}"
