"""Is an operator one action away, wherever a caller may stand? Tried out on the dialogue itself, not on its graph."""

from collections.abc import Iterator
from itertools import product

from ivr.book.source import BookSource, Finding
from ivr.dialog.engine import advance
from ivr.dialog.events import Heard, Utterance, keyed, said
from ivr.dialog.forms import Form
from ivr.dialog.meaning import universal_of
from ivr.dialog.state import DialogState


def check_operator(source: BookSource) -> Iterator[Finding]:
    """The word and the key for an operator are tried at each question of each form, by voice and by keys only."""
    operator = next((u for u in source.book.universals if u.name == "operator"), None)
    if operator is None or not operator.keys:
        return  # told by the structure's check
    ways = (("word", said(operator.phrases[0])), ("key", keyed(operator.keys)))
    for form in source.book.forms.values():
        for name, (way, utterance), keypad in product(form.ask, ways, (False, True)):
            state = DialogState(source.book.version, form.name, name, keypad=keypad)
            after, _ = advance(source.book, state, Heard(utterance))
            if after.form not in _on_the_way(source):
                place = source.place(f"form {form.name}.ask.{name}", f"form {form.name}")
                what = f"at `{name}` the {way} for an operator does not lead to one"
                yield source.finding(place, what, "an answer may not be that word or key alone")
        yield from _at_read_backs(source, form, ways)


def _at_read_backs(source: BookSource, form: Form, ways: tuple[tuple[str, Utterance], ...]) -> Iterator[Finding]:
    """A read-back needs an answer to read back; what works everywhere is looked for before it."""
    for name, (way, utterance) in product(form.ask, ways):
        confirm = source.book.fields[name].confirm
        if confirm and universal_of(source.book, utterance) != "operator":
            place = source.places[f"prompt {confirm.ask.name}"]
            what = f"at the read-back of `{name}` the {way} for an operator does not lead to one"
            yield source.finding(place, what, "let no other word that works everywhere be the same")


def _on_the_way(source: BookSource) -> frozenset[str]:
    """The form that leads to an operator, and what it passes first or leads to without asking anything."""
    first = source.book.forms[source.book.escalate]
    return frozenset((first.name, *first.then.values(), *((first.first.form,) if first.first else ())))
