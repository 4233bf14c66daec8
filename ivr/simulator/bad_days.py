"""Bad days by name: what a scenario writes under ``faults``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from ivr.exchange.faults import Fault, FaultKind, Faults

FaultName = Literal[
    "webhook_twice",
    "webhook_twice_at_once",
    "webhook_again_later",
    "webhook_lost",
    "status_lost",
    "stream_breaks",
    "sms_status_late",
    "sms_status_lost",
    "sms_answer_lost",
    "sms_error",
    "sms_busy",
    "sms_undelivered",
]


@dataclass(frozen=True, slots=True)
class BadDay:
    """A named fault."""

    does: str
    fault: Fault
    causes: frozenset[int] = frozenset()
    """The errors that Twilio would note for it; they are no failure of the hotline."""


BAD_DAYS: dict[FaultName, BadDay] = {
    "webhook_twice": BadDay("each webhook comes twice", Fault(FaultKind.DUPLICATE, "/voice/*", times=0)),
    "webhook_twice_at_once": BadDay(
        "each webhook comes twice at the same moment", Fault(FaultKind.TWIN, "/voice/*", times=0)
    ),
    "webhook_again_later": BadDay(
        "each webhook comes once more two seconds later", Fault(FaultKind.REPLAY, "/voice/*", times=0, seconds=2)
    ),
    "webhook_lost": BadDay(
        "the second webhook of the call gets lost",
        Fault(FaultKind.LOST, "/voice/*[!s]", nth=2),
        frozenset({11205}),
    ),
    "status_lost": BadDay("the call's end is never told", Fault(FaultKind.LOST, "/voice/status", times=0)),
    "stream_breaks": BadDay(
        "the media stream dies after three seconds", Fault(FaultKind.STREAM_DROP, seconds=3), frozenset({31921})
    ),
    "sms_status_late": BadDay(
        "what became of an SMS is told late", Fault(FaultKind.LATE, "/sms/status", times=0, seconds=3)
    ),
    "sms_status_lost": BadDay(
        "what became of an SMS is never told", Fault(FaultKind.LOST, "/sms/status", times=0), frozenset({11205})
    ),
    "sms_answer_lost": BadDay("the first SMS is taken, but the answer is 500", Fault(FaultKind.SMS_ERROR)),
    "sms_error": BadDay("each SMS is taken, but the answer is 500", Fault(FaultKind.SMS_ERROR, times=0)),
    "sms_busy": BadDay("Twilio is too busy for the first SMS", Fault(FaultKind.SMS_BUSY)),
    "sms_undelivered": BadDay("the first SMS is sent but not delivered", Fault(FaultKind.SMS_UNDELIVERED)),
}
assert set(BAD_DAYS) == set(get_args(FaultName))


def faults_of(names: Iterable[FaultName]) -> Faults:
    """The faults of some names."""
    return Faults(*(BAD_DAYS[name].fault for name in names))


def errors_of(names: Iterable[FaultName]) -> frozenset[int]:
    """The errors that these bad days cause at Twilio's end."""
    return frozenset().union(*(BAD_DAYS[name].causes for name in names))
