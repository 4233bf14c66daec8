"""What Twilio's account owns, as far as ``doctor`` asks."""

from dataclasses import dataclass
from typing import Any

import requests
from twilio.base.exceptions import TwilioException

from ivr.errors import HotlineError
from ivr.telephony.rest import TIMEOUT_SECONDS, UNREADABLE, TwilioRest

UNAUTHORIZED = frozenset({401, 403})


class AccountError(HotlineError):
    """Twilio does not tell. The line ends with the cure."""


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A number of the account."""

    voice_url: str
    """Where it posts calls; empty where something else than an address takes them."""
    sends_sms: bool


class TwilioAccount:
    """Reads the account; changes nothing."""

    def __init__(
        self, account_sid: str, auth_token: str, base_url: str | None, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._rest = TwilioRest(account_sid, auth_token, base_url, timeout)

    def number(self, number: str) -> OwnNumber | None:
        """The number in E.164, or None where the account has none like it. Raises ``AccountError``."""
        try:
            found = self._rest.account().incoming_phone_numbers.list(phone_number=number, limit=1)
            return _own(found[0]) if found else None
        except (TwilioException, requests.RequestException, *UNREADABLE) as error:
            raise _explained(error) from None
        finally:
            self._rest.close()


def _own(found: Any) -> OwnNumber:  # noqa: ANN401  the library is not annotated
    taken_elsewhere = found.trunk_sid or found.voice_application_sid
    return OwnNumber("" if taken_elsewhere else found.voice_url or "", bool(found.capabilities.get("sms")))


def _explained(error: Exception) -> AccountError:
    """A page that is refused comes as an error without a status of its own: its second argument is the answer."""
    status = getattr(error.args[1], "status_code", None) if len(error.args) > 1 else None
    if status in UNAUTHORIZED:
        return AccountError(
            "Twilio knows no such account or token: copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from its console."
        )
    if status is not None:
        return AccountError(f"Twilio's interface answers {status}: look into its console.")
    return AccountError(
        f"Twilio's interface does not answer ({type(error).__name__}): let this machine reach api.twilio.com."
    )
