"""SMS through Twilio's REST interface, and how many parts a text is cut into."""

import logging
import threading
from datetime import UTC, datetime
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from ivr.outbox import Ambiguous, ListedSms, Refused, Sent, Sms

TIMEOUT_SECONDS = 5.0
"""For the connection, and again for the answer."""
LIST_LIMIT = 50
"""The newest messages to a phone that are looked through for a doubtful one."""
LONGEST_VALID_SECONDS = 36_000
"""What Twilio takes."""
TOO_MANY_REQUESTS = 20429
QUEUE_FULL = 21611
"""The sender's queue is full; it empties by itself."""

_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
"""What the library raises for an answer that is not what it expects."""
# urllib3 writes whole addresses at level DEBUG, and the list of messages names a phone in its query.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_ESCAPED = frozenset("\f^{}\\[~]|€")


class TwilioMessages:
    """A provider of SMS: Twilio, or whatever speaks its REST interface at ``base_url``.

    ``sender`` is an E.164 number, a registered name or the sid of a messaging service.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        base_url: str | None,
        sender: str,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._account = (account_sid, auth_token)
        self._base_url = base_url
        self._timeout = timeout
        self._from = {"messaging_service_sid" if sender.startswith("MG") else "from_": sender}
        self._local = threading.local()

    def send(self, sms: Sms) -> Sent | Refused | Ambiguous:
        """Hand a message over; see ``ivr.outbox.SmsGateway``. Never raises for what the network or Twilio does."""
        try:
            message = self._messages().create(
                to=sms.to,
                body=sms.body,
                status_callback=sms.status_callback,
                validity_period=min(sms.valid_seconds, LONGEST_VALID_SECONDS),
                **self._from,
            )
        except (TwilioRestException, TwilioServiceException) as error:
            return _judge(error)
        except requests.RequestException as error:
            return Refused(0, permanent=False) if _never_left(error) else Ambiguous(_reason(error))
        except (TwilioException, *_UNREADABLE):
            return Ambiguous("unreadable_answer")
        return Sent(message.sid, str(message.status)) if message.sid else Ambiguous("unreadable_answer")

    def list_to(self, to: str) -> tuple[ListedSms, ...] | None:
        """The newest messages to a phone; see ``ivr.outbox.SmsGateway``."""
        try:
            found = self._messages().list(to=to, limit=LIST_LIMIT, page_size=LIST_LIMIT)
            return tuple(_listed(message) for message in found if isinstance(message.date_created, datetime))
        except (TwilioException, requests.RequestException, *_UNREADABLE):
            return None

    def close(self) -> None:
        """Close this thread's connection; the next request opens another."""
        client: Client | None = self._local.__dict__.pop("client", None)
        if client is not None and client.http_client.session is not None:
            client.http_client.session.close()

    def _messages(self) -> Any:  # noqa: ANN401  the library is not annotated
        """The library's client, one for each thread: its HTTP client keeps the last answer in a field and returns
        what stands there, which may be another thread's."""
        if not hasattr(self._local, "client"):
            self._local.client = self._connect()
        return self._local.client.api.v2010.account.messages

    def _connect(self) -> Client:
        # The library writes queries, which hold phones, at level INFO; this logger stays shut whatever the root does.
        silent = logging.Logger("twilio.silent", logging.CRITICAL + 1)
        http = TwilioHttpClient(timeout=self._timeout, logger=silent)
        if http.session is not None:
            http.session.trust_env = False
        # Its own environment: TWILIO_REGION and TWILIO_EDGE would send requests elsewhere without a word.
        client = Client(*self._account, http_client=http, environment={"TWILIO_REGION": ""})
        if self._base_url:
            client.api.base_url = self._base_url.rstrip("/")
        return client


def count_parts(text: str) -> int:
    """How many SMS a text is paid as: 160 or 70 letters fit one, and 153 or 67 each of several.

    One letter outside the GSM alphabet, such as a Cyrillic one, makes the whole text UCS-2.
    """
    if all(letter in _GSM7 or letter in _GSM7_ESCAPED for letter in text):
        units = len(text) + sum(letter in _GSM7_ESCAPED for letter in text)
        one, several = 160, 153
    else:
        units = len(text.encode("utf-16-be")) // 2
        one, several = 70, 67
    return 1 if units <= one else -(-units // several)


def _judge(error: TwilioRestException | TwilioServiceException) -> Refused | Ambiguous:
    """A clean refusal says that the message was not taken; a server error says nothing."""
    code = error.code if isinstance(error.code, int) else error.status
    if error.status == 429 or code in (TOO_MANY_REQUESTS, QUEUE_FULL):
        return Refused(code, permanent=False)
    # A redirect is no answer, and 408 comes from a proxy that gave up waiting: the request may have gone through.
    if 400 <= error.status < 500 and error.status != 408:
        return Refused(code, permanent=True)
    return Ambiguous(f"http_{error.status}")


def _never_left(error: requests.RequestException) -> bool:
    """True where no connection came about, so that nothing can have been taken."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", cause), NewConnectionError)


def _reason(error: requests.RequestException) -> str:
    return "timeout" if isinstance(error, requests.Timeout) else "connection_lost"


def _listed(message: Any) -> ListedSms:  # noqa: ANN401  the library is not annotated
    created_at: datetime = message.date_created
    error = str(message.error_code) if message.error_code else None
    return ListedSms(message.sid, str(message.status), error, created_at.astimezone(UTC))
