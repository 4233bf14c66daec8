"""The hotline's dialogue feed as the phone page wants it: the one thread between the hotline and its local exchange."""

import asyncio
from collections.abc import AsyncIterator

from ivr.feed import Feed, Line


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
