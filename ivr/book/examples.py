"""Is what callers may say understood as the editor means it?"""

from collections.abc import Iterator

from ivr.book.source import BookSource, Example, Finding
from ivr.book.strict_yaml import Place
from ivr.dialog.events import said
from ivr.dialog.forms import Complete
from ivr.slots.problem import Pattern, ProblemSlot


def check_examples(source: BookSource) -> Iterator[Finding]:
    """Each example of a category is understood as it, or as its group; each counter-example as something else."""
    for example in source.examples:
        understood = _understood(source, example)
        if example.expected and understood is None:
            what = f"`{example.text}` is not understood"
            yield source.finding(example.place, what, f"add a phrase for it to `{example.value}`")
        elif example.expected and understood != example.value:
            what = f"`{example.text}` is understood as `{understood}`, not as `{example.value}`"
            yield source.finding(example.place, what, "add a longer phrase here, or mend the phrases there")
        elif not example.expected and understood == example.value:
            what = f"`{example.text}` is understood as `{understood}`"
            yield source.finding(example.place, what, "make its phrases longer, so that they leave this out")


def _understood(source: BookSource, example: Example) -> str | None:
    reading = source.book.fields[example.question].slot.read(said(example.text))
    return reading.values[0] if isinstance(reading, Complete) else None


def check_stems(source: BookSource) -> Iterator[Finding]:
    """Words of patterns that the recognizer is never asked for, so that nobody can say them."""
    told: set[str] = set()
    for field in source.book.fields.values():
        if isinstance(field.slot, ProblemSlot):
            heard = {word for phrase in field.slot.phrases() for word in phrase.split()}
            for value, patterns in field.slot.patterns.items():
                for item in sorted(_unheard(field.slot, patterns, heard) - told):
                    told.add(item)
                    what = f"no example has a word for `{item}` of `{value}`"
                    yield source.finding(_place(source, value), what, "add an example with such a word")


def _unheard(slot: ProblemSlot, patterns: tuple[Pattern, ...], heard: set[str]) -> set[str]:
    items = {item for pattern in patterns for item in pattern}
    return {item for item in items if not any(slot.heard(word, item) for word in heard)}


def _place(source: BookSource, value: str) -> Place:
    return source.place(f"form category_{value}", f"form {value}")
