"""Which word was heard for which: said and heard words laid side by side, and pairs that sound alike counted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.slots.words import fold

PAIRS_FILE = Path(__file__).with_name("confusable.tsv")
NOTHING = ""

Heard = tuple[str, str]
"""A word that was said, and the one heard in its place; ``NOTHING`` where none was, or no word that was asked for."""


def laid_side_by_side(said: Sequence[str], heard: Sequence[str]) -> Iterator[Heard]:
    """Each word said with what was heard for it, at the fewest changes; words put in are left out."""
    heard = [word for word in heard if word != UNKNOWN_WORD]
    for step in Levenshtein.opcodes(said, heard):
        for place in range(step.src_start, step.src_end):
            missing = step.tag == "delete"
            yield said[place], NOTHING if missing else heard[step.dest_start + place - step.src_start]


def pairs() -> list[tuple[str, str]]:
    """Pairs of words that sound alike."""
    rows = (line.split("\t") for line in PAIRS_FILE.read_text("utf-8").splitlines())
    return [(fold(one), fold(other)) for one, other in rows]


@dataclass(frozen=True, slots=True)
class Confusion:
    """What became of one word of a pair."""

    said: str
    rival: str
    count: int
    right: int
    as_rival: int
    as_another: int
    lost: int
    """Nothing was heard for it."""
    others: Sequence[str]
    """What else was heard, most often first."""

    @property
    def pair(self) -> frozenset[str]:
        return frozenset((self.said, self.rival))


def confusions(heard: Iterable[Heard]) -> list[Confusion]:
    """Both words of each pair, of those that were said."""
    counts = Counter(heard)
    both = [words for one, other in pairs() for words in ((one, other), (other, one))]
    found = (_confusion(said, rival, counts) for said, rival in both)
    return [one for one in found if one.count]


def _confusion(said: str, rival: str, counts: Counter[Heard]) -> Confusion:
    mine = Counter({heard: count for (word, heard), count in counts.items() if word == said})
    others = [word for word, _ in mine.most_common() if word not in (said, rival, NOTHING)]
    right, as_rival, lost = mine[said], mine[rival], mine[NOTHING]
    return Confusion(said, rival, mine.total(), right, as_rival, mine.total() - right - as_rival - lost, lost, others)
