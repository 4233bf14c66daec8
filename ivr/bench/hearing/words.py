"""Which words were heard for which: the cheapest alignment of what was said with what was heard."""

from collections.abc import Sequence

NONE = "-"
"""Stands for no word."""


def distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """The fewest items put in, left out and exchanged that turn one into the other."""
    return _table(said, heard)[-1][-1]


def mistakes(said: Sequence[str], heard: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of what was said and what was heard in its place, in order; ``NONE`` for a word left out or put in."""
    table, found = _table(said, heard), list[tuple[str, str]]()
    row, column = len(said), len(heard)
    while row or column:
        if row and column and table[row][column] == table[row - 1][column - 1] + (said[row - 1] != heard[column - 1]):
            row, column = row - 1, column - 1
            pair = (said[row], heard[column])
        elif row and table[row][column] == table[row - 1][column] + 1:
            row -= 1
            pair = (said[row], NONE)
        else:
            column -= 1
            pair = (NONE, heard[column])
        if pair[0] != pair[1]:
            found.append(pair)
    return found[::-1]


def _table(said: Sequence[str], heard: Sequence[str]) -> list[list[int]]:
    """The least costs of all beginnings."""
    table = [list(range(len(heard) + 1))]
    for count, word in enumerate(said, 1):
        above, row = table[-1], [count]
        for at, other in enumerate(heard):
            row.append(min(above[at] + (word != other), above[at + 1] + 1, row[at] + 1))
        table.append(row)
    return table
