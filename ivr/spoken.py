"""Texts that people on duty type and callers hear: checked before they are kept, for nobody rehearses them."""

from ivr.book.speaking import text_flaws
from ivr.book.timing import MAX_SECONDS, seconds_of
from ivr.errors import RecordError
from ivr.speech.synthesizer import RATE, shared_synthesizer

ANSWER_SECONDS = 8.0
"""An answer is told behind the number of its appeal, which takes four seconds."""
MARKS = frozenset(" .,:;!?—–-«»\"'()…")
ENDS = (".", "!", "?", "…")


def check_spoken(text: str, longest_seconds: float = MAX_SECONDS) -> str:
    """The text as whole sentences, without surplus spaces.

    Raises ``RecordError`` where it is empty, longer than ``longest_seconds``, or not in words only.
    """
    told = " ".join(text.split())
    if not any(letter.isalpha() for letter in told):
        raise RecordError("The text is empty; write what callers are to hear, in words.")
    for what, cure in text_flaws(told):
        raise RecordError(f"The text cannot be spoken: {what}; {cure}.")
    odd = next((sign for sign in told if not (sign.isalpha() or sign in MARKS)), None)
    if odd is not None:
        raise RecordError(f"The text cannot be spoken: the sign `{odd}`; leave it out, or write its name in words.")
    # The estimate knows the pace of the recorded prompts, the synthesizer how it spells out what is no word.
    seconds = max(seconds_of(told), len(shared_synthesizer().speak(told)) / RATE)
    if seconds > longest_seconds:
        raise RecordError(f"The text takes {seconds:.1f} seconds to say; shorten it to {longest_seconds:.0f}.")
    return told if told.endswith(ENDS) else f"{told}."
