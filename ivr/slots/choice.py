"""One of several named options, such as a menu: made from data, not from the lexicon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.dialog.events import Spoken, Utterance
from ivr.dialog.forms import Complete, Reading, Rejection
from ivr.slots.unknown import is_unknown
from ivr.slots.words import fold


@dataclass(frozen=True, slots=True)
class Option:
    """What a caller may say or press for one value."""

    phrases: tuple[str, ...]
    """The first one is said back."""
    key: str | None = None


class Choice:
    """Values are names of options. Rejections: ``nothing``, ``several``, ``unknown``.

    A phrase counts wherever it stands in the caller's words; the longest phrase wins. Who names several options, such
    as «да нет», has chosen none. Hypotheses that name no option are passed over, but when the best one is nothing but
    speech outside the list, the caller said something else.
    """

    def __init__(self, name: str, options: Mapping[str, Option]) -> None:
        self.name = name
        self._options = dict(options)
        self._phrases = [(fold(p).split(), value) for value, option in options.items() for p in option.phrases]
        self._by_first: dict[str, list[tuple[list[str], str]]] = {}
        for phrase, value in self._phrases:
            self._by_first.setdefault(phrase[0], []).append((phrase, value))
        self._keys = {option.key: value for value, option in options.items() if option.key}

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(self._options)

    def phrases(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(phrase for option in self._options.values() for phrase in option.phrases))

    def spoken(self, value: str) -> tuple[str, ...]:
        return self._options[value].phrases[:1]

    def key_count(self) -> int:
        return max((len(key) for key in self._keys), default=1)

    def read(self, utterance: Utterance) -> Reading:
        if keys := utterance.keys.replace("#", ""):
            value = self._keys.get(keys) or self._keys.get(keys[-1])
            return Complete((value,)) if value else Rejection("unknown")
        for part in reversed(utterance.parts):
            if isinstance(part, Spoken) and (values := self._values(part)):
                words = fold(part.hypotheses[0].text).split()
                if len(self._named(words)) > 1:
                    return Rejection("several")
                return Complete(values, closed=not self._may_grow(words))
        return Rejection("nothing")

    def _values(self, part: Spoken) -> tuple[str, ...]:
        if not part.hypotheses[0].text or is_unknown(part):
            return ()
        texts = [fold(hypothesis.text).split() for hypothesis in part.hypotheses]
        return tuple(dict.fromkeys(value for words in texts for value in self._named(words)))

    def _named(self, words: Sequence[str]) -> list[str]:
        """Options with the longest phrase in ``words``."""
        possible = (pair for word in dict.fromkeys(words) for pair in self._by_first.get(word, ()))
        found = [(len(phrase), value) for phrase, value in possible if _contains(words, phrase)]
        longest = max(found, default=(0, ""))[0]
        return list(dict.fromkeys(value for length, value in found if length == longest))

    def _may_grow(self, words: Sequence[str]) -> bool:
        """True when the words end in the beginning of a phrase that would name another option."""
        now = set(self._named(words))
        return any(value not in now and _ends_in_beginning(words, phrase) for phrase, value in self._phrases)


def _ends_in_beginning(words: Sequence[str], phrase: Sequence[str]) -> bool:
    shared = range(1, min(len(words), len(phrase) - 1) + 1)
    return any(list(words[-count:]) == phrase[:count] for count in shared)


def _contains(words: Sequence[str], phrase: Sequence[str]) -> bool:
    return any(list(words[at : at + len(phrase)]) == phrase for at in range(len(words) - len(phrase) + 1))
