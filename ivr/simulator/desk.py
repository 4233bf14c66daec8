"""The operators of a scenario: accounts on the desk whose owners do with each call what the scenario says."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import Connection

from ivr.application import Application
from ivr.case.doing import Asked
from ivr.exchange.exchange import LocalExchange
from ivr.exchange.people import CLIENT, Operator, anybody
from ivr.serving import Serving
from ivr.simulator.scenario import Act, DeskOperator
from ivr.store.line import Place, last_place_of, live_places, real_leg, ringing_offers
from ivr.store.operators import Device, add_operator, find_operator, list_operators
from ivr.store.operators import Operator as Account

RESULT = "told"
"""What every conversation is written up as; a leaf of ``grammars/dispositions.yaml``."""
SEEN_AHEAD = timedelta(days=1)
"""There is no browser that would say that it is there."""
_LOOK_SECONDS = 0.005
_ATTENDED_SECONDS = 0.05
_PATIENCE_SECONDS = 10.0
"""Wall-clock time in which an operator who is to be rung rings."""
_UNTAKEN = {
    "decline": Operator("answered", 2, keys="2"),
    "ignore": Operator("answered", 2),
    "no_answer": Operator("no-answer"),
    "busy": Operator("busy", 1),
}


class ScriptedDesk:
    """The desk of one scenario. ``behaviour`` and ``settled`` are for the exchange."""

    def __init__(self, operators: Iterable[DeskOperator]) -> None:
        self._operators = {one.phone or f"{CLIENT}{one.name}": one for one in operators}
        self._acts: dict[str, deque[Act]] = {one.name: deque(one.does) for one in self._operators.values()}
        self._ready = {one.name for one in self._operators.values() if one.status == "ready"}
        self._application: Application | None = None
        self._exchange: LocalExchange | None = None

    def open(self, serving: Serving) -> None:
        """Make the accounts; who is ready in the scenario can be rung from now on."""
        application = serving.application
        self._application, self._exchange = application, serving.exchange
        now = application.clock.now()
        with application.db.transaction() as conn:
            for one in self._operators.values():
                device: Device = "phone" if one.phone else "browser"
                seen = now + SEEN_AHEAD
                account = Account(one.name, one.name, "operator", None, None, one.phone, device, one.status, now, seen)
                add_operator(conn, account)

    def behaviour(self, address: str) -> Operator:
        """What the called operator does now."""
        one = self._operators.get(address)
        if one is None:
            return anybody(address)
        acts = self._acts[one.name]
        act: Act = acts.popleft() if acts else "no_answer"
        if act in _UNTAKEN:
            return _UNTAKEN[act]

        async def farewell() -> None:
            await self._end(one.name, act)

        return Operator("answered", 2, one.talks, keys="1", farewell=farewell)

    @asynccontextmanager
    async def attended(self) -> AsyncIterator[None]:
        """Let operators be ready again while the block lasts: for calls whose time does not wait for ``settled``."""
        assert self._application is not None
        attending = asyncio.create_task(self._attend(self._application))
        try:
            yield
        finally:
            attending.cancel()
            await asyncio.gather(attending, return_exceptions=True)

    async def _attend(self, application: Application) -> None:
        while self._operators:
            await self._press_ready(application)
            await asyncio.sleep(_ATTENDED_SECONDS)

    async def settled(self, application: Application) -> None:
        """Return when everybody who is to be rung rings, and who has more to do is ready again."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        while True:
            pressed = await self._press_ready(application)
            with application.db.reading() as conn:
                unrung = any(real_leg(offer) is None for offer in ringing_offers(conn))
            if not unrung and not pressed:
                return
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError("the hotline does not ring an operator to whom it has offered a caller")
            await asyncio.sleep(_LOOK_SECONDS)

    async def _press_ready(self, application: Application) -> bool:
        with application.db.reading() as conn:
            idle = [account for account in list_operators(conn) if self._is_idle(account)]
        for account in idle:
            await asyncio.to_thread(self._get_ready, application, account)
        return bool(idle)

    def _is_idle(self, account: Account) -> bool:
        """Whoever was ready, and has not done all, presses ready again after every call, taken or not."""
        ready = account.name in self._ready
        return ready and account.status in ("missed", "wrap_up", "pause") and bool(self._acts[account.name])

    def _get_ready(self, application: Application, account: Account) -> None:
        line = application.line
        with application.db.reading() as conn:
            number = last_place_of(conn, account.name)
        if account.status == "wrap_up" and number is not None:
            line.finish(account, number, RESULT)
        else:
            line.set_status(account, "ready")

    async def _end(self, name: str, act: Act) -> None:
        """The operator ends the conversation at the desk, which hangs up; or the connection drops."""
        if act == "break_off":
            return
        leg = await asyncio.to_thread(self._let_go, name, act)
        deadline = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        while leg and self._is_up(leg) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(_LOOK_SECONDS)

    def _let_go(self, name: str, act: Act) -> str | None:
        """End it, or hand it back for a code. Returns the call to the operator; None: the caller was faster."""
        assert self._application is not None
        application = self._application
        with application.db.reading() as conn:
            account, place = find_operator(conn, name), _talked_with(conn, name)
            offer = application.line_desk.offer_of(conn, place) if place else None
        if account is None or place is None:
            return None
        if act == "send_code":
            application.case.act(Asked(name, place.call_sid, "send_code", {}))
            application.line.hand_back(account, place.number)
        else:
            application.line.end_call(account, place.number)
        return real_leg(offer) if offer else None

    def _is_up(self, leg: str) -> bool:
        facts = self._exchange.find_call(leg) if self._exchange else None
        return facts is not None and facts.ended is None and not facts.ending


def _talked_with(conn: Connection, name: str) -> Place | None:
    return next((place for place in live_places(conn) if (place.operator, place.state) == (name, "talking")), None)
