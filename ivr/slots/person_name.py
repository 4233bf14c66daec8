"""A first name, said or spelled by keys."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from ivr.dialog.events import Spoken, Utterance
from ivr.dialog.forms import Complete, Partial, Reading, Rejection
from ivr.slots.lexicon import Lexicon
from ivr.slots.unknown import is_unknown
from ivr.slots.words import fold


class PersonName:
    """Values are full names in lower-case Russian letters. Rejections: ``nothing``, ``unknown``.

    A short form stands for all its full names. Keys spell a name by one press a letter.
    """

    name = "person_name"

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._corrections = {phrase for phrase, mark in lexicon.marks.items() if mark in ("correct", "restart")}
        self._keyed: dict[str, tuple[str, ...]] = {}
        for form, names in lexicon.names.items():
            keys = "".join(lexicon.keypad[letter] for letter in form)
            self._keyed[keys] = (*self._keyed.get(keys, ()), *names)

    def phrases(self) -> tuple[str, ...]:
        return self._phrases

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._lexicon.heard["names"] + self._lexicon.fillers[self.name]))

    def spoken(self, value: str) -> tuple[str, ...]:
        return (value.title(),)

    def key_count(self) -> None:
        return None

    def read(self, utterance: Utterance) -> Reading:
        if utterance.keys:
            return self._read_keys(utterance.keys)
        names = tuple(dict.fromkeys(name for text in _texts(utterance) for name in self._names(text)))
        return Complete(names) if names else Rejection("nothing")

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
