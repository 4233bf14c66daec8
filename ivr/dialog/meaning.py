"""What an utterance means before any form is asked: an everywhere-word, or the answer to a read-back."""

from dataclasses import replace
from functools import lru_cache

from ivr.dialog.events import Utterance
from ivr.dialog.forms import Complete, DialogBook, Field, Partial, Reading, Rejection, UniversalName

UNKNOWN_WORD = "[unk]"
UNKNOWNS_AT_MOST = 2
"""Other speech before and after an everywhere-word: «да дайте же оператора наконец». More is a talk, not a command."""
SAME_LETTER = {0x451: 0x435}
"""The letter yo is written as ye by many."""


def universal_of(book: DialogBook, utterance: Utterance) -> UniversalName | None:
    """The name of the everywhere-word that the whole utterance is, or None."""
    if utterance.keyed_only:
        keys = utterance.keys.removesuffix("#") or utterance.keys
        return next((u.name for u in book.universals if u.keys == keys), None)
    words = utterance.best_text.split()
    if words.count(UNKNOWN_WORD) > UNKNOWNS_AT_MOST:
        return None
    text = " ".join(word for word in words if word != UNKNOWN_WORD)
    folded = text.translate(SAME_LETTER)
    return next((u.name for u in book.universals if folded in _folded(u.phrases)), None)


@lru_cache(maxsize=256)
def _folded(phrases: tuple[str, ...]) -> frozenset[str]:
    """Folded once: a question asks this at every change of what is heard, and folding was a quarter of its work."""
    return frozenset(phrase.translate(SAME_LETTER) for phrase in phrases)


def read_confirmation(book: DialogBook, field: Field, utterance: Utterance) -> Reading:
    """What a caller answers to a read-back: yes, no, or at once the right value."""
    answer = book.yes_no.read(utterance)
    value = field.slot.read(utterance)
    if isinstance(value, Complete) or (isinstance(value, Partial) and isinstance(answer, Rejection)):
        return value
    if isinstance(value, Partial) and isinstance(answer, Complete) and not utterance.keyed_only:
        return replace(answer, closed=False)  # «нет, ноль шесть …»: the correction may go on
    return answer
