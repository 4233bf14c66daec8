"""Answers by SMS: the fault, and the right form with the sender's own data masked, in one part of 70 letters."""

from datetime import date
from itertools import product

from ivr.sms_form.form import AT_FAULT, PARTS, WHOLE, Part, SmsFault, Understood, Verdict
from ivr.sms_form.words import Replies, SmsWords

ONE_PART = 70
"""Letters of one SMS part in UCS-2 (3GPP TS 23.038)."""
NAME_SHOWN = 11
"""Letters of the name at the most; a longer one is cut, with a dot behind it."""
LAST_SHOWN = 4
"""Digits of the card that are shown."""
COUNT_AT_MOST = 99
"""More digits are not counted to their end."""


def reply_for(told: SmsFault | Verdict, understood: Understood, words: SmsWords, length: int = 16) -> str:
    """The answer to a fault, or to what became of a whole form; ``length``: digits of a card.

    Never longer than ``ONE_PART``: the loader has tried every text with the longest values.
    """
    if isinstance(told, SmsFault):
        return _filled(told.kind, words.replies, length, understood, told.count)
    return _filled(told, words.replies, length, understood)


def longest_reply(kind: str, replies: Replies, length: int) -> int:
    """Letters of the longest answer of a kind, whatever is understood."""
    name, number, day = ("w" * NAME_SHOWN,), "9" * length, date(1986, 12, 31)
    parts = product((name, ()), (number, None), (day, None))
    understood = (Understood(first, first, card, born) for first, card, born in parts)
    return max(ucs2_length(_filled(kind, replies, length, one, COUNT_AT_MOST)) for one in understood)


def ucs2_length(text: str) -> int:
    """Letters as an SMS in UCS-2 counts them."""
    return len(text.encode("utf-16-be")) // 2


def shown_name(name: str) -> str:
    """The first name as it is shown, cut where it is long."""
    shown = "-".join(part.capitalize() for part in name.split("-"))
    return shown if len(shown) <= NAME_SHOWN else shown[: NAME_SHOWN - 1] + "."


def _filled(kind: str, replies: Replies, length: int, understood: Understood, count: int = 0) -> str:
    form = replies.form.format_map({part: _part(part, understood, kind, length, replies) for part in PARTS})
    card = replies.masks["card"].format(last=(understood.card_number or "")[-LAST_SHOWN:])
    values = {"count": str(min(count, COUNT_AT_MOST)), "length": str(length), "card": card, "form": form}
    return replies.texts[kind].format_map({**replies.own, **values})


def _part(part: Part, understood: Understood, kind: str, length: int, replies: Replies) -> str:
    """A part masked, or as a pattern where it is wanted."""
    if kind not in WHOLE and AT_FAULT.get(kind) != part:
        if part == "name" and understood.name:
            return shown_name(understood.name[0])
        if part == "card" and understood.card_number:
            return replies.masks["card"].format(last=understood.card_number[-LAST_SHOWN:])
        if part == "date" and understood.birth_date:
            return replies.masks["date"].format(year=understood.birth_date.year)
    return replies.patterns[part].format(length=length)
