"""Requests to the hotline as Twilio makes them: signed, retried, redirected, with cookies, within limits."""

import asyncio
import secrets
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit
from uuid import uuid4

import httpx

from ivr.exchange.faults import Fault, FaultKind, Faults
from ivr.exchange.record import WebhookRequest
from ivr.exchange.signature import SIGNATURE_HEADER, sign

USER_AGENT = "TwilioProxy/1.1"
TOKEN_HEADER = "I-Twilio-Idempotency-Token"  # noqa: S105 - the header's name
MAX_REDIRECTS = 10
MAX_DOCUMENT_BYTES = 64 * 1024
MAX_MEDIA_BYTES = 16 * 1024 * 1024
_KINDS = (
    FaultKind.DUPLICATE,
    FaultKind.TWIN,
    FaultKind.REPLAY,
    FaultKind.LOST,
    FaultKind.REFUSED,
    FaultKind.BAD_SIGNATURE,
    FaultKind.NO_SIGNATURE,
    FaultKind.WRONG_ACCOUNT,
)

T = TypeVar("T")


class DocumentError(Exception):
    """A document that Twilio could not get or read; ``code`` is Twilio's."""

    def __init__(self, code: int, url: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.url = url
        self.detail = detail


@dataclass(frozen=True)
class Timeouts:
    """Twilio's own limits; tests shorten them."""

    connect_seconds: float = 5.0
    total_seconds: float = 15.0


@dataclass
class WebhookSession:
    """What the requests of one call share: cookies and the list of what was asked."""

    now: Callable[[], float] = lambda: 0.0
    """Call seconds."""
    requests: list[WebhookRequest] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What the hotline answered, and the address it finally came from."""

    url: str
    status: int
    content_type: str
    body: bytes
    location: str = ""


@dataclass(frozen=True)
class _Outgoing:
    method: str
    url: str
    params: dict[str, str]
    limit: int = MAX_DOCUMENT_BYTES
    """Bytes that an answer may have."""
    faults: dict[FaultKind, Fault] = field(default_factory=dict)
    token: str = field(default_factory=lambda: str(uuid4()))

    @property
    def form(self) -> dict[str, str]:
        return self.params if self.method == "POST" else {}

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def status(self) -> str:
        """The status that a callback reports."""
        names = ("MessageStatus", "QueueResult", "CallStatus")
        return next((self.params[name] for name in names if self.params.get(name)), "")


@dataclass(frozen=True)
class _Overrides:
    """Connection overrides in the ``#fragment`` of an address."""

    connect_seconds: float
    read_seconds: float
    total_seconds: float
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})


