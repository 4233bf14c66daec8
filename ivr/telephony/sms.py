"""SMS through Twilio's REST interface."""

from datetime import UTC, datetime
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from urllib3.exceptions import NewConnectionError

from ivr.outbox import Ambiguous, ListedSms, Refused, Sent, Sms
from ivr.telephony.rest import TIMEOUT_SECONDS, UNREADABLE, TwilioRest

LIST_LIMIT = 50
"""The newest messages to a phone that are looked through for a doubtful one."""
LONGEST_VALID_SECONDS = 36_000
"""What Twilio takes."""
TOO_MANY_REQUESTS = 20429
QUEUE_FULL = 21611
"""The sender's queue is full; it empties by itself."""


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
        self._rest = TwilioRest(account_sid, auth_token, base_url, timeout)
        self._from = {"messaging_service_sid" if sender.startswith("MG") else "from_": sender}

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
        except (TwilioException, *UNREADABLE):
            return Ambiguous("unreadable_answer")
        return Sent(message.sid, str(message.status)) if message.sid else Ambiguous("unreadable_answer")

    def list_to(self, to: str) -> tuple[ListedSms, ...] | None:
        """The newest messages to a phone; see ``ivr.outbox.SmsGateway``."""
        try:
            found = self._messages().list(to=to, limit=LIST_LIMIT, page_size=LIST_LIMIT)
            return tuple(_listed(message) for message in found if isinstance(message.date_created, datetime))
        except (TwilioException, requests.RequestException, *UNREADABLE):
            return None

    def close(self) -> None:
        """Close this thread's connection; the next request opens another."""
        self._rest.close()

    def _messages(self) -> Any:  # noqa: ANN401  the library is not annotated
        return self._rest.account().messages


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
