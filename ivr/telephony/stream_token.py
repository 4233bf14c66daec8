"""One-time tokens that open media streams. They travel in ``<Parameter>``: a stream's address carries no query."""

import hmac
from datetime import timedelta
from hashlib import sha256

from ivr.clock import Clock

LIFETIME_SECONDS = 60
"""Twilio connects within seconds of reading the TwiML."""


class StreamTokens:
    """Issues and reads tokens bound to a call and to the number of its stream; the caller of both counts the use."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def issue(self, call_sid: str, serial: int) -> str:
        """A token for stream number ``serial`` of the call."""
        expires = int((self._clock.now() + timedelta(seconds=LIFETIME_SECONDS)).timestamp())
        return f"{serial}.{expires}.{self._mac(call_sid, serial, expires)}"

    def serial_of(self, call_sid: str, token: str) -> int | None:
        """The stream that a token opens; None for a token that is forged, too old, or of another call."""
        try:
            serial, expires, mac = token.split(".")
            good = hmac.compare_digest(mac, self._mac(call_sid, int(serial), int(expires)))
        except (ValueError, TypeError):
            return None
        return int(serial) if good and self._clock.now().timestamp() <= int(expires) else None

    def _mac(self, call_sid: str, serial: int, expires: int) -> str:
        return hmac.new(self._secret, f"stream|{call_sid}|{serial}|{expires}".encode(), sha256).hexdigest()
