"""What a stream has sent and the caller has not heard yet: sound and the marks between."""

from collections import deque

from ivr.exchange.mulaw import FRAME_BYTES, SILENCE


class Playback:
    """The buffer between the hotline's socket and the caller's ear, in μ-law."""

    def __init__(self) -> None:
        self._queue: deque[bytes | str] = deque()
        self._bytes = 0

    @property
    def seconds(self) -> float:
        """How long the buffered sound lasts."""
        return self._bytes / 8000

    def add(self, mulaw: bytes) -> None:
        if mulaw:
            self._queue.append(mulaw)
            self._bytes += len(mulaw)

    def mark(self, name: str) -> None:
        self._queue.append(name)

    def take(self) -> tuple[bytes, list[str]]:
        """The next 20 ms (empty when there is no sound) and the marks whose sound ends with it."""
        sound = b""
        passed: list[str] = []
        while self._queue:
            head = self._queue[0]
            if isinstance(head, str):
                passed.append(head)
                self._queue.popleft()
            elif len(sound) == FRAME_BYTES:
                break
            else:
                sound += self._cut(head, FRAME_BYTES - len(sound))
        self._bytes -= len(sound)
        return (sound + SILENCE[len(sound) :] if sound else b""), passed

    def clear(self) -> list[str]:
        """Drop everything; returns the marks that were still waiting."""
        marks = [entry for entry in self._queue if isinstance(entry, str)]
        self._queue.clear()
        self._bytes = 0
        return marks

    def _cut(self, head: bytes, size: int) -> bytes:
        self._queue.popleft()
        if len(head) > size:
            self._queue.appendleft(head[size:])
        return head[:size]
