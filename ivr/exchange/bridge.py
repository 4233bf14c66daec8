"""Two lines joined: what one side says the other hears, 20 ms later, until one of them goes."""

from dataclasses import dataclass

from ivr.exchange.handset import Bridged, Parted
from ivr.exchange.line import CallOverError, DivertedError, Line


@dataclass(frozen=True)
class Parting:
    """How two lines came apart."""

    seconds: float
    by: Line | None = None
    """Whose side ended it; None: the time limit or a key."""
    cause: CallOverError | DivertedError | None = None
    """What becomes of that side."""

    def raise_for(self, line: Line) -> None:
        """Raises what ended the bridge, where it was this side."""
        if self.cause and self.by is line:
            raise self.cause


class _PartedError(Exception):
    """One side is gone, for ``__cause__``."""

    def __init__(self, line: Line, cause: CallOverError | DivertedError) -> None:
        super().__init__(str(cause))
        self.line = line
        self.cause = cause


async def bridge(first: Line, second: Line, limit_seconds: float, hang_up_key: str = "") -> Parting:
    """Join the lines. ``first`` keeps its time, ``second`` is carried along. Never raises ``CallOverError``.

    ``hang_up_key``: parts them when ``first`` presses it.
    """
    start = first.time.seconds
    for line, other in ((first, second), (second, first)):
        line.note("bridged", other.record.call_sid)
        line.handset.notice(Bridged())
    parting = Parting(0)
    with second.time.in_step(False):
        try:
            await _talk(first, second, start + limit_seconds, hang_up_key)
        except _PartedError as parted:
            parting = Parting(0, parted.line, parted.cause)
    for line in (first, second):
        line.note("parted")
        line.handset.flushed()
        line.handset.notice(Parted())
    return Parting(round(first.time.seconds - start, 2), parting.by, parting.cause)


async def _talk(first: Line, second: Line, until: float, hang_up_key: str) -> None:
    from_second = b""
    while first.time.seconds < until - 1e-6:
        pcm, keys = await _frame(first, from_second)
        if hang_up_key and hang_up_key in keys:
            return
        from_second, _ = await _frame(second, pcm)


async def _frame(line: Line, heard: bytes) -> tuple[bytes, str]:
    """What this side says; silence is no sound, so that a script can tell when a person has finished."""
    try:
        frame = await line.frame(heard)
    except (CallOverError, DivertedError) as error:
        raise _PartedError(line, error) from error
    return (frame.pcm if any(frame.pcm) else b""), frame.keys
