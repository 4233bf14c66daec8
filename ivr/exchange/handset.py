"""The caller's end of the line: what every handset does, and what it is told."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Ringing:
    """The call has a name and the hotline is being asked."""

    call_sid: str


@dataclass(frozen=True)
class Connected:
    """The hotline has answered."""


@dataclass(frozen=True)
class Said:
    """A ``<Say>`` begins."""

    text: str


@dataclass(frozen=True)
class Played:
    """A ``<Play>`` begins."""

    url: str


@dataclass(frozen=True)
class Sms:
    """A message that has arrived."""

    sid: str
    from_number: str
    to_number: str
    body: str
    at: datetime


@dataclass(frozen=True)
class Waiting:
    """The call waits in a queue, with music; or ``on`` is False and it waits no longer."""

    on: bool = True


@dataclass(frozen=True)
class Bridged:
    """The line is joined with another one: from now on a person is heard."""


@dataclass(frozen=True)
class Parted:
    """The line is no longer joined with another one."""


@dataclass(frozen=True)
class Ended:
    """The call is over: caller, hotline, rest, rejected or error; or it was never answered: busy, no-answer, …"""

    reason: str


Notice = Ringing | Connected | Said | Played | Sms | Waiting | Bridged | Parted | Ended


@dataclass(frozen=True)
class Incoming:
    """A call that comes to a handset."""

    call_sid: str
    from_number: str
    to: str
    """A number, or ``client:NAME``."""
    parameters: dict[str, str] = field(default_factory=dict)
    """What was written after ``client:NAME?``."""


class LineEnded(Exception):
    """The call is over, so the caller can do nothing more in it."""


class Handset(Protocol):
    """What the exchange needs of a caller. All sound is PCM16 little-endian mono at 8 kHz."""

    async def next_frame(self) -> bytes:
        """The caller's next 20 ms, 320 bytes; waits if the caller wants time to stand still."""
        ...

    def take_keys(self) -> str:
        """The keys pressed since the last frame."""
        ...

    @property
    def hung_up(self) -> bool: ...

    async def until_hung_up(self) -> None:
        """Return when the caller has hung up."""
        ...

    def heard(self, pcm: bytes) -> None:
        """20 ms of sound for the caller; empty while the hotline plays nothing."""
        ...

    def flushed(self) -> None:
        """What was being played has been cut short."""
        ...

    def notice(self, notice: Notice) -> None: ...


class CalledHandset(Handset, Protocol):
    """A handset that can be called; it serves one call."""

    def ring(self, incoming: Incoming) -> None: ...

    def verdict(self, seconds: float) -> str:
        """What ringing for ``seconds`` has come to: answered, busy, no-answer or failed; empty: it rings on."""
        ...
