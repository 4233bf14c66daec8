"""Can the recognizer hear each phrase, and can it tell one from another?"""

from collections.abc import Container, Iterable, Iterator
from itertools import combinations

from ivr.book.source import BookSource, Finding, Phrasing
from ivr.book.strict_yaml import Place
from ivr.dialog.forms import SlotType
from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.slots.words import fold


def check_vocabulary(source: BookSource, vocabulary: Container[str]) -> Iterator[Finding]:
    """A word that the model does not know is dropped from its list silently, and is never heard."""
    for phrasing in source.phrasings:
        for word in _unknown(phrasing.phrases, vocabulary):
            yield _unheard(source, phrasing.place, word)
    for name, slot, place in _slots(source):
        for word in _unknown(slot.phrases(), vocabulary):
            yield source.finding(place, f"`{name}` listens for `{word}`, which the model does not know", _OTHER)


_OTHER = "use another word, or train the model on it"


def _unheard(source: BookSource, place: Place, word: str) -> Finding:
    return source.finding(place, f"the model does not know the word `{word}`", _OTHER)


def _unknown(phrases: Iterable[str], vocabulary: Container[str]) -> list[str]:
    words = dict.fromkeys(word for phrase in phrases for word in phrase.split())
    return [word for word in words if word != UNKNOWN_WORD and word not in vocabulary]


def _slots(source: BookSource) -> Iterator[tuple[str, SlotType, Place]]:
    """Slot types written in Python; the phrases of a choice stand in the YAML and have places of their own."""
    choices = {phrasing.question for phrasing in source.phrasings}
    for field in source.book.fields.values():
        if field.name not in choices:
            yield field.name, field.slot, source.places[f"question {field.name}.slot"]
    yield "yes_no", source.book.yes_no, source.places["universal operator"]


def check_collisions(source: BookSource) -> Iterator[Finding]:
    """Phrases of equal sound and different meaning, wherever both are listened for at once."""
    for first, second in combinations(source.phrasings, 2):
        if _rivals(first, second):
            yield from _clashes(source, first, second)
    universal = [phrasing for phrasing in source.phrasings if phrasing.question is None]
    for name, slot, place in _slots(source):
        answers = Phrasing(name, name, place, slot.phrases())
        for phrasing in universal:
            yield from _clashes(source, answers, phrasing)


def _rivals(first: Phrasing, second: Phrasing) -> bool:
    same_time = first.question is None or second.question is None or first.question == second.question
    return same_time and (first.question, first.value) != (second.question, second.value)


def _clashes(source: BookSource, first: Phrasing, second: Phrasing) -> Iterator[Finding]:
    """At most one finding for two templates: a template that clashes tends to do so in all of its phrases."""
    heard = {fold(phrase): phrase for phrase in first.phrases}
    for phrase in second.phrases:
        other = heard.get(fold(phrase)) or next((p for p in first.phrases if _one_letter_apart(p, phrase)), None)
        if other:
            what = f"`{phrase}` ({second.value}) sounds like `{other}` ({first.value})"
            yield source.finding(second.place, what, f"change one of them; the other is at {first.place}")
            return


def _one_letter_apart(first: str, second: str) -> bool:
    """Whether two single words differ by one letter put in, left out or exchanged."""
    if " " in first or " " in second or abs(len(first) - len(second)) > 1:
        return False
    shorter, longer = sorted((fold(first), fold(second)), key=len)
    same = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    rest = shorter[same:] if len(shorter) < len(longer) else shorter[same + 1 :]
    return rest == longer[same + 1 :]
