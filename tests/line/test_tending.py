"""The thread that looks after the line."""

import time
from collections.abc import Callable

from structlog.testing import capture_logs

from ivr.line.tending import Tending


def eventually(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not happens():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def test_it_sweeps_until_it_is_stopped() -> None:
    sweeps: list[int] = []
    tending = Tending(lambda: sweeps.append(1), every_seconds=0.01)
    tending.start()
    tending.start()
    eventually(lambda: len(sweeps) >= 3)
    tending.stop()
    swept = len(sweeps)
    time.sleep(0.05)
    assert len(sweeps) == swept


def test_a_database_that_is_down_does_not_end_it() -> None:
    sweeps: list[int] = []

    def sweep() -> None:
        sweeps.append(1)
        raise OSError("secret +79160000102")

    tending = Tending(sweep, every_seconds=0.01)
    with capture_logs() as logs:
        tending.start()
        eventually(lambda: len(sweeps) >= 3)
        tending.stop()
    assert logs[0] == {"event": "line_not_swept", "error": "OSError", "log_level": "warning"}
