"""Which words were heard for which: the cheapest alignment of what was said with what was heard."""

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

NONE = "-"
"""Stands for no word."""


def mistakes(said: Sequence[str], heard: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of what was said and what was heard in its place, in order; ``NONE`` for a word left out or put in."""
    found = []
    for edit in Levenshtein.editops(said, heard):
        before = NONE if edit.tag == "insert" else said[edit.src_pos]
        found.append((before, NONE if edit.tag == "delete" else heard[edit.dest_pos]))
    return found
