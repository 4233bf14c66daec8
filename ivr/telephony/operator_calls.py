"""Calls to operators through Twilio's REST interface: to a browser by its name, or to a telephone."""

import requests
import structlog
from twilio.base.exceptions import TwilioException, TwilioRestException

from ivr.line.legs import Leg
from ivr.telephony.rest import TIMEOUT_SECONDS, UNREADABLE, TwilioRest

NOT_IN_PROGRESS = 21220
"""Twilio's error for a change to a call that has ended."""
NOT_FOUND = 404
"""So is a call that is not there: nothing is left to hang up."""

_log = structlog.get_logger(__name__)


class TwilioCalls:
    """Makes calls from the hotline's number; see ``ivr.line.legs.OperatorPhone``."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        base_url: str | None,
        from_number: str,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._rest = TwilioRest(account_sid, auth_token, base_url, timeout)
        self._from = from_number

    def call(self, leg: Leg) -> str | None:
        """Ring; the sid of the call, or None. Never raises for what the network or Twilio does."""
        try:
            call = self._rest.account().calls.create(
                to=leg.to,
                from_=self._from,
                url=leg.url,
                status_callback=leg.status_callback,
                timeout=leg.ring_seconds,
            )
        except (TwilioException, requests.RequestException, *UNREADABLE) as error:
            _log.warning("call_not_made", error=_name(error))
            return None
        return str(call.sid) if call.sid else None

    def hang_up(self, sid: str) -> bool:
        """End a call. True also where it has ended already; never raises."""
        try:
            self._rest.account().calls(sid).update(status="completed")
        except TwilioRestException as error:
            return bool(error.code == NOT_IN_PROGRESS or error.status == NOT_FOUND)
        except (TwilioException, requests.RequestException, *UNREADABLE):
            return False
        return True

    def close(self) -> None:
        """Close this thread's connection; the next request opens another."""
        self._rest.close()


def _name(error: Exception) -> str:
    """What can be written down of it: the library's text holds the number that was called."""
    return f"twilio_{error.code}" if isinstance(error, TwilioRestException) else type(error).__name__
