"""An operator's browser: calls to ``client:NAME`` ring in it while it is open."""

import re

from starlette.websockets import WebSocket

from ivr.exchange.exchange import LocalExchange
from ivr.exchange.people import CLIENT
from ivr.exchange.sockets import PageLine

IDENTITY = re.compile(r"[A-Za-z0-9_.@+-]{1,121}")
_POLICY_VIOLATION = 1008


class ClientLine(PageLine):
    """One open browser. Who may be whom is the hotline's matter: the exchange serves this machine only."""

    def __init__(self, exchange: LocalExchange, socket: WebSocket) -> None:
        super().__init__(socket)
        self._exchange = exchange
        self._identity = socket.query_params.get("identity", "")

    async def serve(self) -> None:
        if not IDENTITY.fullmatch(self._identity):
            await self._socket.close(_POLICY_VIOLATION)
            return
        with self._exchange.plugged(CLIENT + self._identity, self.ring):
            await super().serve()
