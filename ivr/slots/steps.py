"""An utterance as runs of words with corrections between them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.slots.words import Mark, Place, Token, Word, settle_contrast


@dataclass(frozen=True, slots=True)
class Run:
    """Words of numbers without a correction between them."""

    words: tuple[Word, ...]
    gaps: frozenset[int] = field(default_factory=frozenset)
    """Indexes of words that a pause or a filler stands before."""


Step = Run | Mark


def steps_of(tokens: Iterable[Token]) -> list[Step]:
    """Runs of words between corrections; leading, repeated and closing marks without an effect are left out."""
    steps, words, gaps = list[Step](), list[Word](), set[int]()
    for item in [*settle_contrast(tokens), "end"]:
        if isinstance(item, Word):
            words.append(item)
        elif item == "gap" or isinstance(item, Place):
            gaps.add(len(words))
        else:
            if words:
                steps.append(Run(tuple(words), frozenset(gaps)))
                words, gaps = [], set()
            if item != "end" and (steps or item == "restart"):
                steps.append(item)
    return steps
