"""The local exchange: Twilio's side of the wire, on this machine.

It shares no parsing or rendering with the hotline, so that the two cannot agree on a mistake.
"""

from ivr.exchange.exchange import CALLER_NUMBER, HOTLINE_NUMBER, LocalExchange, NumberSetup
from ivr.exchange.faults import Fault, FaultKind, Faults
from ivr.exchange.handset import (
    Bridged,
    CalledHandset,
    Connected,
    Ended,
    Handset,
    Incoming,
    LineEnded,
    Notice,
    Parted,
    Played,
    Ringing,
    Said,
    Sms,
    Waiting,
)
from ivr.exchange.pace import Pace
from ivr.exchange.people import Operator
from ivr.exchange.record import CallError, CallRecord, Entry, HeardSound, WebhookRequest
from ivr.exchange.scripted import ScriptedHandset
from ivr.exchange.webhooks import Timeouts

__all__ = [
    "CALLER_NUMBER",
    "HOTLINE_NUMBER",
    "Bridged",
    "CallError",
    "CallRecord",
    "CalledHandset",
    "Connected",
    "Ended",
    "Entry",
    "Fault",
    "FaultKind",
    "Faults",
    "Handset",
    "HeardSound",
    "Incoming",
    "LineEnded",
    "LocalExchange",
    "Notice",
    "NumberSetup",
    "Operator",
    "Pace",
    "Parted",
    "Played",
    "Ringing",
    "Said",
    "ScriptedHandset",
    "Sms",
    "Timeouts",
    "Waiting",
    "WebhookRequest",
]
