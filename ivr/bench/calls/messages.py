"""The callers' messages: asked for over REST at the exchange that runs beside the hotline."""

import asyncio

import httpx

from ivr.simulator.scenario import CODE_IN_SMS

LOOK_SECONDS = 0.25


class Messages:
    """Belongs to one event loop; ``aclose`` ends it."""

    def __init__(self, url: str, account_sid: str, token: str) -> None:
        self._path = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._client = httpx.AsyncClient(base_url=f"{url}/exchange", auth=(account_sid, token), trust_env=False)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def next_body(self, phone: str, read: int) -> str:
        """The text of the message after the first ``read`` ones, as soon as it has arrived."""
        while True:
            bodies = await self._arrived(phone)
            if len(bodies) > read:
                return bodies[read]
            await asyncio.sleep(LOOK_SECONDS)

    async def _arrived(self, phone: str) -> list[str]:
        """Oldest first. A look that fails is repeated: the next one may be answered."""
        try:
            answer = await self._client.get(self._path, params={"To": phone})
            found = answer.json()["messages"] if answer.status_code == 200 else []
        except httpx.HTTPError:
            return []
        return [one["body"] for one in reversed(found) if one["status"] == "delivered"]

    @staticmethod
    def code_in(body: str) -> str:
        """The one-time code of a message; empty where it has none."""
        found = CODE_IN_SMS.search(body)
        return found[0] if found else ""
