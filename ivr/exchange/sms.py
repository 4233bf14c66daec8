"""Text messages inside the exchange: what is taken, how it travels, who gets it."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from ivr.clock import Clock
from ivr.exchange.faults import Fault, FaultKind, Faults
from ivr.exchange.handset import Sms
from ivr.exchange.pace import Pace
from ivr.exchange.refusals import RefusedError, is_address
from ivr.exchange.switch import new_sid
from ivr.exchange.webhooks import Webhooks, WebhookSession

MAX_BODY = 1600
E164 = re.compile(r"\+[1-9]\d{6,14}")
_SENDER = re.compile(r"(\+?[1-9]\d{2,14}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})")
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_PAIRS = frozenset("^{}\\[~]|€\f")
"""Characters that take two places."""
_MAGIC_TO = {"+15005550001": 21211, "+15005550002": 21612, "+15005550003": 21408}
_MAGIC_TO |= {"+15005550004": 21610, "+15005550009": 21614}
_MAGIC_FROM = {"+15005550007": 21606, "+15005550008": 21611}
MAGIC = frozenset(_MAGIC_TO) | frozenset(_MAGIC_FROM) | {"+15005550006"}
"""Twilio's test numbers: they get no messages and no callbacks."""


@dataclass
class Message:
    """One outgoing message and how far it has come."""

    sid: str
    account_sid: str
    from_number: str
    to_number: str
    body: str
    status_callback: str
    service_sid: str
    created: datetime
    status: str = "queued"
    error_code: int | None = None
    sent: datetime | None = None
    updated: datetime | None = None
    session: WebhookSession = field(default_factory=WebhookSession)
    """Its callbacks, for tests to look at."""


@dataclass(frozen=True)
class Incoming:
    """A message to the hotline."""

    account_sid: str
    from_number: str
    to_number: str
    body: str

    def params(self) -> dict[str, str]:
        """The webhook's fields."""
        sid = new_sid("SM")
        return {
            "ToCountry": "RU",
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "SmsSid": sid,
            "SmsStatus": "received",
            "Body": self.body,
            "FromCountry": "RU",
            "To": self.to_number,
            "NumSegments": str(count_segments(self.body)),
            "MessageSid": sid,
            "AccountSid": self.account_sid,
            "From": self.from_number,
            "ApiVersion": "2010-04-01",
        }