class Webhooks:
    """The way to the hotline: signs for its public address, connects to the address it listens on."""

    def __init__(
        self, hotline_url: str, public_base_url: str, auth_token: str, faults: Faults, timeouts: Timeouts
    ) -> None:
        self._hotline = urlsplit(hotline_url)
        self._public = urlsplit(public_base_url or hotline_url)
        self._auth_token = auth_token
        self._faults = faults
        self._timeouts = timeouts
        self._running: set[asyncio.Task[Any]] = set()
        # A kept connection that the hotline has just closed would look like a crash of the hotline.
        limits = httpx.Limits(max_keepalive_connections=0)
        # The hotline is reached over plain HTTP on loopback; reading all root certificates costs 0.1 s.
        no_roots = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False, limits=limits, verify=no_roots)

    async def aclose(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._client.aclose()

    async def until_idle(self, wall_seconds: float) -> None:
        """Wait for all that was spawned, and for what it spawns itself, for so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wall_seconds):
                while self._running:
                    await asyncio.wait(self._running)

    def absolute(self, url: str, base: str = "") -> str:
        """``url`` as written, or resolved against the document at ``base`` or the public address."""
        return urljoin(base or urlunsplit(self._public), url)

    def connect_url(self, url: str) -> str:
        """Where to connect for ``url``. Raises ``DocumentError`` for a host other than the hotline's."""
        parts = urlsplit(url)
        if parts.netloc.lower() not in (self._public.netloc.lower(), self._hotline.netloc.lower()):
            raise DocumentError(11200, url, "the local exchange reaches no host but the hotline")
        scheme = "ws" if parts.scheme in ("ws", "wss") else "http"
        return urlunsplit((scheme, self._hotline.netloc, parts.path or "/", parts.query, ""))

    def sign_url(self, url: str) -> str:
        """The signature of a request that has no form."""
        return sign(url, (), self._auth_token)

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run ``work`` beside the call; it is cancelled when the exchange is closed."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def document(self, session: WebhookSession, method: str, url: str, params: dict[str, str]) -> Answer:
        """Ask for TwiML. Raises ``DocumentError``: 11200 bad answer, 11205 no answer, 11215 redirects, 11750 size."""
        outgoing = _Outgoing(method, url, params)
        await asyncio.sleep(self._late_seconds(outgoing))
        answer = await self._request(session, outgoing)
        if not 200 <= answer.status < 300:
            raise DocumentError(11200, url, f"answered {answer.status}")
        return answer

    async def media(self, session: WebhookSession, url: str) -> Answer:
        """Get a recording for ``<Play>``: no standard parameters. Raises ``DocumentError``."""
        answer = await self._request(session, _Outgoing("GET", url, {}, MAX_MEDIA_BYTES))
        if answer.status != 200 or not answer.content_type.startswith("audio/"):
            raise DocumentError(11200, url, f"answered {answer.status} {answer.content_type}")
        return answer

    async def callback(self, session: WebhookSession, method: str, url: str, params: dict[str, str]) -> Answer | None:
        """Tell the hotline of a status. The answer has no effect; None: it was not reached, or will be later."""
        outgoing = _Outgoing(method, url, params)
        late = self._late_seconds(outgoing)
        if late:
            self.spawn(self._call_later(session, outgoing, late))
            return None
        return await self._call_back(session, outgoing)

    async def _call_back(self, session: WebhookSession, outgoing: _Outgoing) -> Answer | None:
        try:
            return await self._request(session, outgoing)
        except DocumentError:
            return None

    async def _call_later(self, session: WebhookSession, outgoing: _Outgoing, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._call_back(session, outgoing)

    def _late_seconds(self, outgoing: _Outgoing) -> float:
        faults = self._faults.take(outgoing.path, FaultKind.LATE, status=outgoing.status)
        return faults[FaultKind.LATE].seconds if faults else 0.0

    async def _request(self, session: WebhookSession, outgoing: _Outgoing) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._befall(session, outgoing)
            if not (300 <= answer.status < 400 and answer.location):
                return answer
            outgoing = _follow(outgoing, answer)
        raise DocumentError(11215, outgoing.url, "too many redirects")

    async def _befall(self, session: WebhookSession, outgoing: _Outgoing) -> Answer:
        faults = self._faults.take(outgoing.path, *_KINDS, status=outgoing.status)
        if FaultKind.LOST in faults:
            raise DocumentError(11205, outgoing.url, "lost on the way")
        if FaultKind.WRONG_ACCOUNT in faults:
            stranger = {"AccountSid": "AC" + secrets.token_hex(16)}
            outgoing = replace(outgoing, params=outgoing.params | stranger)
        return await self._repeat(session, replace(outgoing, faults=faults))

    async def _repeat(self, session: WebhookSession, outgoing: _Outgoing) -> Answer:
        faults = outgoing.faults
        if FaultKind.DUPLICATE in faults:
            await self._attempts(session, outgoing)
        if FaultKind.TWIN in faults:
            first, _ = await asyncio.gather(self._attempts(session, outgoing), self._attempts(session, outgoing))
            return first
        answer = await self._attempts(session, outgoing)
        if FaultKind.REPLAY in faults:
            self.spawn(self._replay(session, outgoing, faults[FaultKind.REPLAY].seconds))
        return answer

    async def _replay(self, session: WebhookSession, outgoing: _Outgoing, seconds: float) -> None:
        await asyncio.sleep(seconds)
        with suppress(DocumentError):
            await self._attempts(session, outgoing)

    async def _attempts(self, session: WebhookSession, outgoing: _Outgoing) -> Answer:
        overrides = _overrides(outgoing.url, self._timeouts)
        try:
            async with asyncio.timeout(overrides.total_seconds):
                return await self._until_answered(session, outgoing, overrides)
        except TimeoutError as error:
            self._note(session, outgoing, 0, b"")
            raise DocumentError(11205, outgoing.url, "no answer in time") from error

    async def _until_answered(self, session: WebhookSession, outgoing: _Outgoing, overrides: _Overrides) -> Answer:
        left = overrides.retries
        while True:
            try:
                answer = await self._send(session, outgoing, overrides)
            except httpx.HTTPError as error:
                self._note(session, outgoing, 0, b"")
                if not left or not overrides.retry_on & {_reason(error), "all"}:
                    raise DocumentError(11205, outgoing.url, type(error).__name__) from error
            else:
                self._note(session, outgoing, answer.status, answer.body)
                if answer.status < 400 or not left or not overrides.retry_on & {f"{answer.status // 100}xx", "all"}:
                    return answer
            left -= 1

    async def _send(self, session: WebhookSession, outgoing: _Outgoing, overrides: _Overrides) -> Answer:
        if FaultKind.REFUSED in outgoing.faults:
            raise httpx.ConnectError("refused on demand")
        request = self._build(session, outgoing, overrides)
        response = await self._client.send(request, stream=True)
        try:
            body = await _read(response, outgoing)
        finally:
            await response.aclose()
            self._client.cookies.clear()
        _keep_cookies(session, response)
        content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(outgoing.url, response.status_code, content_type, body, response.headers.get("location", ""))

    def _build(self, session: WebhookSession, outgoing: _Outgoing, overrides: _Overrides) -> httpx.Request:
        url = _with_query(outgoing)
        return self._client.build_request(
            outgoing.method,
            self.connect_url(url),
            content=urlencode(outgoing.form).encode() if outgoing.form else None,
            headers=self._headers(session, outgoing, url),
            timeout=httpx.Timeout(overrides.read_seconds, connect=overrides.connect_seconds),
        )

    def _headers(self, session: WebhookSession, outgoing: _Outgoing, url: str) -> dict[str, str]:
        headers = {"Host": urlsplit(url).netloc, "User-Agent": USER_AGENT, "Accept": "*/*"}
        headers[TOKEN_HEADER] = outgoing.token
        if outgoing.method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        if session.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
        if FaultKind.NO_SIGNATURE not in outgoing.faults:
            key = "not the token" if FaultKind.BAD_SIGNATURE in outgoing.faults else self._auth_token
            headers[SIGNATURE_HEADER] = sign(url, outgoing.form.items(), key)
        return headers

    def _note(self, session: WebhookSession, outgoing: _Outgoing, status: int, body: bytes) -> None:
        session.requests.append(
            WebhookRequest(
                session.now(), outgoing.method, outgoing.url, dict(outgoing.params), outgoing.token, status, body
            )
        )


def _reason(error: httpx.HTTPError) -> str:
    """In the words of the connection overrides: ct, not connected; rt, not answered."""
    return "ct" if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) else "rt"


async def _read(response: httpx.Response, outgoing: _Outgoing) -> bytes:
    body = b""
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > outgoing.limit:
            raise DocumentError(11750, outgoing.url, f"more than {outgoing.limit // 1024} kB")
    return body


def _with_query(outgoing: _Outgoing) -> str:
    url = outgoing.url.partition("#")[0]
    if outgoing.method != "GET" or not outgoing.params:
        return url
    return url + ("&" if "?" in url else "?") + urlencode(outgoing.params)


def _follow(outgoing: _Outgoing, answer: Answer) -> _Outgoing:
    """A 307 or 308 repeats the form; the older redirects turn into a GET without it."""
    url = urljoin(outgoing.url, answer.location)
    if answer.status in (307, 308):
        return _Outgoing(outgoing.method, url, outgoing.params)
    return _Outgoing("GET", url, outgoing.params if outgoing.method == "GET" else {})


def _keep_cookies(session: WebhookSession, response: httpx.Response) -> None:
    for header in response.headers.get_list("set-cookie"):
        try:
            cookies = SimpleCookie(header)
        except CookieError:
            continue
        session.cookies.update({name: morsel.value for name, morsel in cookies.items()})


def _overrides(url: str, timeouts: Timeouts) -> _Overrides:
    values = {name: found[-1] for name, found in parse_qs(url.partition("#")[2]).items()}

    def seconds(name: str, default: float) -> float:
        return min(int(values[name]) / 1000, default * 2) if values.get(name, "").isdigit() else default

    return _Overrides(
        connect_seconds=seconds("ct", timeouts.connect_seconds),
        read_seconds=min(seconds("rt", timeouts.total_seconds), timeouts.total_seconds),
        total_seconds=min(seconds("tt", timeouts.total_seconds), timeouts.total_seconds),
        retries=min(int(values["rc"]), 5) if values.get("rc", "").isdigit() else 1,
        retry_on=frozenset(values["rp"].split(",")) if "rp" in values else frozenset({"ct"}),
    )
