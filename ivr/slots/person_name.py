"""A first name, said or spelled by keys."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from ivr.dialog.events import Spoken, Utterance
from ivr.dialog.forms import Complete, Partial, Reading, Rejection
from ivr.slots.lexicon import Lexicon
from ivr.slots.phrase_lists import ordered_pairs
from ivr.slots.spelling import Speller
from ivr.slots.unknown import is_unknown
from ivr.slots.words import fold

NEAR_AT_MOST = 5
SHORT = 3
SPELLED_SELDOM = 6
"""How often names are listed for each name of a letter: as likely as they, «а» and «я» would be heard in names. After a
letter any other one is as likely as in a list of letters alone."""


class PersonName:
    """Values are full names in lower-case Russian letters. Rejections: ``nothing``, ``unknown``.

    A short form stands for all its full names. Keys spell a name by one press a letter; so do the names of letters, and
    words behind «по буквам» by their first ones. A spelled name need not be known.
    """

    name = "person_name"

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._corrections = {phrase for phrase, mark in lexicon.marks.items() if mark in ("correct", "restart")}
        self._speller = Speller(lexicon)
        self._keyed: dict[str, tuple[str, ...]] = {}
        for form, names in lexicon.names.items():
            keys = "".join(lexicon.keypad[letter] for letter in form)
            self._keyed[keys] = (*self._keyed.get(keys, ()), *names)

    def phrases(self) -> tuple[str, ...]:
        return self._phrases

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        heard, fillers = self._lexicon.heard, self._lexicon.fillers[self.name]
        usual, letters = tuple(dict.fromkeys((*heard["names"], *fillers))), heard["letters"]
        announced = (f"{phrase} {letter}" for phrase in heard["spelling"] for letter in letters)
        alone = (letter for letter in letters if letter not in usual)
        return (*usual * SPELLED_SELDOM, *heard["spelling"], *announced, *alone, ordered_pairs(letters))

    def spoken(self, value: str) -> tuple[str, ...]:
        return (value.title(),)

    def key_count(self) -> None:
        return None

    def read(self, utterance: Utterance) -> Reading:
        if utterance.keys:
            return self._read_keys(utterance.keys)
        if spelled := self._spelled(utterance):
            return self._read_letters(spelled)
        names = tuple(dict.fromkeys(name for text in _texts(utterance) for name in self._names(text)))
        return Complete(names) if names else Rejection("nothing")

    def _spelled(self, utterance: Utterance) -> list[str]:
        """Letters of the hypotheses, the stretches of each rank joined; empty where the best one does not spell."""
        ranked = [part.hypotheses for part in utterance.parts if isinstance(part, Spoken) and not is_unknown(part)]
        deepest = max(map(len, ranked), default=0)
        texts = (" ".join(one[min(rank, len(one) - 1)].text for one in ranked) for rank in range(deepest))
        letters = [self._speller.spelled(text) for text in texts]
        return [one for one in dict.fromkeys(letters) if one] if letters and letters[0] else []

    def _read_letters(self, spelled: Sequence[str]) -> Reading:
        """Known names first, then those that differ by one letter, then the letters as they are."""
        known = self._lexicon.names
        exact = [name for letters in spelled for name in known.get(fold(letters), ())]
        best = fold(spelled[0])
        longer = any(name != best and name.startswith(best) for name in known)
        if not exact and longer:
            return Partial(best)
        near = [name for form, names in known.items() if _one_letter_apart(form, best) for name in names]
        values = dict.fromkeys((*exact, *near[:NEAR_AT_MOST], spelled[0]))
        return Complete(tuple(values), closed=bool(exact) and not longer)

    def _read_keys(self, keys: str) -> Reading:
        """Keys after the last ``*``; ``#`` ends the name."""
        typed = keys.rpartition("*")[2]
        spelled = typed.partition("#")[0]
        if names := self._keyed.get(spelled):
            return Complete(tuple(dict.fromkeys(names)), closed="#" in typed)
        if "#" not in typed and any(known.startswith(spelled) for known in self._keyed):
            return Partial(spelled)
        return Rejection("unknown" if spelled else "nothing")

    def _names(self, text: str) -> Iterator[str]:
        """Full names behind the names in ``text``; those before a correction only when none follows it."""
        found, corrected = list[str](), False
        for word in fold(text).split():
            corrected = corrected or word in self._corrections
            if names := self._lexicon.names.get(word):
                found = [*names] if corrected else [*found, *names]
                corrected = False
        yield from found


def _texts(utterance: Utterance) -> Iterator[str]:
    """Hypotheses of all stretches by rank, the later stretch first at each rank: a caller who goes on puts it right."""
    spoken: Sequence[Spoken] = [part for part in utterance.parts if isinstance(part, Spoken) and not is_unknown(part)]
    for rank in range(max((len(part.hypotheses) for part in spoken), default=0)):
        yield from (part.hypotheses[rank].text for part in reversed(spoken) if rank < len(part.hypotheses))


def _one_letter_apart(one: str, other: str) -> bool:
    """One letter exchanged, lost or heard twice; short names differ so too often to be taken for each other."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) <= SHORT or len(longer) - len(shorter) > 1:
        return False
    same = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return longer[same + 1 :] == shorter[same + (len(shorter) == len(longer)) :]
