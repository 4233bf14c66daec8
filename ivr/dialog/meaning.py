"""What an utterance means before any form is asked: an everywhere-word, or the answer to a read-back."""

from ivr.dialog.events import Utterance
from ivr.dialog.forms import Complete, DialogBook, Field, Partial, Reading, Rejection, Universal

UNKNOWN_WORD = "[unk]"
SAME_LETTER = {0x451: 0x435}
"""The letter yo is written as ye by many."""


def universal_of(book: DialogBook, utterance: Utterance) -> str | None:
    """The name of the everywhere-word that the whole utterance is, or None."""
    if utterance.keyed_only:
        keys = utterance.keys.removesuffix("#") or utterance.keys
        return next((u.name for u in book.universals if u.keys == keys), None)
    text = " ".join(word for word in utterance.best_text.split() if word != UNKNOWN_WORD)
    return next((u.name for u in book.universals if _same(text, u)), None)


def _same(text: str, universal: Universal) -> bool:
    return any(text.translate(SAME_LETTER) == phrase.translate(SAME_LETTER) for phrase in universal.phrases)


def read_confirmation(book: DialogBook, field: Field, utterance: Utterance) -> Reading:
    """What a caller answers to a read-back: yes, no, or at once the right value."""
    answer = book.yes_no.read(utterance)
    value = field.slot.read(utterance)
    if isinstance(value, Complete) or (isinstance(value, Partial) and isinstance(answer, Rejection)):
        return value
    return answer
