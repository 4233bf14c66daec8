"""Can the recognizer hear each phrase, and can it tell one from another?"""

from collections.abc import Container, Iterable, Iterator, Sequence

from ivr.book.sounds import LONGEST, Alike
from ivr.book.source import BookSource, Finding, Phrasing
from ivr.book.strict_yaml import Place
from ivr.dialog.events import said
from ivr.dialog.forms import Rejection, SlotType
from ivr.dialog.meaning import UNKNOWN_WORD


def check_vocabulary(source: BookSource, vocabulary: Container[str]) -> Iterator[Finding]:
    """A word that the model does not know is dropped from its list silently, and is never heard."""
    told: set[str] = set()
    for phrasing in source.phrasings:
        for word in _unknown(phrasing.phrases, vocabulary):
            told.add(word)
            yield _unheard(source, phrasing.place, word)
    for name, slot, place in _all_slots(source):
        for word in _unknown(slot.phrases(), vocabulary):
            if word not in told:
                yield source.finding(place, f"`{name}` listens for `{word}`, which the model does not know", _OTHER)


_OTHER = "use another word, or train the model on it"


def _unheard(source: BookSource, place: Place, word: str) -> Finding:
    return source.finding(place, f"the model does not know the word `{word}`", _OTHER)


def _unknown(phrases: Iterable[str], vocabulary: Container[str]) -> list[str]:
    words = dict.fromkeys(word for phrase in phrases for word in phrase.split())
    return [word for word in words if word != UNKNOWN_WORD and word not in vocabulary]


def _all_slots(source: BookSource) -> Iterator[tuple[str, SlotType, Place]]:
    for field in source.book.fields.values():
        yield field.name, field.slot, source.places[f"question {field.name}.slot"]
    yield "yes_no", source.book.yes_no, source.places["universal operator"]


def _slots(source: BookSource) -> Iterator[tuple[str, SlotType, Place]]:
    """Slot types written in Python; the phrases of others stand in the YAML and have places of their own."""
    written = {phrasing.question for phrasing in source.phrasings}
    return (found for found in _all_slots(source) if found[1].name not in written)


def check_collisions(source: BookSource) -> Iterator[Finding]:
    """Phrases of like sound and different meaning, wherever both are listened for at once."""
    everywhere = [phrasing for phrasing in source.phrasings if phrasing.question is None]
    yield from _clashes(source, everywhere, everywhere)
    questions: dict[str, list[Phrasing]] = {}
    for phrasing in source.phrasings:
        if phrasing.question is not None:
            questions.setdefault(phrasing.question, []).append(phrasing)
    for own in questions.values():
        yield from _clashes(source, own, own)
        yield from _clashes(source, everywhere, own)
    for name, slot, place in _slots(source):
        yield from _clashes(source, [Phrasing(name, name, place, _answers(slot))], everywhere)


def _answers(slot: SlotType) -> tuple[str, ...]:
    """What the slot type listens for and takes as an answer, or as the beginning of one; the rest is filling."""
    short = (phrase for phrase in slot.phrases() if len(phrase) <= LONGEST)
    return tuple(phrase for phrase in short if not isinstance(slot.read(said(phrase)), Rejection))


def _clashes(source: BookSource, first: Sequence[Phrasing], second: Sequence[Phrasing]) -> Iterator[Finding]:
    """At most one finding for two templates: a template that clashes tends to do so in all of its phrases."""
    owners: dict[str, list[int]] = {}
    for number, phrasing in enumerate(first):
        for phrase in phrasing.phrases:
            owners.setdefault(phrase, []).append(number)
    alike, told = Alike(owners), set[tuple[int, int]]()
    for number, phrasing in enumerate(second):
        for phrase, other, owner in ((p, o, n) for p in phrasing.phrases for o in alike.find(p) for n in owners[o]):
            if (first is second and owner >= number) or (owner, number) in told:
                continue
            if (first[owner].question, first[owner].value) != (phrasing.question, phrasing.value):
                told.add((owner, number))
                what = f"`{phrase}` ({phrasing.value}) sounds like `{other}` ({first[owner].value})"
                cure = f"change one of them; the other is at {first[owner].place}"
                yield source.finding(phrasing.place, what, cure)
