"""Taking up a call that broke off: what is kept of it, so that nobody says a number twice.

Kept are the answers given, and of a number that was not complete its whole blocks from the first one on. A code is
never kept, nor what was proven: both belong to one call.
"""

from dataclasses import dataclass

from ivr.dialog.events import Utterance, keyed
from ivr.dialog.forms import Complete, DialogBook, Field, Partial, Prompt
from ivr.dialog.state import NOTHING, DialogState

KEPT_FACTS = ("category",)
"""Facts that hold in the next call too; what was proven or found out is not among them."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The open question of the call before, and the part of its answer that is there."""

    heard: Utterance = NOTHING
    prompt: Prompt | None = None
    """Says how much of the answer is there; None: the question is asked as ever."""


def kept_of(book: DialogBook, earlier: DialogState) -> Kept | None:
    """None where nothing is worth going on with: no answer was given, or the dialogues have changed."""
    form, field = book.forms.get(earlier.form), book.fields.get(earlier.field or "")
    if form is None or field is None or field.secret or field.name not in form.ask:
        return None
    kept = _blocks(field, earlier)
    return kept if kept.heard or _any_answer(book, earlier) else None


def _any_answer(book: DialogBook, earlier: DialogState) -> bool:
    """An option of a menu is said anew more quickly than it is explained."""
    return any(name in book.fields and book.fields[name].confirm is not None for name in earlier.slots)


def _blocks(field: Field, earlier: DialogState) -> Kept:
    """The whole blocks at the beginning; the last one is always asked for, so that its caller has something to say."""
    count = field.slot.key_count()
    if not field.kept or count is None:
        return Kept()
    digits = earlier.candidates[0] if earlier.candidates else _understood(field, earlier.heard)
    size = count // (len(field.kept) + 1)
    blocks = min(len(_leading_digits(digits)) // size, len(field.kept))
    return Kept(keyed(digits[: blocks * size]), field.kept[blocks - 1]) if blocks else Kept()


def _understood(field: Field, heard: Utterance) -> str:
    match field.slot.read(heard) if heard else None:
        case Complete(values):
            return values[0]
        case Partial(progress):
            return progress
    return ""


def _leading_digits(text: str) -> str:
    return text[: len(text) - len(text.lstrip("0123456789"))]
