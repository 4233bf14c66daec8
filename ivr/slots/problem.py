"""The open first question: what a caller is troubled by, out of words said in any manner.

Each problem has patterns: words in their order, with anything said between. A word ending in ``*`` is a stem. Patterns
are scored by the words they find, in every hypothesis, weighed by how likely it is.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ivr.dialog.events import Spoken, Utterance
from ivr.dialog.forms import Complete, Reading, Rejection
from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.slots.unknown import is_unknown
from ivr.slots.words import fold

STEM = "*"
NOT = "\u043d\u0435"
"""The word that turns a meaning round."""
GAP = 3
"""Words that may stand between two words of a pattern: more belong to another sentence."""
GAP_BEHIND_NOT = 1
GAP_COST = 0.05
"""Of each such word: of two patterns with as many words the closer one is meant."""
TIE = 0.3
"""Problems whose scores, in words, lie so close together are told apart by a question."""
LEAST_SCORE = 0.5
NATS = 3.0
"""So much less likely, in log-likelihood, a hypothesis weighs a third. Rank counts too: most likelihoods are close."""
RANK_WEIGHT = 0.8
HYPOTHESES_AT_MOST = 16
UNKNOWN_SPARED = 2
UNKNOWN_FOR_EACH = 2
"""Stretches of other speech that a found word outweighs: callers tell stories, but a story alone is no problem."""
WORDS_KEPT = 4096
"""Of which it is known what they stand for: a turn is read at every change of what is heard."""

Pattern = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that may trouble a caller."""

    value: str
    group: str
    patterns: tuple[Pattern, ...]
    """Folded words; ``*`` ends a stem."""
    phrases: tuple[str, ...]
    """For the recognizer's list."""
    said: tuple[str, ...] = ()
    key: str | None = None


class ProblemSlot:
    """Values are the problems', and those of groups where a tie leaves a question.

    Rejections: ``nothing``, and ``unknown`` for a key without a meaning. ``undecided``: a group to the value that
    stands for the question which of its problems it is.
    """

    def __init__(
        self,
        name: str,
        problems: Iterable[Problem],
        synonyms: Mapping[str, tuple[str, ...]],
        undecided: Mapping[str, str],
    ) -> None:
        self.name = name
        self._problems = {problem.value: problem for problem in problems}
        self._undecided = dict(undecided)
        self._keys = {problem.key: problem.value for problem in self._problems.values() if problem.key}
        self._synonyms = [(fold(variant), fold(word)) for word, variants in synonyms.items() for variant in variants]
        own = (phrase for problem in self._problems.values() for phrase in problem.phrases)
        alike = (variant for variants in synonyms.values() for variant in variants if STEM not in variant)
        self._phrases = tuple(dict.fromkeys((*own, *alike)))
        self._by_first: dict[str, list[tuple[str, Pattern]]] = {}
        for problem in self._problems.values():
            for pattern in problem.patterns:
                self._by_first.setdefault(pattern[0], []).append((problem.value, pattern))
        self._items = frozenset(item for problem in self._problems.values() for p in problem.patterns for item in p)
        self._meant = lru_cache(WORDS_KEPT)(self._items_of)

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self._problems, *self._undecided.values())))

    @property
    def patterns(self) -> Mapping[str, tuple[Pattern, ...]]:
        """Value to patterns, for those who check them."""
        return {problem.value: problem.patterns for problem in self._problems.values()}

    def phrases(self) -> tuple[str, ...]:
        return self._phrases

    def spoken(self, value: str) -> tuple[str, ...]:
        return self._problems[value].said if value in self._problems else ()

    def key_count(self) -> int:
        return 1

    def read(self, utterance: Utterance) -> Reading:
        if keys := utterance.keys.replace("#", ""):
            value = self._keys.get(keys[-1])
            return Complete((value,)) if value else Rejection("unknown")
        ranked = self._ranked(utterance)
        if not ranked:
            return Rejection("nothing")
        # Never closed: who tells what happened goes on after a pause, and the end of it may be what matters.
        return Complete(tuple(dict.fromkeys((*self._asked(ranked), *ranked))), closed=False)

    def heard(self, word: str, item: str) -> bool:
        """Whether a word, or one that it is a synonym of, is what stands in a pattern."""
        return item in self._meant(fold(word))

    def _items_of(self, word: str) -> frozenset[str]:
        same = (word, *(canon for variant, canon in self._synonyms if _fits(word, variant)))
        return frozenset(item for item in self._items if any(_fits(one, item) for one in same))

    def _asked(self, ranked: Mapping[str, float]) -> tuple[str, ...]:
        """The value that asks further, where the best problems lie close together in one group."""
        best, *others = ranked
        group = self._problems[best].group
        close = [other for other in others if ranked[best] - ranked[other] < TIE]
        tied = any(self._problems[other].group == group for other in close)
        return (self._undecided[group],) if tied and group in self._undecided else ()

    def _ranked(self, utterance: Utterance) -> dict[str, float]:
        """Problems and their scores, the best first; of equal ones the one that is told of first."""
        found: dict[str, float] = {}
        first: dict[str, int] = {}
        for weight, words in _hypotheses(utterance):
            for value, (score, at) in self._told_of(words).items():
                found[value] = found.get(value, 0.0) + weight * score
                first[value] = max(first.get(value, at), at)
        enough = [value for value, score in found.items() if score >= LEAST_SCORE]
        return {value: found[value] for value in sorted(enough, key=lambda v: (-round(found[v], 3), -first[v]))}

    def _told_of(self, words: Sequence[str]) -> dict[str, tuple[float, int]]:
        """Problems with the score of their best pattern, and where it begins, counted backwards from the start."""
        meant = [self._meant(word) for word in words]
        unknown, found = words.count(UNKNOWN_WORD), dict[str, tuple[float, int]]()
        for start, items in enumerate(meant):
            for value, pattern in (pair for item in items for pair in self._by_first.get(item, ())):
                spared = unknown <= UNKNOWN_SPARED + UNKNOWN_FOR_EACH * len(pattern)
                gaps = _rest(words, meant, start, pattern) if spared and _allowed(words, start, pattern, 0) else None
                if gaps is not None:
                    found[value] = max(found.get(value, (0.0, 0)), (len(pattern) - GAP_COST * gaps, -start))
        return found


