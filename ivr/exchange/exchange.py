"""The local exchange: dials the hotline, plays its TwiML to a handset, and takes its messages."""

import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import structlog
from starlette.applications import Starlette

from ivr.clock import Clock, SystemClock
from ivr.exchange.faults import Faults
from ivr.exchange.handset import Ended, Handset, Ringing, Sms
from ivr.exchange.line import Line
from ivr.exchange.pace import CallTime, Pace
from ivr.exchange.player import Player
from ivr.exchange.record import CallRecord
from ivr.exchange.rest import RestInterface
from ivr.exchange.sms import Message, MessageCentre
from ivr.exchange.switch import Gate, Goto, Operator, Switch, new_sid
from ivr.exchange.webhooks import Timeouts, Webhooks, WebhookSession

HOTLINE_NUMBER = "+78002009002"
CALLER_NUMBER = "+79161234567"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class NumberSetup:
    """What Twilio is told about the hotline's number: where its webhooks are."""

    voice: str = "/voice/incoming"
    fallback: str = "/voice/fallback"
    status: str = "/voice/status"


class LocalExchange:
    """Twilio's side of the wire on this machine.

    ``hotline_url`` is where the hotline listens, ``public_base_url`` is the address it believes to have and that is
    signed (empty: the same). ``speak`` renders the text of a ``<Say>`` to 8 kHz PCM16; None: silence of its length.
    ``operators`` says how dialled numbers behave. Belongs to one event loop; ``aclose`` ends it.
    """

    def __init__(
        self,
        hotline_url: str,
        public_base_url: str,
        account_sid: str,
        auth_token: str,
        *,
        pace: Pace,
        speak: Callable[[str], bytes] | None = None,
        faults: Faults | None = None,
        clock: Clock | None = None,
        operators: Callable[[str], Operator] = lambda number: Operator(),
        number: NumberSetup = NumberSetup(),
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - frozen
        type_ahead: bool = False,
        sms_step_seconds: float = 0.3,
        gate: Gate | None = None,
    ) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._pace = pace
        self._speak = speak
        self.faults = faults or Faults()
        self._clock = clock or SystemClock()
        self._operators = operators
        self._number = number
        self._type_ahead = type_ahead
        self._gate = gate
        self._webhooks = Webhooks(hotline_url, public_base_url, auth_token, self.faults, timeouts)
        self._centre = MessageCentre(self._webhooks, self.faults, self._clock, pace, sms_step_seconds)
        self._lines: dict[str, Line] = {}

    async def aclose(self) -> None:
        """Drop what is still under way and close the connections."""
        await self._webhooks.aclose()

    async def dial(self, caller: Handset, from_number: str = CALLER_NUMBER, to: str = HOTLINE_NUMBER) -> CallRecord:
        """Make one call; returns its record when it is over and the status callback was sent."""
        record = CallRecord(new_sid("CA"), from_number, to)
        line = Line(caller, CallTime(self._pace), record, type_ahead=self._type_ahead)
        player = self._player(line)
        self._lines[record.call_sid] = line
        caller.notice(Ringing(record.call_sid))
        log.info("call dialled", call_sid=record.call_sid)
        try:
            with self._centre.listening(from_number, caller.notice):
                record.ended_by = await player.play()
        finally:
            del self._lines[record.call_sid]
            self._finish(line)
        await player.report()
        return record

    def _finish(self, line: Line) -> None:
        record = line.record
        record.seconds = line.time.seconds
        record.ended_by = record.ended_by or "error"
        if record.ended_by != "rejected":
            record.status = "completed" if record.answered_at is not None else "no-answer"
        line.note("ended", record.ended_by)
        line.handset.notice(Ended(record.ended_by))
        log.info("call ended", call_sid=record.call_sid, ended_by=record.ended_by)

    def _player(self, line: Line) -> Player:
        switch = Switch(
            account_sid=self._account_sid,
            line=line,
            webhooks=self._webhooks,
            session=WebhookSession(lambda: line.time.seconds, line.record.requests),
            clock=self._clock,
            faults=self.faults,
            speak=self._speak,
            operators=self._operators,
            gate=self._gate,
            unknown_param=("X" + secrets.token_hex(4), secrets.token_hex(4)),
        )
        voice, fallback, status = (
            self._webhooks.absolute(path) for path in (self._number.voice, self._number.fallback, self._number.status)
        )
        return Player(switch, Goto("POST", voice), Goto("POST", fallback), status)

    def end_call(self, call_sid: str) -> CallRecord | None:
        """End a call from outside, as ``POST Calls/{sid}`` does; None: no such call in progress."""
        line = self._lines.get(call_sid)
        if line is None or line.record.answered_at is None:
            return None
        line.end("rest")
        return line.record

    def inbox(self, number: str) -> list[Sms]:
        """The messages that ``number`` has received, oldest first."""
        return list(self._centre.inboxes.get(number, ()))

    def arrivals(self, number: str) -> AsyncGenerator[Sms, None]:
        """The messages that arrive at ``number`` from now on."""
        return self._centre.arrivals(number)

    def listening(self, number: str, listener: Callable[[Sms], None]) -> AbstractContextManager[None]:
        """Hand every message that arrives at ``number`` to ``listener`` while the block lasts."""
        return self._centre.listening(number, listener)

    def opt_out(self, number: str) -> None:
        """``number`` has answered STOP: nothing more may be sent to it (21610)."""
        self._centre.opted_out.add(number)

    @property
    def messages(self) -> list[Message]:
        """All messages taken, oldest first; each holds the callbacks made for it."""
        return list(self._centre.messages)

    def rest(self) -> RestInterface:
        """Twilio's REST interface over this exchange's messages and calls."""
        return RestInterface(self._account_sid, self._auth_token, self._centre, self, self.faults)

    def rest_app(self) -> Starlette:
        """An application with the REST interface only, at ``/2010-04-01``."""
        return Starlette(routes=self.rest().routes())
