"""Speech outside the list: how much of it an answer may have in it before it is none."""

from ivr.dialog.events import Spoken
from ivr.dialog.meaning import UNKNOWN_WORD

KNOWN_FOR_EACH = 3
"""Words of an answer for each ``[unk]`` beside them. An ``[unk]`` may be a cough or a whole sentence, and in running
speech between two of them there is nearly always something that sounds like a number."""


def unknowns(text: str) -> int:
    """How often something outside the list was heard."""
    return text.split().count(UNKNOWN_WORD)


def is_mostly_unknown(text: str, known: int) -> bool:
    """True where a text with so many words of an answer is no answer for all that was said beside them."""
    return unknowns(text) * KNOWN_FOR_EACH > known


def is_unknown(part: Spoken) -> bool:
    """True where the best hypothesis is nothing but unknown: the list's words behind it are noise."""
    words = part.hypotheses[0].text.split()
    return bool(words) and set(words) == {UNKNOWN_WORD}
