"""The callers of the call bench; they run in a process of their own and tell the bench what they see.

They use the local exchange as it is: it posts signed webhooks, obeys TwiML, opens signed streams and sends 20 ms frames
in real time. A caller dials, follows the script to the hotline's hang-up, and dials again as somebody else.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection

import uvloop

from ivr.bench.calls.ear import CallerEar, Turned
from ivr.bench.calls.messages import Messages
from ivr.bench.calls.mouth import Mouth
from ivr.bench.calls.people import Person, person
from ivr.bench.calls.script import Script
from ivr.exchange.exchange import LocalExchange
from ivr.exchange.handset import LineEnded
from ivr.exchange.pace import Pace
from ivr.exchange.record import CallRecord
from ivr.exchange.scripted import ScriptedHandset
from ivr.logs import configure_logs
from ivr.simulator.scenario import Turn
from ivr.simulator.telephone import BARGE_IN_SECONDS

WARM_UP_SECONDS = 20.0
"""One caller alone, before anything is counted."""
SETTLE_SECONDS = 1.5
RAMP_SECONDS = 15.0
"""Callers dial one after another within this time, so that they do not all speak in chorus."""
SMS_SECONDS = 30.0
END_SECONDS = 90.0
"""In which the hotline hangs up when the script is over."""
ENDED_WELL = "hotline"


@dataclass(frozen=True, slots=True)
class Load:
    """Who calls, where, and for how long."""

    url: str
    public_url: str
    account_sid: str
    token: str
    callers: int
    seconds: float
    """Nobody dials later than this; calls that are under way go on to their end."""
    scripts: tuple[Script, ...]
    seed: int
    speed: float = 1.0
    """Times faster than life. Only real time measures anything; tests are in a hurry."""


@dataclass(frozen=True, slots=True)
class Warm:
    """The first caller has hung up; the load begins after ``SETTLE_SECONDS``."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """A call has begun."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A call is over."""

    call_sid: str
    index: int
    """Which call of the run: says the script and the caller."""
    fault: str
    """What broke; empty: the hotline has hung up at the script's end."""


News = Warm | Dialled | Ended | Turned
Tell = Callable[[News], None]


def run_callers(load: Load, pipe: Connection) -> None:
    """Call until the time is over, telling ``pipe`` of everything as it happens. Ctrl-C is the bench's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    configure_logs("console", logging.ERROR)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Crowd(load, pipe.send).run())


def script_for(scripts: tuple[Script, ...], index: int) -> Script:
    """Scripts take turns."""
    return scripts[index % len(scripts)]


@dataclass(frozen=True, slots=True)
class _World:
    """What all callers share."""

    exchange: LocalExchange
    messages: Messages
    mouth: Mouth


class Crowd:
    """All callers of a run. Belongs to one event loop."""

    def __init__(self, load: Load, tell: Tell) -> None:
        self._load = load
        self._tell = tell
        self._next = count()
        exchange = LocalExchange(load.url, load.public_url, load.account_sid, load.token, pace=Pace(load.speed))
        self._world = _World(exchange, Messages(load.url, load.account_sid, load.token), Mouth())

    async def run(self) -> None:
        """Call until the time is over and the last call has ended."""
        try:
            await self._warm_up()
            await asyncio.sleep(SETTLE_SECONDS / self._load.speed)
            until = time.monotonic() + self._load.seconds
            await asyncio.gather(*(self._caller(which, until) for which in range(self._load.callers)))
        finally:
            await self._world.messages.aclose()
            await self._world.exchange.aclose()

    async def _warm_up(self) -> None:
        call = self._call(next(self._next), lambda _: None)
        try:
            async with asyncio.timeout(WARM_UP_SECONDS):
                await call.run()
        except TimeoutError:
            await call.give_up()
        self._tell(Warm())

    async def _caller(self, which: int, until: float) -> None:
        await asyncio.sleep(which * min(RAMP_SECONDS, self._load.seconds / 2) / self._load.callers)
        while time.monotonic() < until:
            index = next(self._next)
            self._tell(Dialled())
            record, fault = await self._call(index, self._tell).run()
            self._tell(Ended(record.call_sid, index, fault))

    def _call(self, index: int, tell: Tell) -> "_Call":
        script = script_for(self._load.scripts, index)
        return _Call(script, person(self._load.seed, index), self._world, tell)


class _Call:
    """One call, from dialling to the hang-up."""

    def __init__(self, script: Script, who: Person, world: _World, tell: Tell) -> None:
        self._script = script
        self._who = who
        self._world = world
        self._handset = ScriptedHandset(patience_seconds=0)
        self._ear = CallerEar(self._handset, tell)
        self._code = ""
        self._read = 0
        self._dialled: asyncio.Task[CallRecord] | None = None

    async def run(self) -> tuple[CallRecord, str]:
        """The call's record, and what broke, or nothing."""
        self._dialled = asyncio.create_task(self._world.exchange.dial(self._handset, self._who.phone))
        fault = await self._follow()
        if fault:
            self._handset.hang_up()
        record = await self._dialled
        return record, fault or _fault_of(record)

    async def give_up(self) -> None:
        """Hang up a call whose ``run`` was broken off."""
        self._handset.hang_up()
        await asyncio.gather(*filter(None, (self._dialled,)), return_exceptions=True)

    async def _follow(self) -> str:
        try:
            for turn in self._script.turns:
                await self._take(turn)
            await self._ear.until_ended(END_SECONDS)
        except TimeoutError:
            return f"no answer {self._ear.where}"
        except LineEnded as ended:
            return f"ended by {ended} {self._ear.where}"
        return ""

    async def _take(self, turn: Turn) -> None:
        if turn.hotline is not None:
            await self._ear.hear(turn.hotline)
        elif turn.sms is not None:
            await self._look_at_messages()
        else:
            await self._act(turn)

    async def _look_at_messages(self) -> None:
        await self._ear.answered()
        coming = asyncio.create_task(self._world.messages.next_body(self._who.phone, self._read))
        try:
            await self._handset.until(coming.done, SMS_SECONDS)
        finally:
            coming.cancel()
        self._read += 1
        self._code = self._world.messages.code_in(await coming) or self._code

    async def _act(self, turn: Turn) -> None:
        if not turn.talk_over:
            await self._ear.ready(early=turn.barge_in)
        if turn.barge_in:
            await self._handset.silence(BARGE_IN_SECONDS)
        if turn.caller is not None:
            await self._handset.say(await self._world.mouth.say(turn, self._who, self._script, self._code))
            self._ear.acted("spoken")
        elif turn.keys is not None:
            await self._press(self._script.keys(turn, self._who, self._code))
            self._ear.acted("keyed")
        else:
            await self._handset.silence(turn.silence or 0)

    async def _press(self, keys: str) -> None:
        """The last key's answer may be there at once: nobody waits a gap for it."""
        await self._handset.press(keys[:-1])
        await self._handset.press(keys[-1:], gap_seconds=0)


def _fault_of(record: CallRecord) -> str:
    """What Twilio would have written into its debugger, or an end that is not the hotline's."""
    if record.errors:
        return f"Twilio error {record.errors[0].code}"
    return "" if record.ended_by == ENDED_WELL else f"ended by {record.ended_by}"
