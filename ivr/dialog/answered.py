"""What became of a question when the caller's turn was over: counted, so that bad questions are found."""

from enum import StrEnum

from ivr.dialog.events import CallEvent, Heard, Keyed, NoInput, Utterance
from ivr.dialog.forms import Complete, DialogBook, Rejection
from ivr.dialog.meaning import universal_of
from ivr.dialog.state import DialogState


class Answered(StrEnum):
    """What a turn was to the open question."""

    UNDERSTOOD = "understood"
    """A whole answer, spoken or partly so."""
    KEYS = "keys"
    """A whole answer by keys alone."""
    NOT_UNDERSTOOD = "not_understood"
    WRONG_KEYS = "wrong_keys"
    SILENCE = "silence"
    CONFIRMED = "confirmed"
    """The read-back was right."""
    DENIED = "denied"
    """The read-back was wrong, so the answer had been misheard or misspoken."""
    UNCONFIRMED = "unconfirmed"
    """Neither yes nor no came to the read-back."""


def answered(book: DialogBook, before: DialogState, event: CallEvent, after: DialogState) -> Answered | None:
    """What the event was to the question that was open ``before``; ``after``: one advance later.

    None where it was no answer: the beginning of a number, a word that works everywhere, a minute's pause asked for.
    """
    if before.field is None or before.field not in book.fields:
        return None
    if after.misses > before.misses:
        return _missed(before, event)
    if not isinstance(event, Heard) or _is_command(book, event.utterance, after):
        return None
    if before.confirming:
        return _confirmed(book, before, event.utterance, after)
    if not (after.candidates or (after.form, after.field) != (before.form, before.field)):
        return None
    return Answered.KEYS if event.utterance.keyed_only else Answered.UNDERSTOOD


def _missed(before: DialogState, event: CallEvent) -> Answered:
    if before.confirming:
        return Answered.UNCONFIRMED
    if isinstance(event, NoInput):
        return Answered.SILENCE
    keyed = isinstance(event, Heard) and event.utterance.keyed_only
    return Answered.WRONG_KEYS if keyed else Answered.NOT_UNDERSTOOD


def _is_command(book: DialogBook, utterance: Utterance, after: DialogState) -> bool:
    """A word that works everywhere, or its key after noise."""
    last = utterance.parts[-1] if utterance.parts else None
    lone_key = isinstance(last, Keyed) and not after.candidates and universal_of(book, Utterance((last,))) is not None
    return lone_key or universal_of(book, utterance) is not None


def _confirmed(book: DialogBook, before: DialogState, utterance: Utterance, after: DialogState) -> Answered | None:
    """What was said to the read-back; who says the same value once more confirms it."""
    field = book.fields[before.field or ""]
    again = field.slot.read(utterance)
    asked_again = after.confirming and (after.field, after.candidates) == (before.field, before.candidates)
    if isinstance(again, Complete):
        return Answered.CONFIRMED if again.values[:1] == before.candidates[:1] else Answered.DENIED
    if asked_again or again == Rejection("restart"):
        return None
    reading = book.yes_no.read(utterance)
    agreed = isinstance(reading, Complete) and reading.values[0] == "yes"
    return Answered.CONFIRMED if agreed else Answered.DENIED
