"""Sealing with authentication: nobody reads or changes what is sealed without the key, which the database lacks."""

import base64
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken


class Seal:
    """Seals with one key of 32 bytes. Each purpose has a key of its own. Threads may share it."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, payload: bytes, at: datetime | None = None) -> bytes:
        """The payload, sealed. ``at``: the moment that its age counts from; None: the machine's own."""
        return self._fernet.encrypt_at_time(payload, _seconds(at)) if at else self._fernet.encrypt(payload)

    def open(self, sealed: bytes) -> bytes | None:
        """What was sealed; None where it was sealed with another key, or changed."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            return None

    def open_young(self, sealed: bytes, life: timedelta, now: datetime) -> bytes | None:
        """As ``open``; None also where it was sealed longer than ``life`` ago."""
        try:
            return self._fernet.decrypt_at_time(sealed, int(life.total_seconds()), _seconds(now))
        except InvalidToken:
            return None


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