def count_segments(body: str) -> int:
    """How many messages the network makes of ``body``: 160 or 153 places of GSM letters, 70 or 67 of any others."""
    if all(letter in _GSM or letter in _GSM_PAIRS for letter in body):
        places, single, part = len(body) + sum(letter in _GSM_PAIRS for letter in body), 160, 153
    else:
        places, single, part = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if places <= single else -(-places // part)


def check_message(form: dict[str, str], opted_out: set[str]) -> None:
    """Raises ``RefusedError`` as ``POST Messages.json`` would."""
    to, sender = form.get("To", ""), form.get("From", "")
    code = _missing(form) or _MAGIC_TO.get(to) or _MAGIC_FROM.get(sender)
    faults = {
        21212: sender and not _SENDER.fullmatch(sender),
        21211: not E164.fullmatch(to),
        21617: len(form.get("Body", "")) > MAX_BODY,
        21609: not is_address(form.get("StatusCallback", "http://none")),
        21610: to in opted_out,
    }
    code = code or next((code for code, found in faults.items() if found), None)
    if code:
        raise RefusedError(code)


def _missing(form: dict[str, str]) -> int | None:
    wanted = {21604: "To", 21603: "From", 21602: "Body"}
    missing = (code for code, name in wanted.items() if not form.get(name))
    return next((code for code in missing if code != 21603 or not form.get("MessagingServiceSid")), None)


class MessageCentre:
    """Takes messages, moves them to their handsets and reports every step."""

    def __init__(self, webhooks: Webhooks, faults: Faults, clock: Clock, pace: Pace, step_seconds: float) -> None:
        self._webhooks = webhooks
        self._faults = faults
        self._clock = clock
        self._step_seconds = 0.0 if pace.instant else step_seconds / pace.speed
        self._listeners: list[tuple[str, Callable[[Sms], None]]] = []
        self.messages: list[Message] = []
        self.inboxes: dict[str, list[Sms]] = {}
        self.opted_out: set[str] = set()

    def take(self, account_sid: str, form: dict[str, str]) -> Message:
        """Accept a message and send it on its way. Raises ``RefusedError``."""
        check_message(form, self.opted_out)
        message = Message(
            sid=new_sid("SM"),
            account_sid=account_sid,
            from_number=form.get("From", ""),
            to_number=form["To"],
            body=form["Body"],
            status_callback=form.get("StatusCallback", ""),
            service_sid=form.get("MessagingServiceSid", ""),
            created=self._clock.now(),
            status="accepted" if form.get("MessagingServiceSid") else "queued",
        )
        self.messages.append(message)
        if not MAGIC & {message.to_number, message.from_number}:
            self._webhooks.spawn(self._travel(message))
        return message

    async def bring(self, url: str, incoming: Incoming) -> bool:
        """Bring a message to the hotline's webhook. Its answer may be empty: what it has to say comes by REST."""
        answer = await self._webhooks.callback(WebhookSession(), "POST", url, incoming.params())
        return answer is not None and answer.status < 400

    def find(self, sid: str) -> Message:
        """Raises ``RefusedError`` 20404."""
        for message in self.messages:
            if message.sid == sid:
                return message
        raise RefusedError(20404, 404)

    @contextmanager
    def listening(self, number: str, listener: Callable[[Sms], None]) -> Iterator[None]:
        """Hand every message that arrives at ``number`` to ``listener``."""
        entry = (number, listener)
        self._listeners.append(entry)
        try:
            yield
        finally:
            self._listeners.remove(entry)

    async def arrivals(self, number: str) -> AsyncGenerator[Sms, None]:
        """The messages that arrive at ``number`` from now on."""
        arrived: asyncio.Queue[Sms] = asyncio.Queue()
        with self.listening(number, arrived.put_nowait):
            while True:
                yield await arrived.get()

    async def _travel(self, message: Message) -> None:
        """queued, sent, delivered; a step that is reported late is overtaken by the next."""
        path = urlsplit(message.status_callback).path
        lost = self._faults.take(path, FaultKind.SMS_UNDELIVERED).get(FaultKind.SMS_UNDELIVERED)
        for status in ("queued", "sent", "undelivered" if lost else "delivered"):
            await asyncio.sleep(self._step_seconds)
            self._move(message, status, lost)
            if message.status_callback:
                params = _callback_params(message)
                await self._webhooks.callback(message.session, "POST", message.status_callback, params)

    def _move(self, message: Message, status: str, lost: Fault | None) -> None:
        now = self._clock.now()
        message.status, message.updated = status, now
        if status == "sent":
            message.sent = now
        if status == "undelivered" and lost:
            message.error_code = lost.code
        if status == "delivered":
            self._deliver(Sms(message.sid, message.from_number, message.to_number, message.body, now))

    def _deliver(self, sms: Sms) -> None:
        self.inboxes.setdefault(sms.to_number, []).append(sms)
        for number, listener in list(self._listeners):
            if number == sms.to_number:
                listener(sms)


def _callback_params(message: Message) -> dict[str, str]:
    params = {
        "AccountSid": message.account_sid,
        "From": message.from_number,
        "To": message.to_number,
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "ApiVersion": "2010-04-01",
    }
    if message.service_sid:
        params["MessagingServiceSid"] = message.service_sid
    if message.error_code:
        params["ErrorCode"] = str(message.error_code)
    if message.status in ("delivered", "undelivered") and message.updated:
        params["RawDlrDoneDate"] = message.updated.strftime("%y%m%d%H%M")
    return params
