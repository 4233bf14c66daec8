"""The dialogue as it happens, for whoever watches a call: the phone page, a terminal, a test.

Lines live in this process's memory only, and only while somebody watches. They hold what callers say, so they are
offered for calls of the local exchange alone.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Who = Literal["hotline", "caller", "keys", "note"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a dialogue."""

    call_sid: str
    who: Who
    text: str
    final: bool = True
    """False: still being said, the next line of the same speaker replaces it."""


Watcher = Callable[[Line], None]


class Feed:
    """Hands lines to watchers, in the thread that publishes them."""

    def __init__(self) -> None:
        self._watchers: list[Watcher] = []
        self._lock = threading.Lock()

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call ``watcher`` with every line from now on; returns what ends it. Watchers must be quick and not raise."""
        with self._lock:
            self._watchers.append(watcher)
        return lambda: self._forget(watcher)

    def publish(self, line: Line) -> None:
        with self._lock:
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher(line)

    @property
    def watched(self) -> bool:
        return bool(self._watchers)

    def _forget(self, watcher: Watcher) -> None:
        with self._lock:
            if watcher in self._watchers:
                self._watchers.remove(watcher)