def _rest(
    words: Sequence[str], meant: Sequence[frozenset[str]], at: int, pattern: Pattern, index: int = 0
) -> int | None:
    """Words between those of the pattern behind ``index``, which stands at ``at``; None where it breaks off."""
    if index + 1 == len(pattern):
        return 0
    reach = GAP_BEHIND_NOT if pattern[index] == NOT else GAP
    for there in range(at + 1, min(at + 2 + reach, len(words))):
        if pattern[index + 1] in meant[there] and _allowed(words, there, pattern, index + 1):
            rest = _rest(words, meant, there, pattern, index + 1)
            if rest is not None:
                return rest + there - at - 1
    return None


def _allowed(words: Sequence[str], at: int, pattern: Pattern, index: int) -> bool:
    """A word with a "not" before it means something else, unless the pattern has the "not" as well."""
    denied = at > 0 and words[at - 1] == NOT
    return not denied or pattern[index] == NOT or (index > 0 and pattern[index - 1] == NOT)


def _fits(word: str, item: str) -> bool:
    return word.startswith(item[:-1]) if item.endswith(STEM) else word == item


def _hypotheses(utterance: Utterance) -> list[tuple[float, list[str]]]:
    """Ways to hear all that was said, with weights that sum up to 1."""
    ways: list[tuple[float, list[str]]] = [(0.0, [])]
    for part in utterance.parts:
        if isinstance(part, Spoken) and not is_unknown(part):
            best = max(hypothesis.confidence for hypothesis in part.hypotheses)
            options = [(h.confidence - best, fold(h.text).split()) for h in part.hypotheses]
            joined = [(one + two, words + more) for one, words in ways for two, more in options]
            ways = sorted(joined, key=lambda way: -way[0])[:HYPOTHESES_AT_MOST]
    weights = [math.exp(score / NATS) * RANK_WEIGHT**rank for rank, (score, _) in enumerate(ways)]
    whole = sum(weights)
    return [(weight / whole, words) for weight, (_, words) in zip(weights, ways, strict=True)]
