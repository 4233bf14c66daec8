"""What an operator does to a call: who does it, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass

OUTCOMES: Mapping[str, frozenset[str]] = {
    "send_code": frozenset(
        {
            *("sent", "limited", "paused", "no_card", "unknown_card"),
            *("no_phone", "mismatch", "proven", "over", "unavailable"),
        }
    ),
    "activate": frozenset(
        {"activated", "already_active", "long_active", "not_possible", "no_card", "unverified", "unavailable"}
    ),
    "register_appeal": frozenset({"registered", "joined"}),
    "change_field": frozenset(
        {
            *("changed", "needs_approval", "same", "not_possible"),
            *("not_understood", "no_card", "unverified", "unavailable"),
        }
    ),
    "replacement": frozenset({"registered"}),
    "book_call_back": frozenset({"booked", "no_phone", "not_understood"}),
    "correct_field": frozenset({"corrected", "same", "not_understood", "no_field", "over"}),
    "reveal": frozenset({"shown", "withheld", "unavailable"}),
}
"""All that can be asked for, and what may come of it."""
SUGGESTED = ("send_code", "activate", "register_appeal", "change_field", "replacement", "book_call_back")
"""Actions that stand in the list of actions; the other two have places of their own on the page."""
GOOD = frozenset(
    {"sent", "activated", "registered", "joined", "changed", "needs_approval", "booked", "corrected", "shown"}
)
"""Outcomes by which what was asked for was done."""
REFUSED, INCOMPLETE = "refused", "incomplete"


@dataclass(frozen=True, slots=True)
class Asked:
    """An action that an operator asks for."""

    operator: str
    """The account's name."""
    call_sid: str
    kind: str
    """One of ``OUTCOMES``; anything else is refused."""
    inputs: Mapping[str, str]
    """By the names of ``ivr.case.screen.Input``.

    ``correct_field`` takes ``field`` and ``value``; ``reveal`` takes ``what``: ``phone``, the caller's, which is also
    meant where it is missing, or ``card_phone``, the one on file.
    """


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it."""

    kind: str
    outcome: str
    """A word of ``OUTCOMES``; ``refused`` and ``incomplete`` are common to all."""
    text: str
    """What the operator reads, in Russian. Personal data, as is ``value``: it goes to the page alone."""
    good: bool
    """True where what was asked for was done."""
    value: str = ""
    """``reveal``: the whole number."""
    outbox_ids: tuple[str, ...] = ()
    """SMS that were promised; ``Case.act`` has told the worker of them."""
