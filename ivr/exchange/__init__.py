"""The local exchange: Twilio's side of the wire, on this machine.

It shares no parsing or rendering with the hotline, so that the two cannot agree on a mistake.
"""

from ivr.exchange.exchange import CALLER_NUMBER, HOTLINE_NUMBER, LocalExchange, NumberSetup
from ivr.exchange.faults import Fault, FaultKind, Faults
from ivr.exchange.handset import Connected, Ended, Handset, LineEnded, Notice, Played, Ringing, Said, Sms
from ivr.exchange.pace import Pace
from ivr.exchange.record import CallError, CallRecord, Entry, HeardSound, WebhookRequest
from ivr.exchange.scripted import ScriptedHandset
from ivr.exchange.switch import Operator
from ivr.exchange.webhooks import Timeouts

__all__ = [
    "CALLER_NUMBER",
    "HOTLINE_NUMBER",
    "CallError",
    "CallRecord",
    "Connected",
    "Ended",
    "Entry",
    "Fault",
    "FaultKind",
    "Faults",
    "Handset",
    "HeardSound",
    "LineEnded",
    "LocalExchange",
    "Notice",
    "NumberSetup",
    "Operator",
    "Pace",
    "Played",
    "Ringing",
    "Said",
    "ScriptedHandset",
    "Sms",
    "Timeouts",
    "WebhookRequest",
]
