"""A page at the end of a WebSocket: its sound, its keys, and the call that it has; at most one."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from ivr.exchange.browser import BrowserHandset
from ivr.exchange.handset import CalledHandset

KEYS = "0123456789*#"
_MAX_TEXT = 1024
_MAX_SOUND = 16 * 1024
_MAX_WAITING = 1000
"""Messages to a page that does not read them; 20 s of sound. Then its call ends."""


class PageLine:
    """What the phone page and an operator's browser have in common: a call comes, sounds, and goes."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._outgoing: asyncio.Queue[dict[str, object] | bytes] = asyncio.Queue()
        self._handset: BrowserHandset | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Serve the page until it goes away; its call ends with it."""
        await self._socket.accept()
        sending = asyncio.create_task(self._send_all())
        try:
            while True:
                self._obey(await self._socket.receive())
        except WebSocketDisconnect:
            pass
        finally:
            await self._leave(sending)

    def ring(self) -> CalledHandset | None:
        """The handset for a call that comes; None: the page has one already."""
        if self._handset:
            return None
        self._handset = BrowserHandset(self._send, feed=False)
        return self._handset

    async def _leave(self, sending: "asyncio.Task[None]") -> None:
        if self._handset:
            self._handset.hang_up()
        sending.cancel()
        await asyncio.gather(sending, *self._tasks, return_exceptions=True)

    async def _send_all(self) -> None:
        while True:
            message = await self._outgoing.get()
            if isinstance(message, bytes):
                await self._socket.send_bytes(message)
            else:
                await self._socket.send_text(json.dumps(message, ensure_ascii=False))

    def _send(self, message: dict[str, object] | bytes) -> None:
        self._outgoing.put_nowait(message)
        if self._outgoing.qsize() > _MAX_WAITING and self._handset:
            self._handset.hang_up()
        if isinstance(message, dict) and "ended" in message:
            self._handset = None

    def _obey(self, message: Message) -> None:
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        sound, text = message.get("bytes"), message.get("text")
        if isinstance(sound, bytes) and self._handset and len(sound) <= _MAX_SOUND:
            self._handset.take_sound(sound)
        if isinstance(text, str) and len(text) <= _MAX_TEXT:
            self._control(_read_control(text))

    def _control(self, message: dict[str, object]) -> None:
        handset = self._handset
        if not handset:
            return
        if message.get("hang_up") is True:
            handset.hang_up()
        elif message.get("answer") is True:
            handset.answer()
        elif isinstance(key := message.get("key"), str) and len(key) == 1 and key in KEYS:
            handset.press(key)


def start(work: Coroutine[Any, Any, None], running: set[asyncio.Task[None]]) -> None:
    """Run ``work`` beside the page, and keep it from being forgotten."""
    task = asyncio.create_task(work)
    running.add(task)
    task.add_done_callback(running.discard)


def _read_control(text: str) -> dict[str, object]:
    try:
        message = json.loads(text)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
