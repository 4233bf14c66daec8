"""One open question in a stream: a recognizer and a listener, fed with the caller's audio and keys."""

from concurrent.futures import Executor
from dataclasses import dataclass

from ivr.dialog.commands import Listen
from ivr.dialog.events import CallEvent, Heard, Hypothesis, NoInput, Utterance
from ivr.dialog.forms import DialogBook
from ivr.dialog.meaning import read_confirmation, universal_of
from ivr.media.clip import ClipRing
from ivr.media.codec import BYTES_PER_SECOND, decode
from ivr.media.threads import in_thread
from ivr.speech.listener import Decision, Listener, Timing
from ivr.speech.near_speech import NearSpeech
from ivr.speech.recognizer import Ear, Hearing, Recognizer

CHUNK_BYTES = 480
"""0.06 s of μ-law: what the recognizer is fed at once, as often as its network makes a step (``frames-per-chunk``)."""


def phrases_for(book: DialogBook, listen: Listen) -> tuple[str, ...]:
    """What the recognizer may hear at a question: the answer, its read-back's yes and no, and the everywhere-words."""
    field = book.fields[listen.field]
    everywhere = tuple(phrase for universal in book.universals for phrase in universal.phrases)
    confirming = book.yes_no.phrases() if listen.confirming else ()
    return (*field.slot.phrases(), *confirming, *everywhere)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a chunk or a key led to."""

    barged_in: bool = False
    event: CallEvent | None = None
    """Given when the caller's turn is over."""
    clip: bytes = b""
    """The μ-law behind a spoken answer."""


GOING_ON = Turn()
MOST_KEPT_BYTES = 120 * BYTES_PER_SECOND
"""A turn that takes longer is kept by its beginning."""


class Question:
    """Listens for one answer until the turn is over. ``keeps_all``: all that comes is kept as well, for debugging."""

    def __init__(
        self,
        book: DialogBook,
        listen: Listen,
        earlier: Utterance,
        ear: Ear,
        executor: Executor,
        *,
        keeps_all: bool = False,
    ) -> None:
        field = book.fields[listen.field]
        self._executor = executor
        self._listener = Listener(
            read=(lambda said: read_confirmation(book, field, said)) if listen.confirming else field.slot.read,
            is_universal=lambda utterance: universal_of(book, utterance) is not None,
            timing=Timing(silence_seconds=listen.silence_seconds(field.silence_seconds)),
            key_count=book.yes_no.key_count() if listen.confirming else field.slot.key_count(),
            earlier=Utterance() if listen.confirming else earlier,
        )
        self._ear = None if listen.keypad else ear
        self._phrases = phrases_for(book, listen)
        self._recognizer: Recognizer | None = None
        self._near = NearSpeech()
        self._ring = ClipRing(CHUNK_BYTES)
        self._pending = b""
        self._all = bytearray()
        self._room = MOST_KEPT_BYTES if keeps_all else 0

    @property
    def all_heard(self) -> bytes:
        """The μ-law of the whole turn, prompts' time included; empty where it is not kept."""
        return bytes(self._all)

    @property
    def utterance(self) -> Utterance:
        return self._listener.utterance

    def prompt_ended(self) -> None:
        self._listener.prompt_ended()

    async def audio(self, mulaw: bytes) -> Turn:
        """The next stretch of the caller's audio, of any length."""
        self._all += mulaw[: self._room - len(self._all)]
        self._pending += mulaw
        while len(self._pending) >= CHUNK_BYTES:
            chunk, self._pending = self._pending[:CHUNK_BYTES], self._pending[CHUNK_BYTES:]
            turn = await self._chunk(chunk)
            if turn is not GOING_ON:
                return turn
        return GOING_ON

    async def press(self, key: str) -> Turn:
        # Without the cut the recognizer would say the words before the key once more behind it.
        finished = await in_thread(self._executor, self._finish) if self._listener.speaking else ()
        decision = self._listener.press(key, finished)
        if decision is Decision.OVER:
            return await self._over(barged_in=True)
        return Turn(barged_in=True)

    async def _chunk(self, mulaw: bytes) -> Turn:
        pcm = decode(mulaw)
        hearing = await in_thread(self._executor, self._accept, self._ear, pcm) if self._ear else Hearing()
        seconds = len(mulaw) / BYTES_PER_SECOND
        decision = self._listener.hear(hearing, seconds, near=self._near.hear(pcm, seconds))
        self._ring.add(mulaw, speaking=self._listener.speaking)
        return await self._follow(decision)

    async def _follow(self, decision: Decision) -> Turn:
        match decision:
            case Decision.BARGE_IN:
                return Turn(barged_in=True)
            case Decision.SILENCE:
                return Turn(event=NoInput())
            case Decision.OVER:
                return await self._over(barged_in=False)
            case Decision.CUT:
                whole = self._listener.settle(await in_thread(self._executor, self._finish))
                return self._heard(barged_in=False) if whole else GOING_ON
            case Decision.GO_ON:
                return GOING_ON

    async def _over(self, *, barged_in: bool) -> Turn:
        """Time is up or the keys are whole: what was said so far counts as it is."""
        self._listener.settle(await in_thread(self._executor, self._finish))
        return self._heard(barged_in=barged_in) if self.utterance else Turn(barged_in=barged_in, event=NoInput())

    def _heard(self, *, barged_in: bool) -> Turn:
        clip = b"" if self.utterance.keyed_only else self._ring.sound()
        return Turn(barged_in, Heard(self.utterance), clip)

    # -- in the recognizer's thread, one call at a time -----------------------------------------------------------

    def _accept(self, ear: Ear, pcm: bytes) -> Hearing:
        if self._recognizer is None:
            self._recognizer = ear.recognizer(self._phrases)
        return self._recognizer.accept(pcm)

    def _finish(self) -> tuple[Hypothesis, ...]:
        return self._recognizer.finish() if self._recognizer else ()
