"""What Russian words sound like on a telephone line, roughly: letters that are told apart by a hair are one sound.

A recognizer knows words by their phones. This folding is coarser on purpose: it is there to find phrases that a caller,
a bad line or a model would mix up, and needs no model to be there.
"""

import re
from collections.abc import Iterable, Iterator

from ivr.slots.words import fold

_CLUSTERS = (
    (re.compile("\u0442\u044c?\u0441\u044f?$"), "\u0446\u0430"),  # -ts(ya) at a word's end is said as -tsa
    (re.compile("(?<=[\u043e\u0435])\u0433\u043e$"), "\u0432\u043e"),  # -ogo, -ego are said as -ovo, -evo
    (re.compile("[\u044a\u044c]"), ""),  # the hard and the soft sign
    (re.compile("\u0441\u0447|\u0437\u0447"), "\u0449"),
    (re.compile("\u0447(?=\u0442\u043e)"), "\u0448"),
)
_SOUNDS = str.maketrans(
    {
        "\u043e": "\u0430",  # o and a, e, i and ya fall together outside of the stress
        "\u0435": "\u0438",
        "\u044f": "\u0438",
        "\u044d": "\u0438",
        "\u044b": "\u0438",
        "\u0439": "\u0438",
        "\u044e": "\u0443",
        "\u0431": "\u043f",  # voiced and voiceless, of which the telephone keeps little
        "\u0434": "\u0442",
        "\u0433": "\u043a",
        "\u0437": "\u0441",
        "\u0436": "\u0448",
        "\u0432": "\u0444",
        "\u0449": "\u0448",
    }
)
_KINDS = (
    "\u0430\u0438\u0443",
    "\u043f\u0442\u043a",
    "\u0444\u0441\u0448\u0445\u0446\u0447",
    "\u043c\u043d",
    "\u043b\u0440",
)
"""Vowels, stops, hissing sounds, nasals, liquids: one is taken for another of its kind."""
_DOUBLE = re.compile(r"(.)\1+")
LONGEST = 60
"""Sounds of what is compared. Longer lists of words are no phrases that anybody says."""


def sounds(phrase: str) -> str:
    """The phrase by its sounds, one letter each, words run together as speech runs them."""
    return _DOUBLE.sub(r"\1", "".join(map(_word, fold(phrase).split())))


def _word(word: str) -> str:
    for pattern, said in _CLUSTERS:
        word = pattern.sub(said, word)
    return word.translate(_SOUNDS)


class Alike:
    """Phrases that can be searched for those that sound like another one.

    They are at most one sound apart: one that is missing, or that is taken for another of its kind.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_shadow: dict[str, list[tuple[str, str]]] = {}
        for phrase in phrases:
            heard = sounds(phrase)
            if len(heard) <= LONGEST:
                for shadow in _shadows(heard):
                    self._by_shadow.setdefault(shadow, []).append((heard, phrase))

    def find(self, phrase: str) -> Iterator[str]:
        """Those that sound like ``phrase``; it may be among them itself."""
        heard = sounds(phrase)
        if len(heard) > LONGEST:
            return
        near = (pair for shadow in _shadows(heard) for pair in self._by_shadow.get(shadow, ()))
        for other, text in dict.fromkeys(near):
            if _one_apart(heard, other):
                yield text


def _shadows(heard: str) -> Iterator[str]:
    """The sounds, and the sounds without one: phrases that are one apart share one of these."""
    yield heard
    yield from dict.fromkeys(heard[:at] + heard[at + 1 :] for at in range(len(heard)))


def _one_apart(first: str, second: str) -> bool:
    shorter, longer = sorted((first, second), key=len)
    same = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) < len(longer):
        return len(longer) - len(shorter) == 1 and shorter[same:] == longer[same + 1 :]
    if same == len(longer):
        return True
    return shorter[same + 1 :] == longer[same + 1 :] and any(
        shorter[same] in kind and longer[same] in kind for kind in _KINDS
    )
