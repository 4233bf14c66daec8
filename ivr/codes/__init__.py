"""One-time codes by SMS: offering one, and checking what came back.

A code is six digits, lives for minutes, counts once, and may be missed three times. A new code voids the old one of its
purpose and resets no count: codes sent and wrong tries are counted for the phone, the card and the asker alike, in the
same transaction, so that neither a new code, a new call, a different card nor a restart wins more guesses.

An unknown card, or one that must not get a code, is treated in the same way by the same statements: it gets a decoy
that no code fits, and the same limits. Only the SMS is missing. So the answers tell nobody which cards exist.
"""

from ivr.codes.activation import ActivationForm
from ivr.codes.desk import CodeDesk
from ivr.codes.keys import CODE_DIGITS, draw_code
from ivr.codes.request import CodeRequest, LastCode, Offer, Redeemed, Verdict, message_key
from ivr.store.codes import Purpose

__all__ = [
    "CODE_DIGITS",
    "ActivationForm",
    "CodeDesk",
    "CodeRequest",
    "LastCode",
    "Offer",
    "Purpose",
    "Redeemed",
    "Verdict",
    "draw_code",
    "message_key",
]
