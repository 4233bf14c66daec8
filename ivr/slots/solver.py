"""Which number is meant: readings of what was heard, weighed by what issued numbers look like.

Pure. The base of cards has its say afterwards (``ivr.actions.pick_known_card``), and only on what this module leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.dialog.parts import Difference

NUMBERS_AT_MOST = 20
EXPLAINED_NATS = 9.0
"""How much less likely than the best reading another one may be and still be what was said. A number that is somebody's
card by chance is one in ten thousand (a million cards in a series of ten free digits): being one outweighs 9 nats, and
beyond them it is a coincidence."""
RIVAL_NATS = 1.4
"""Readings so near are worth a question: the first one is then right less than four times in five."""
PROMOTED_AT_MOST = 3
"""A reading that looks like an issued number passes those that do not from this rank at the deepest. One in ten of all
numbers passes Luhn's check: among twenty there is nearly always one, and nearly always it is a wrong one."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """What issued numbers look like, as far as it is known."""

    series: tuple[str, ...] = ()
    """First digits; empty takes any."""
    luhn: bool = False
    """True where the last digit is a check digit."""

    def fits(self, number: str) -> bool:
        return (not self.series or number.startswith(self.series)) and (not self.luhn or passes_luhn(number))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One number."""

    digits: str
    score: float
    """Nats, comparable with the other candidates'."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What is left, the likeliest first."""

    candidates: tuple[Candidate, ...]
    rivals: int
    """How many of the first ones the recognition can hardly tell apart; 1 where the first one stands out."""

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(candidate.digits for candidate in self.candidates)


def solve(scores: Mapping[str, float], scheme: Scheme) -> Solution:
    """Ranks readings by their scores and the scheme; drops those that recognition does not explain.

    The scheme never refuses: a list of series grows old, and a number read back is put right by its caller.
    """
    ranked = sorted((Candidate(*item) for item in scores.items()), key=lambda candidate: -candidate.score)
    explained = [one for one in ranked if one.score >= ranked[0].score - EXPLAINED_NATS][:NUMBERS_AT_MOST]
    near, far = explained[:PROMOTED_AT_MOST], explained[PROMOTED_AT_MOST:]
    candidates = (*sorted(near, key=lambda candidate: not scheme.fits(candidate.digits)), *far)
    return Solution(candidates, _rivals(candidates, scheme))


def _rivals(candidates: Sequence[Candidate], scheme: Scheme) -> int:
    """Leading candidates that are about as likely as the first, and fit the scheme as it does."""
    if not candidates:
        return 0
    first = candidates[0]
    for count, other in enumerate(candidates):
        near = abs(first.score - other.score) <= RIVAL_NATS
        if not near or scheme.fits(first.digits) != scheme.fits(other.digits):
            return count
    return len(candidates)


def difference(first: Sequence[str], second: Sequence[str]) -> Difference | None:
    """Where two numbers, each cut into its blocks, differ; None where it is in more than one block, or nowhere."""
    different = [at for at, (one, two) in enumerate(zip(first, second, strict=True)) if one != two]
    return Difference(different[0], (first[different[0]], second[different[0]])) if len(different) == 1 else None


def passes_luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B: from the right every second digit is doubled, and the sum of all digits ends in 0."""
    doubled = (sum(divmod(int(digit) * (1 + at % 2), 10)) for at, digit in enumerate(reversed(number)))
    return sum(doubled) % 10 == 0
