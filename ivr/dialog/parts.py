"""Answers that are put right in part: what a slot type may offer beside reading and speaking whole values.

A slot type that offers nothing of this is asked for its whole answer again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ivr.dialog.events import Utterance
from ivr.dialog.forms import Reading

FIRST, SECOND, NEITHER = "first", "second", "neither"
"""Answers to which of two versions is meant; a block's digits are the fourth kind of answer."""
ALL, MENDS = "all", "mends"
"""Answers to where the mistake is, beside a block's index, and an index with its digits behind ``INDEX_END``: it is
everywhere, and the utterance itself is the correction."""
INDEX_END = ":"


@dataclass(frozen=True, slots=True)
class Mended:
    """What a correction makes of a value."""

    values: tuple[str, ...] = ()
    """Values that may be meant, the likeliest first."""
    block: int | None = None
    """The block that is wrong, where the caller names it and says nothing else."""


NO_CORRECTION = Mended()


@dataclass(frozen=True, slots=True)
class Difference:
    """Two values that differ in one block."""

    block: int
    """Counted from zero."""
    versions: tuple[str, str]


@runtime_checkable
class Mends(Protocol):
    """Understands a correction of a whole value, such as «нет, ноль шесть»."""

    def mend(self, value: str, utterance: Utterance, within: int | None = None) -> Mended:
        """``within``: the block in which the mistake is, where it was told."""
        ...


@runtime_checkable
class InBlocks(Protocol):
    """Has values that are cut into blocks, as they are printed and said; joined, the blocks are the value."""

    def blocks(self, value: str) -> tuple[str, ...]: ...

    def block_name(self, block: int) -> str:
        """What a block is called, in words: the first one is 0."""
        ...

    def difference(self, first: str, second: str) -> Difference | None:
        """Where two values differ; None where it is in more than one block, or nowhere."""
        ...


@runtime_checkable
class Joins(Protocol):
    """Makes a whole answer of the answers to smaller questions."""

    def join(self, pieces: Sequence[str]) -> Reading: ...
