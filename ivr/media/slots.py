"""How many calls are heard at once. The rest are served by keypad at once instead of badly."""

import threading

from ivr.metrics import STREAMS


class StreamSlots:
    """Counts open media streams of this process."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self._closed = False
        self._lock = threading.Lock()

    def free(self) -> bool:
        """True while another stream may open."""
        with self._lock:
            return not self._closed and self._taken < self._limit

    def take(self) -> bool:
        """Take a slot; False where none is free."""
        with self._lock:
            if self._closed or self._taken >= self._limit:
                return False
            self._taken += 1
        STREAMS.inc()
        return True

    def give_back(self) -> None:
        with self._lock:
            self._taken -= 1
        STREAMS.dec()

    def usage(self) -> tuple[int, int]:
        """How many are taken, of how many."""
        with self._lock:
            return self._taken, self._limit

    def close(self) -> None:
        """No stream opens any more: the process is ending."""
        with self._lock:
            self._closed = True
