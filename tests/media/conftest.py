"""The parts of a media session, and the session that they make."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ivr.content import GRAMMARS, load_content
from ivr.dialog.forms import DialogBook
from ivr.feed import Feed
from ivr.media.prompts import PromptLibrary
from ivr.media.session import MediaServices, MediaSession
from ivr.media.wire import REAL_TIME, Pacing
from tests.media.conversation import PROMPT_SECONDS, FakeCalls, FakeSocket, KeepSound, Serve, TextEar


@pytest.fixture(scope="session")
def book() -> DialogBook:
    return load_content(GRAMMARS, 2026).book


@pytest.fixture
def socket() -> FakeSocket:
    return FakeSocket()


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def ear() -> TextEar:
    return TextEar()


@pytest.fixture
def serve(socket: FakeSocket, book: DialogBook, ear: TextEar, feed: Feed, tmp_path: Path) -> Iterator[Serve]:
    library = PromptLibrary(tmp_path, lambda _: np.full(round(8000 * PROMPT_SECONDS), 1000, np.int16))
    with ThreadPoolExecutor(2) as threads:

        def serve(calls: FakeCalls, pacing: Pacing = REAL_TIME, keep: KeepSound | None = None) -> MediaSession:
            parts = MediaServices(calls, book, ear, library, feed, threads, threads, pacing, keep)
            return MediaSession(socket, parts)

        yield serve
