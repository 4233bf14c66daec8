"""The sound behind an answer: the last stretch of the caller's audio, kept while a question is open.

It costs a pointer for each chunk: chunks are kept as they came, the oldest fall out, and nothing is copied before the
turn is over.
"""

from collections import deque

from ivr.media.codec import BYTES_PER_SECOND

MOST_SECONDS = 12.0
"""A longer clip would be listened to by nobody, and 96 kB is what one answer may cost."""
LEAST_SECONDS = 2.0
LEAD_SECONDS = 0.6
"""A word is known so long after its beginning."""
SAME_STRETCH_SECONDS = 4.0
"""A pause within one answer; what came before a longer one was something else."""


class ClipRing:
    """The last seconds of one question. ``chunk_bytes``: the size of every chunk of μ-law."""

    def __init__(self, chunk_bytes: int) -> None:
        self._per_second = BYTES_PER_SECOND / chunk_bytes
        self._chunks: deque[bytes] = deque(maxlen=self._chunks_in(MOST_SECONDS))
        self._stretch = 0  # chunks since the last stretch of speech began; 0: nobody has spoken
        self._quiet = 0  # chunks since somebody spoke

    def add(self, chunk: bytes, *, speaking: bool) -> None:
        """The next chunk; ``speaking``: words of the caller are being heard."""
        self._chunks.append(chunk)
        if speaking and (not self._stretch or self._quiet > self._chunks_in(SAME_STRETCH_SECONDS)):
            self._stretch = 0
        if speaking or self._stretch:
            self._stretch += 1
        self._quiet = 0 if speaking else self._quiet + 1

    def sound(self) -> bytes:
        """The last stretch of speech, from a little before its first word to now; never shorter than two seconds."""
        count = max(self._stretch + self._chunks_in(LEAD_SECONDS), self._chunks_in(LEAST_SECONDS))
        return b"".join(list(self._chunks)[-count:])

    def _chunks_in(self, seconds: float) -> int:
        return round(seconds * self._per_second)
