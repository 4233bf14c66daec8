"""The dialogue as it happens, for whoever watches a call: the phone page, a terminal, a test.

Lines live in this process's memory only, and only while somebody watches. They hold what callers say, so they are
offered for calls of the local exchange alone.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ivr.dialog.events import Utterance

Who = Literal["hotline", "caller", "keys", "note"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a dialogue."""

    call_sid: str
    who: Who
    text: str
    final: bool = True
    """False: still being said, the next line of the same speaker replaces it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn of a caller as the dialogue took it in."""

    call_sid: str
    question: str
    confirming: bool
    """It was to the read-back of an earlier answer."""
    earlier: Utterance
    """Parts of the same answer that earlier turns gave."""
    utterance: Utterance | None
    """With all alternatives; None for silence."""
    result: str | None
    """One of ``ivr.dialog.answered.Answered``; None where it was no answer."""


Watcher = Callable[[Line], None]
AnswerWatcher = Callable[[Answer], None]


class Feed:
    """Hands lines to watchers, in the thread that publishes them."""

    def __init__(self) -> None:
        self._watchers: list[Watcher] = []
        self._answer_watchers: list[AnswerWatcher] = []
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

    def watch_answers(self, watcher: AnswerWatcher) -> None:
        """Call ``watcher`` with every answer from now on, after it was stored."""
        self._answer_watchers.append(watcher)

    def publish_answer(self, answer: Answer) -> None:
        for watcher in self._answer_watchers:
            watcher(answer)

    @property
    def watched(self) -> bool:
        return bool(self._watchers)

    def _forget(self, watcher: Watcher) -> None:
        with self._lock:
            if watcher in self._watchers:
                self._watchers.remove(watcher)
