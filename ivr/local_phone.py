"""What the local exchange borrows of the hotline: its dialogue feed for the phone page, its ear for ``<Gather>``."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.feed import Feed, Line
from ivr.speech.recognizer import Ear

CHUNK_BYTES = 1600
"""0.1 s, as a stream gives it to the recognizer."""


async def follow(feed: Feed, call_sid: str) -> AsyncIterator[dict[str, object]]:
    """The lines of one call from now on. Endless: cancel it when the call is over."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[Line] = asyncio.Queue()

    def put(line: Line) -> None:
        if line.call_sid == call_sid:
            loop.call_soon_threadsafe(lines.put_nowait, line)

    forget = feed.watch(put)
    try:
        while True:
            line = await lines.get()
            yield {"who": line.who, "text": line.text, "final": line.final}
    finally:
        forget()


def hearing(ear: Ear) -> Callable[[bytes, tuple[str, ...]], str]:
    """Hears one of the hints of a ``<Gather input="speech">`` in PCM16 at 8 kHz; empty: none of them."""

    def hear(pcm: bytes, hints: tuple[str, ...]) -> str:
        spoken = (" ".join(hint.lower().split()) for hint in hints)
        phrases = tuple(dict.fromkeys(hint for hint in spoken if hint and not ear.missing_words(hint.split())))
        return " ".join(_words(ear, pcm, phrases)) if phrases else ""

    return hear


def _words(ear: Ear, pcm: bytes, phrases: tuple[str, ...]) -> Iterator[str]:
    """The best words of every stretch, without what is in no list."""
    recognizer = ear.recognizer(phrases)
    heard = [recognizer.accept(pcm[at : at + CHUNK_BYTES]).finished for at in range(0, len(pcm), CHUNK_BYTES)]
    for hypotheses in (*heard, recognizer.finish()):
        best = hypotheses[0].text.split() if hypotheses else []
        yield from (word for word in best if word != UNKNOWN_WORD)
