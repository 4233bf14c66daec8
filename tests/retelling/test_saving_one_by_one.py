"""Calls are saved one at a time, however often somebody presses the button."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest

from ivr.saved_calls import CallNotSavedError, CallSaver, SavingBusyError


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Event, Event]]:
    """The command runs until it is let go: it has begun, it may end."""
    begun, may_end = Event(), Event()

    def run(_: CallSaver, *arguments: str) -> None:
        begun.set()
        assert may_end.wait(10)
        if "CAbad" in arguments:
            raise CallNotSavedError("It failed.")

    monkeypatch.setattr(CallSaver, "_run", run)
    yield begun, may_end
    may_end.set()


def test_a_second_one_is_told_to_wait(waits: tuple[Event, Event]) -> None:
    (begun, may_end), saver, done = waits, CallSaver(), list[bytes]()
    first = Thread(target=lambda: done.append(saver.zipped("CA1")))
    first.start()
    assert begun.wait(10)
    with pytest.raises(SavingBusyError, match="try again"):
        saver.zipped("CA1")
    may_end.set()
    first.join(10)
    assert done[0].startswith(b"PK")
    assert saver.zipped("CA2").startswith(b"PK")


def test_one_that_failed_makes_room_for_the_next(waits: tuple[Event, Event]) -> None:
    waits[1].set()
    saver = CallSaver()
    with pytest.raises(CallNotSavedError, match="failed"):
        saver.zipped("CAbad")
    assert saver.zipped("CA1").startswith(b"PK")
