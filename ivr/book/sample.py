"""What callers may say: the phrases behind a question or an everywhere-word, listed."""

from ivr.book.source import BookSource
from ivr.errors import BookError


def sample(source: BookSource, name: str) -> list[tuple[str, str]]:
    """Pairs of meaning and phrase. ``name`` is a question, or operator, repeat, help or restart.

    A question whose slot type is written in Python gives its recognizer's list under the slot type's name.
    Raises ``BookError`` for a name that is neither.
    """
    found = [
        (p.value, phrase)
        for p in source.phrasings
        if name in (p.question, _universal(p.question, p.value))
        for phrase in p.phrases
    ]
    if found:
        return list(dict.fromkeys(found))
    if name in source.book.fields:
        slot = source.book.fields[name].slot
        return [(slot.name, phrase) for phrase in slot.phrases()]
    known = sorted({*source.book.fields, *(universal.name for universal in source.book.universals)})
    raise BookError(f"There is nothing to say to `{name}`; write one of: {', '.join(known)}")


def _universal(question: str | None, value: str) -> str | None:
    return value if question is None else None
