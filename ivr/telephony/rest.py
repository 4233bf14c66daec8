"""Twilio's REST interface, or whatever speaks it elsewhere: one client a thread, quick to give up, silent in logs."""

import logging
import threading
from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

TIMEOUT_SECONDS = 5.0
"""For the connection, and again for the answer."""
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
"""What the library raises for an answer that is not what it expects."""
# urllib3 writes whole addresses at level DEBUG, and the list of messages names a phone in its query.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


class TwilioRest:
    """Twilio's account, or a stand-in for it at ``base_url``."""

    def __init__(
        self, account_sid: str, auth_token: str, base_url: str | None, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._account = (account_sid, auth_token)
        self._base_url = base_url
        self._timeout = timeout
        self._local = threading.local()

    def account(self) -> Any:  # noqa: ANN401  the library is not annotated
        """The library's view of the account, one for each thread: its HTTP client keeps the last answer in a field and
        returns what stands there, which may be another thread's."""
        if not hasattr(self._local, "client"):
            self._local.client = self._connect()
        return self._local.client.api.v2010.account

    def close(self) -> None:
        """Close this thread's connection; the next request opens another."""
        client: Client | None = self._local.__dict__.pop("client", None)
        if client is not None and client.http_client.session is not None:
            client.http_client.session.close()

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
