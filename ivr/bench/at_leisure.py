"""When a turn is decided if nothing else takes time: the same audio, the same code, and nobody else on the line.

What a caller waits for is partly decision (an answer has to stand still) and partly hearing (some words are sure only
when silence has followed them). Both are counted from audio and are no matter of load; the rest is.
"""

import asyncio
import base64
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from ivr.bench.line import FRAME_SECONDS, SILENCE
from ivr.dialog.commands import Listen
from ivr.dialog.events import Utterance
from ivr.dialog.forms import DialogBook
from ivr.media.question import Question
from ivr.speech.recognizer import Ear

LEAD_FRAMES = 50
"""A second of silence before the caller speaks."""
TAIL_FRAMES = 250


class Leisure:
    """Hears numbers again, each once."""

    def __init__(self, book: DialogBook, ear: Ear) -> None:
        self._book = book
        self._ear = ear
        self._known: dict[Sequence[str], float] = {}

    def seconds(self, frames: Sequence[str]) -> float:
        """From the end of the speech to the end of the audio that decides, for the luckiest place of its chunks."""
        if frames not in self._known:
            self._known[frames] = min(asyncio.run(self._decide(frames, skipped)) for skipped in (0, 2, 4))
        return self._known[frames]

    async def _decide(self, frames: Sequence[str], skipped: int) -> float:
        with ThreadPoolExecutor(1) as executor:
            question = Question(self._book, Listen("card_number"), Utterance(), self._ear, executor)
            question.prompt_ended()
            for count, frame in enumerate(_padded(frames, skipped), 1):
                turn = await question.audio(frame)
                if turn.event is not None:
                    return (count + skipped - LEAD_FRAMES - len(frames)) * FRAME_SECONDS
        return TAIL_FRAMES * FRAME_SECONDS


def _padded(frames: Sequence[str], skipped: int) -> Iterator[bytes]:
    for frame in (*[SILENCE] * (LEAD_FRAMES - skipped), *frames, *[SILENCE] * TAIL_FRAMES):
        yield base64.b64decode(frame)
