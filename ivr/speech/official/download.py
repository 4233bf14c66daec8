"""Fetching one large file from the publisher of models: goes on where it broke off, and is checked at the end."""

import errno
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from ivr.errors import ModelError

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are there, and with all of them or None where the server does not say."""
LIST = "model-list.json"
TRIES = 5
"""A broken transfer is taken up again so many times in all, without loss."""
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
"""Seconds; 30 without a single byte is a dead line."""


class _BrokenOffError(Exception):
    """The transfer ended early; the next try goes on with what is there."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the publisher's list says of a model; empty where it says nothing."""

    name: str
    language: str = ""
    kind: str = ""
    """``small``, ``big-lgraph``: word lists at run time; ``big``: one fixed graph."""
    obsolete: bool = False
    size: int | None = None
    """Bytes of the zip."""
    md5: str = ""


@contextmanager
def session() -> Iterator[httpx.Client]:
    """A client for ``read_list`` and ``Download``. The zip is to come as it is: ranges count its own bytes."""
    with httpx.Client(timeout=_TIMEOUT, follow_redirects=True, headers={"Accept-Encoding": "identity"}) as client:
        yield client


@contextmanager
def cannot_write(folder: Path) -> Iterator[None]:
    """Turns a full or write-protected disk into a ``ModelError``."""
    try:
        yield
    except OSError as error:
        why = "the disk is full: make room" if error.errno == errno.ENOSPC else f"{error.strerror}: allow it"
        raise ModelError(f"Cannot write in {folder}, {why}, or set VOSK_MODEL to a model's directory.") from error


def read_list(client: httpx.Client, address: str) -> tuple[Listed, ...]:
    """The publisher's list; empty where the server has none that can be read. Raises ``ModelError`` without network."""
    try:
        answer = client.get(address + LIST)
    except httpx.HTTPError as error:
        raise ModelError(
            f"VOSK_MODEL: cannot reach {address} ({_reason(error)}). Connect this machine, or unpack the model's zip "
            "into ~/.cache/vosk by hand, or leave VOSK_MODEL empty for the bundled model."
        ) from error
    try:
        return tuple(_listed(entry) for entry in answer.json()) if answer.is_success else ()
    except (ValueError, TypeError, KeyError, AttributeError):
        return ()


def _listed(entry: dict[str, object]) -> Listed:
    size = entry.get("size")
    return Listed(
        name=str(entry["name"]),
        language=str(entry.get("lang", "")),
        kind=str(entry.get("type", "")),
        obsolete=str(entry.get("obsolete", "")).lower() == "true",  # the list writes truth in quotes
        size=size if isinstance(size, int) else None,
        md5=str(entry.get("md5", "")).lower(),
    )


class Download:
    """One zip on its way to ``part``, which may hold its beginning already."""

    def __init__(self, client: httpx.Client, url: str, part: Path, listed: Listed, retry_seconds: float) -> None:
        self._client = client
        self._url = url
        self._part = part
        self._listed = listed
        self._retry_seconds = retry_seconds

    def run(self, progress: Progress, absent: str) -> None:
        """Fetch the rest and check all. Raises ``ModelError``; ``absent``: its text where the server has no such file.

        A beginning that an earlier run left may be of another edition of the file, so damage is met by a new start.
        """
        old_beginning = self._size() > 0
        self._complete(progress, absent)
        if old_beginning and self._damage():
            self._part.unlink()
            self._complete(progress, absent)
        if damage := self._damage():
            self._part.unlink()
            raise ModelError(f"VOSK_MODEL: the download of {self._url} is damaged ({damage}). Run it again.")

    def _complete(self, progress: Progress, absent: str) -> None:
        for left in reversed(range(TRIES)):
            try:
                return self._go_on(progress, absent)
            except (_BrokenOffError, httpx.RequestError) as error:
                if not left:
                    raise ModelError(self._broken_off(error)) from error
                time.sleep(self._retry_seconds * 2 ** (TRIES - 1 - left))
        return None

    def _go_on(self, progress: Progress, absent: str) -> None:
        have = self._size()
        if have and have == self._listed.size:
            return
        headers = {"Range": f"bytes={have}-"} if have else {}
        with self._client.stream("GET", self._url, headers=headers) as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                raise ModelError(absent)
            self._take(answer, self._offset(answer, have), progress)

    def _offset(self, answer: httpx.Response, have: int) -> int:
        """Where the answer's bytes belong: behind those that are there, or at the beginning."""
        if answer.status_code == httpx.codes.OK:
            return 0
        if answer.status_code == httpx.codes.PARTIAL_CONTENT:
            if answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                return have
            self._part.unlink(missing_ok=True)
            raise _BrokenOffError("the server sent another range")
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            self._part.unlink()
            raise _BrokenOffError("nothing is behind what was there")
        if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise _BrokenOffError(f"HTTP {answer.status_code}")
        raise ModelError(f"VOSK_MODEL: {self._url} answers HTTP {answer.status_code}. Set it to a model's directory.")

    def _take(self, answer: httpx.Response, have: int, progress: Progress) -> None:
        length = answer.headers.get("Content-Length", "")
        total = self._listed.size or (have + int(length) if length.isdecimal() else None)
        with self._part.open("r+b" if have else "wb") as file:
            file.seek(have)
            for block in answer.iter_raw():  # as it comes: a block of a fixed size is lost where the line breaks in it
                have += file.write(block)
                progress(have, total)

    def _size(self) -> int:
        return self._part.stat().st_size if self._part.is_file() else 0

    def _damage(self) -> str:
        """What is wrong with the whole file; empty where nothing is, or where the publisher's list does not tell."""
        size = self._size()
        if self._listed.size is not None and size != self._listed.size:
            return f"{size} bytes in place of {self._listed.size}"
        if not self._listed.md5:
            return ""
        with self._part.open("rb") as file:
            found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        return "" if found == self._listed.md5 else f"md5 {found} in place of {self._listed.md5}"

    def _broken_off(self, error: Exception) -> str:
        return (
            f"VOSK_MODEL: the download of {self._url} broke off after {self._size() / 1e6:.1f} MB ({_reason(error)}). "
            "Run it again: it goes on from there."
        )


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
