"""The local exchange: dials the hotline, plays its TwiML to a handset, and takes its messages."""

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

import structlog
from starlette.applications import Starlette

from ivr.clock import Clock, SystemClock
from ivr.exchange.faults import Faults
from ivr.exchange.handset import CalledHandset, Ended, Handset, Ringing, Sms
from ivr.exchange.legs import Leg
from ivr.exchange.line import Line
from ivr.exchange.outbound import Order, live
from ivr.exchange.pace import CallTime, Pace, Step
from ivr.exchange.people import Operator, anybody
from ivr.exchange.phones import Phones, Plug
from ivr.exchange.player import Player
from ivr.exchange.queues import MAX_SIZE, Queues
from ivr.exchange.record import CallRecord
from ivr.exchange.register import CallFacts, CallRegister
from ivr.exchange.rest import RestInterface
from ivr.exchange.sms import Incoming, Message, MessageCentre
from ivr.exchange.switch import Gate, Goto, Hear, RedirectedError, Switch, new_sid
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
    message: str = "/sms/incoming"


class LocalExchange:
    """Twilio's side of the wire on this machine.

    ``hotline_url`` is where the hotline listens, ``public_base_url`` is the address it believes to have and that is
    signed (empty: the same). ``speak`` renders the text of a ``<Say>`` to 8 kHz PCM16; None: silence of its length.
    ``hear`` turns a caller's voice into the words of a ``<Gather input="speech">``. ``operators`` says how called
    numbers and browsers behave that nobody holds. ``on_leg`` is told of every call that the hotline made, when it is
    over. ``settled`` is awaited before each 20 ms of callers who wait and phones that ring, where time never sleeps.
    Belongs to one event loop; ``aclose`` ends it.
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
        hear: Hear | None = None,
        faults: Faults | None = None,
        clock: Clock | None = None,
        operators: Callable[[str], Operator] = anybody,
        on_leg: Callable[[CallRecord], None] = lambda record: None,
        number: NumberSetup = NumberSetup(),
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - frozen
        type_ahead: bool = False,
        sms_step_seconds: float = 0.3,
        queue_size: int = MAX_SIZE,
        gate: Gate | None = None,
        settled: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._pace = pace
        self._speak = speak
        self._hear = hear
        self.faults = faults or Faults()
        self._clock = clock or SystemClock()
        self._on_leg = on_leg
        self._number = number
        self._type_ahead = type_ahead
        self._gate = gate
        self._step = Step(settled)
        self._phones = Phones(operators)
        self._queues = Queues(queue_size)
        self._register = CallRegister(self._clock)
        self._webhooks = Webhooks(hotline_url, public_base_url, auth_token, self.faults, timeouts)
        self._centre = MessageCentre(self._webhooks, self.faults, self._clock, pace, sms_step_seconds)

    async def aclose(self) -> None:
        """Drop what is still under way and close the connections."""
        await self._webhooks.aclose()

    async def until_idle(self, wall_seconds: float) -> None:
        """Let calls that the hotline made, messages and callbacks come to their end, for so long at most."""
        await self._webhooks.until_idle(wall_seconds)

    async def dial(self, caller: Handset, from_number: str = CALLER_NUMBER, to: str = HOTLINE_NUMBER) -> CallRecord:
        """Make one call; returns its record when it is over and the status callback was sent."""
        record = CallRecord(new_sid("CA"), from_number, to)
        voice, fallback, status = (
            self._webhooks.absolute(path) for path in (self._number.voice, self._number.fallback, self._number.status)
        )
        with self._line(record, caller, from_number) as line:
            player = Player(self._switch(line), Goto("POST", voice), Goto("POST", fallback))
            caller.notice(Ringing(record.call_sid))
            log.info("call dialled", call_sid=record.call_sid)
            record.ended_by = await player.play()
        await player.report(status)
        return record

    async def text(self, from_number: str, to: str, body: str) -> bool:
        """Bring a message of a caller to the hotline; False where it was not taken."""
        url = self._webhooks.absolute(self._number.message)
        return await self._centre.bring(url, Incoming(self._account_sid, from_number, to, body))

    def place(self, order: Order) -> CallFacts:
        """Make a call that was ordered over REST; it is under way when this returns."""
        record = CallRecord(new_sid("CA"), order.from_number, order.to, "outbound-api", status="queued")
        handset = self._phones.handset(order.to)
        life = ExitStack()
        leg = Leg(life.enter_context(self._called(record, handset)), handset, order.reports)
        self._webhooks.spawn(_live(leg, order, life))
        return CallFacts(record, self._clock.now())

    @contextmanager
    def _line(self, record: CallRecord, handset: Handset, number: str) -> Iterator[Line]:
        """One call's line, to be found by its sid; messages to its number arrive in the call."""
        line = Line(handset, CallTime(self._pace, self._step), record, type_ahead=self._type_ahead)
        with self._register.registered(line):
            try:
                with self._centre.listening(number, handset.notice):
                    yield line
            finally:
                _finish(line)

    @contextmanager
    def _called(self, record: CallRecord, handset: CalledHandset) -> Iterator[Switch]:
        """The line of a call that the hotline makes. It keeps step with those who wait for it."""
        log.info("call placed", call_sid=record.call_sid)
        with self._line(record, handset, record.to_number) as line, line.time.in_step():
            yield self._switch(line)
        self._on_leg(record)

    def _switch(self, line: Line) -> Switch:
        return Switch(
            account_sid=self._account_sid,
            line=line,
            webhooks=self._webhooks,
            session=WebhookSession(lambda: line.time.seconds, line.record.requests),
            clock=self._clock,
            faults=self.faults,
            speak=self._speak,
            hear=self._hear,
            queues=self._queues,
            phones=self._phones,
            called=self._called,
            gate=self._gate,
            unknown_param=("X" + secrets.token_hex(4), secrets.token_hex(4)),
        )

    def find_call(self, call_sid: str) -> CallFacts | None:
        """A call in progress, or one of the last that are over."""
        return self._register.find(call_sid)

    def end_call(self, call_sid: str) -> bool:
        """End a call, or stop ringing; False: there is no such call to be ended."""
        line = self._register.line(call_sid)
        if line is None or (line.record.answered_at is None and line.record.direction == "inbound"):
            return False
        line.end("rest")
        return True

    def redirect_call(self, call_sid: str, goto: Goto) -> bool:
        """Send a call elsewhere; False: it is not in progress, or it is a leg of another call's ``<Dial>``."""
        line = self._register.line(call_sid)
        if line is None or line.record.answered_at is None or line.record.direction == "outbound-dial":
            return False
        line.divert(RedirectedError(goto))
        return True

    def plugged(self, address: str, plug: Plug) -> AbstractContextManager[None]:
        """Let calls to ``address``, a number or ``client:NAME``, ring at ``plug`` while the block lasts."""
        return self._phones.plugged(address, plug)

    def is_held(self, address: str) -> bool:
        """Whether a page or a script holds ``address``: it would ring there."""
        return self._phones.is_held(address)

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


async def _live(leg: Leg, order: Order, life: ExitStack) -> None:
    with life:
        await live(leg, order)
    await leg.tell_end()


def _finish(line: Line) -> None:
    """Fill in how the call ended, and tell the handset."""
    record = line.record
    record.seconds = line.time.seconds
    answered = record.answered_at is not None
    if answered:
        record.status = "completed"
    elif record.direction == "inbound" and record.ended_by != "rejected":
        record.status = "no-answer"
    if record.direction != "inbound" and not answered:
        record.ended_by = record.status
    record.ended_by = record.ended_by or ("caller" if line.handset.hung_up else line.ended_by) or "error"
    line.note("ended", record.ended_by)
    line.handset.notice(Ended(record.ended_by))
    log.info("call ended", call_sid=record.call_sid, ended_by=record.ended_by)
