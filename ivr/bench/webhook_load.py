"""The load of the webhook bench; runs in a process of its own.

Both kinds of round send the same signed forms over the same number of kept connections, each sending its next request
when it has its answer. In a hotline's round every request is a new step of some call: keys at an open question.
"""

import asyncio
import re
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import uvloop

from ivr.bench.http_connection import BrokenAnswerError, Connection, HttpAnswer
from ivr.bench.served import own_cpu_seconds
from ivr.bench.twilio_form import Account, new_call_sid, signed

STEP = re.compile(rb"/voice/step\?s=(\d+)")
ANSWERS = ("4276051200010017", "05031980")
"""A card number and a date of birth; after them the caller has the next question repeated, as often as needed."""
REPEAT = "*"
CALLS_PER_CONNECTION = 4
"""Calls take turns, so that steps do not meet in one row."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round sends."""

    url: str
    account: Account
    seconds: float
    connections: int
    begin_calls: bool
    """True for the hotline: calls are begun before the clock starts, and each answer has to be a new step."""


@dataclass(frozen=True, slots=True)
class RoundResult:
    """What came of a round."""

    seconds: float
    times: tuple[float, ...]
    """Seconds from a request to its whole answer; good answers only."""
    errors: dict[str, int]
    """Every other answer, by what is wrong with it."""
    cpu_seconds: float
    """Processor time of the process that sent them."""


@dataclass(slots=True)
class KeypadCall:
    """A call by keys in progress."""

    sid: str = field(default_factory=new_call_sid)
    step: int = 0
    turns: int = 0

    def keys(self) -> str:
        return ANSWERS[self.turns] if self.turns < len(ANSWERS) else REPEAT


Send = Callable[[Connection], Awaitable[str | None]]
"""Makes one request; what is wrong with its answer, or None."""


def run_round(plan: Round) -> RoundResult:
    """Send for ``plan.seconds``. Raises ``OSError`` where the server cannot be reached."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_round(plan))


async def _round(plan: Round) -> RoundResult:
    connections = [await Connection.open(plan.url) for _ in range(plan.connections)]
    send = await _hotline(plan, connections) if plan.begin_calls else _bare(plan)
    tally = _Tally()
    started, cpu_before = time.perf_counter(), own_cpu_seconds()
    await asyncio.gather(*(tally.drive(one, send, started + plan.seconds) for one in connections))
    seconds = time.perf_counter() - started
    for connection in connections:
        connection.close()
    return RoundResult(seconds, tuple(tally.times), dict(tally.errors), own_cpu_seconds() - cpu_before)


class _Tally:
    """Counts answers."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.errors: Counter[str] = Counter()

    async def drive(self, connection: Connection, send: Send, until: float) -> None:
        while (began := time.perf_counter()) < until:
            try:
                wrong = await send(connection)
            except BrokenAnswerError as error:
                self.errors[f"no answer: {error}"] += 1
                return
            if wrong:
                self.errors[wrong] += 1
            else:
                self.times.append(time.perf_counter() - began)


def _bare(plan: Round) -> Send:
    async def send(connection: Connection) -> str | None:
        answer = await _post(connection, plan.account, "/voice/step?s=1", KeypadCall(), REPEAT)
        return None if answer.status == 200 else f"status {answer.status}"

    return send


async def _hotline(plan: Round, connections: list[Connection]) -> Send:
    calls = deque[KeypadCall]()
    for connection in connections:
        calls.extend([await _begin(connection, plan.account) for _ in range(CALLS_PER_CONNECTION)])

    async def send(connection: Connection) -> str | None:
        call = calls.popleft()
        answer = await _post(connection, plan.account, f"/voice/step?s={call.step}", call, call.keys())
        wrong = follow(call, answer)
        calls.append(call if wrong is None else await _begin(connection, plan.account))
        return wrong

    return send


async def _begin(connection: Connection, account: Account) -> KeypadCall:
    call = KeypadCall()
    wrong = follow(call, await _post(connection, account, "/voice/incoming", call, ""))
    if wrong:
        raise BrokenAnswerError(f"a call did not begin: {wrong}")
    return call


def follow(call: KeypadCall, answer: HttpAnswer) -> str | None:
    """Take the next step's number from the TwiML. An answer that is no new step is an error, whatever its status."""
    if answer.status != 200:
        return f"status {answer.status}"
    found = STEP.search(answer.body)
    if found is None:
        return "an apology instead of a question"
    before, call.step = call.step, int(found[1])
    call.turns += before > 0
    return None if call.step == before + 1 else "no new step"


async def _post(connection: Connection, account: Account, path: str, call: KeypadCall, keys: str) -> HttpAnswer:
    body, headers = signed(account, path, call.sid, {"Digits": keys} if keys else None)
    return await connection.post(path, body, headers)
