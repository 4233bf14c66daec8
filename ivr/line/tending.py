"""Looks after the line every few seconds while the hotline serves: an offer runs out sooner than jobs come round."""

import threading
from collections.abc import Callable

import structlog

EVERY_SECONDS = 2.0
"""A sweep costs about ten short statements; an offer that ran out is passed on so much later at most."""
STOP_SECONDS = 12.0
"""As long as a sweep may wait for a busy database and then work."""

_log = structlog.get_logger(__name__)


class Tending:
    """A thread that sweeps. Several processes may do so at once: what one has put right, the others find in order."""

    def __init__(self, sweep: Callable[[], object], every_seconds: float = EVERY_SECONDS) -> None:
        self._sweep = sweep
        self._every = every_seconds
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to sweep; a second call changes nothing."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="line", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the sweep that is on."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.wait(self._every):
            try:
                self._sweep()
            except Exception as error:  # a database that is down comes up again, and then the line is swept
                _log.warning("line_not_swept", error=type(error).__name__)
