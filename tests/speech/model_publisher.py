"""A publisher of models on this machine, with every fault that a network has."""

import hashlib
import io
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zipfile import ZipFile

from ivr.speech.official.cache import Source

NAME = "vosk-model-small-ru-0.22"
SMALL_MODEL: Mapping[str, bytes] = {
    "am/final.mdl": b"no network at all",
    "conf/model.conf": b"--endpoint.silence-phones=1:2:3\n",
    "conf/mfcc.conf": b"--use-energy=false\n",
    "graph/HCLr.fst": bytes(range(256)) * 1200,
    "graph/Gr.fst": b"graph",
    "graph/disambig_tid.int": b"",
}
"""All files that a model must have; libvosk could not load them."""


def zipped(files: Mapping[str, bytes] = SMALL_MODEL, top: str = NAME) -> bytes:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{top}/{name}", content)
    return buffer.getvalue()


def entry(content: bytes, name: str = NAME, **changes: object) -> dict[str, object]:
    """One line of the publisher's list, with the true size and checksum."""
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    told = {"lang": "ru", "lang_text": "Russian", "type": "small", "obsolete": "false", "version": "0.22"}
    return {"name": name, "md5": md5, "size": len(content), **told, **changes}


@dataclass
class Publisher:
    """What is published, what goes wrong, and what was asked for."""

    zips: dict[str, bytes]
    listed: list[dict[str, object]] | bytes | None
    """None: there is no list."""
    cuts: list[int] = field(default_factory=list)
    """The connection of the first, second … answer with a zip ends after so many bytes of it."""
    refusals: list[int] = field(default_factory=list)
    """HTTP codes of the first answers to requests for a zip."""
    takes_ranges: bool = True
    stall: threading.Event | None = None
    """A zip stops in its middle until this is set."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and ``Range`` of each request."""
    address: str = ""

    @property
    def source(self) -> Source:
        return Source(self.address, retry_seconds=0.0)

    @property
    def ranges(self) -> list[str]:
        """Of the requests for a zip."""
        return [asked for path, asked in self.asked if path.endswith(".zip")]


@contextmanager
def publishing(publisher: Publisher) -> Iterator[Publisher]:
    server = _Server(publisher)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    publisher.address = f"http://127.0.0.1:{server.server_port}/vosk/models/"
    try:
        yield publisher
    finally:
        if publisher.stall:
            publisher.stall.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, publisher: Publisher) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.publisher = publisher


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        publisher, file = self.server.publisher, self.path.rpartition("/")[2]
        publisher.asked.append((self.path, self.headers.get("Range", "")))
        if file == "model-list.json" and publisher.listed is not None:
            listed = publisher.listed
            self._send(200, listed if isinstance(listed, bytes) else json.dumps(listed).encode())
        elif file not in publisher.zips:
            self._send(404)
        elif publisher.refusals:
            self._send(publisher.refusals.pop(0))
        else:
            self._zip(publisher, publisher.zips[file])

    def _zip(self, publisher: Publisher, content: bytes) -> None:
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1]) if publisher.takes_ranges else 0
        if start and start >= len(content):
            self._send(416)
        elif start:
            self._send(206, content[start:], f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self._send(200, content)

    def _send(self, code: int, body: bytes = b"", content_range: str = "") -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()
        self._write(self.server.publisher, body, is_zip=code in (200, 206) and self.path.endswith(".zip"))

    def _write(self, publisher: Publisher, body: bytes, *, is_zip: bool) -> None:
        kept = len(body)
        if is_zip and publisher.cuts:
            kept = publisher.cuts.pop(0)
        if is_zip and publisher.stall:
            kept = len(body) // 2
        self.wfile.write(body[:kept])
        self.wfile.flush()
        if is_zip and publisher.stall:
            publisher.stall.wait(30)
        self.close_connection = kept < len(body)

    def log_message(self, *_: object) -> None:
        pass
