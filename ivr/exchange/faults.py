"""Faults on demand: what the network and Twilio do to a hotline on a bad day."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase


class FaultKind(StrEnum):
    """What goes wrong. The first group befalls webhooks and callbacks, the others the exchange itself."""

    DUPLICATE = "duplicate"
    """Sent twice with one token, one after the other; the first answer is lost, the second is obeyed."""
    TWIN = "twin"
    """Sent twice with one token at the same moment; the first answer is obeyed."""
    REPLAY = "replay"
    """Sent again, as it was, ``seconds`` after it was answered; that answer is ignored."""
    LATE = "late"
    """Sent ``seconds`` later; later callbacks overtake it."""
    LOST = "lost"
    """Never sent. A lost webhook ends like one that is not answered in time."""
    REFUSED = "refused"
    """The connection is refused."""
    BAD_SIGNATURE = "bad_signature"
    NO_SIGNATURE = "no_signature"
    WRONG_ACCOUNT = "wrong_account"
    """Signed, but of another account."""

    QUEUE_FULL = "queue_full"
    """``<Enqueue>`` into a queue of this name (``path``) finds it full."""

    STREAM_DROP = "stream_drop"
    """The socket dies without a close frame after ``seconds`` of call time."""

    SMS_TIMEOUT = "sms_timeout"
    """The message is taken, the answer comes ``seconds`` too late."""
    SMS_ERROR = "sms_error"
    """The message is taken, the answer is 500."""
    SMS_BUSY = "sms_busy"
    """The message is not taken: 429, code 20429."""
    SMS_UNDELIVERED = "sms_undelivered"
    """The message is taken and sent, and ends as undelivered with ``code``."""


@dataclass(frozen=True)
class Fault:
    """One fault: ``kind`` befalls the ``nth`` matching request and the ``times - 1`` after it (0: all after it)."""

    kind: FaultKind
    path: str = "*"
    """Pattern of the request's path, such as ``/sms/status``."""
    status: str = ""
    """Only callbacks of this message status, QueueResult or call status."""
    nth: int = 1
    times: int = 1
    seconds: float = 0.0
    code: int = 30003


class Faults:
    """The faults still to come. Every fault counts the requests that match it."""

    def __init__(self, *faults: Fault) -> None:
        self._faults = list(faults)
        self._seen = [0] * len(faults)

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)
        self._seen.append(0)

    def take(self, path: str, *kinds: FaultKind, status: str = "") -> dict[FaultKind, Fault]:
        """The faults of these ``kinds`` that befall this request. To ask is to count."""
        found = {}
        for index, fault in enumerate(self._faults):
            if fault.kind in kinds and _matches(fault, path, status):
                self._seen[index] += 1
                if _is_due(fault, self._seen[index]):
                    found[fault.kind] = fault
        return found


def _matches(fault: Fault, path: str, status: str) -> bool:
    return fnmatchcase(path, fault.path) and fault.status in ("", status)


def _is_due(fault: Fault, seen: int) -> bool:
    return seen >= fault.nth and (fault.times == 0 or seen < fault.nth + fault.times)
