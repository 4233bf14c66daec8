"""Plays a sound to a question the way a call does, and notes what was heard, when, and what it cost."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ivr.bench.hearing.questions import Asked
from ivr.bench.hearing.sound import FRAME_BYTES, FRAME_SECONDS, Played, frames_of
from ivr.dialog.events import Heard, Utterance
from ivr.media.question import CHUNK_BYTES, Question
from ivr.speech.recognizer import Ear

NOTHING = Utterance()
FRAMES_PER_CHUNK = CHUNK_BYTES // FRAME_BYTES


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn. Seconds; audio is counted from its beginning, work in processor time."""

    utterance: Utterance
    """Empty where the turn ended by silence."""
    lag: float
    """From the last sample of speech to the result: audio until the turn is over, and the work on its last frame."""
    audio: float
    """How much audio was taken in."""
    work: float
    ended: bool
    """False where the turn was not over when the audio ended."""
    barged_in: bool = False
    """True where speech would have interrupted a prompt."""


class Line:
    """Holds the thread that recognizes; one question at a time."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._executor = ThreadPoolExecutor(1)

    def listen(
        self, asked: Asked, played: Played, earlier: Utterance = NOTHING, *, prompt_ended: bool = True
    ) -> Answer:
        """``prompt_ended``: False for a caller who speaks while the prompt plays, until the prompt is cut."""
        return asyncio.run(self._listen(asked, played, earlier, prompt_ended))

    async def _listen(self, asked: Asked, played: Played, earlier: Utterance, prompt_ended: bool) -> Answer:
        question = Question(asked.book, asked.listen, earlier, self._ear, self._executor)
        if prompt_ended:
            question.prompt_ended()
        before = began = time.process_time()
        frames = frames_of(played.mulaw)
        for count, frame in enumerate(frames, 1):
            if count % FRAMES_PER_CHUNK == 0:  # on the others nothing is decided, and to ask takes 0.1 ms
                before = time.process_time()
            turn = await question.audio(frame)
            if turn.event is not None or turn.barged_in:
                now, audio = time.process_time(), count * FRAME_SECONDS
                utterance = turn.event.utterance if isinstance(turn.event, Heard) else NOTHING
                lag = audio - played.speech_ends + now - before
                return Answer(utterance, lag, audio, now - began, ended=True, barged_in=turn.barged_in)
        audio, work = len(frames) * FRAME_SECONDS, time.process_time() - began
        return Answer(question.utterance, audio, audio, work, ended=False)
