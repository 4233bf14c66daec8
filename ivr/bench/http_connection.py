"""One HTTP/1.1 connection that is kept open. Just enough of the protocol to post forms without being the bottleneck.

A general client spends more on a request than the hotline does on its answer, and would be what is measured.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

END_OF_HEAD = b"\r\n\r\n"
ANSWER_SECONDS = 15.0
"""Twilio's own patience."""


class BrokenAnswerError(Exception):
    """What came back is no HTTP answer, or none came."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What the server answered."""

    status: int
    body: bytes


class Connection:
    """Posts one request after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect to ``http://host:port``. Raises ``OSError``."""
        address = urlsplit(url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        return cls(reader, writer, address.netloc)

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        """Post a form. Raises ``BrokenAnswerError``; the connection is of no use afterwards."""
        lines = [f"POST {path} HTTP/1.1", f"Host: {self._host}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join(lines).encode() + END_OF_HEAD + body)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._answer()
        except (asyncio.IncompleteReadError, OSError, TimeoutError, ValueError) as error:
            raise BrokenAnswerError(type(error).__name__) from error

    def close(self) -> None:
        self._writer.close()

    async def _answer(self) -> HttpAnswer:
        head = await self._reader.readuntil(END_OF_HEAD)
        status, _, fields = head.partition(b"\r\n")
        return HttpAnswer(int(status.split()[1]), await self._reader.readexactly(_length(fields)))


def _length(fields: bytes) -> int:
    """The answer's length. Our servers know it before they answer, so chunked answers need not be read."""
    for field in fields.split(b"\r\n"):
        name, _, value = field.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("no Content-Length")
