"""Dealing without putting back, so that what is rare still comes its turn."""

import random
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Deck(Generic[T]):
    """Deals all items in a new random order, then all again: each comes equally often, give or take one."""

    def __init__(self, items: Iterable[T], rng: random.Random) -> None:
        self._items, self._rng = list(items), rng
        self._left = list[T]()

    def __len__(self) -> int:
        return len(self._items)

    def deal(self) -> T:
        """The next item."""
        if not self._left:
            self._left = self._items[:]
            self._rng.shuffle(self._left)
        return self._left.pop()
