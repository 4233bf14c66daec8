"""What stands for codes, cards and phones in the tables, and what is of no use without the pepper."""

import hmac
import secrets

from ivr.sealing import Seal

CODE_DIGITS = 6
PEPPER_BYTES = 16
"""A shorter pepper could be guessed together with the code."""


def draw_code() -> str:
    """Six digits that nobody can foresee."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


class Keys:
    """Digests and seals. ``pepper``: a secret that the database does not hold; ``ValueError`` for a short one."""

    def __init__(self, pepper: bytes) -> None:
        if len(pepper) < PEPPER_BYTES:
            raise ValueError(f"the pepper must be {PEPPER_BYTES} bytes or longer")
        self._pepper = pepper
        # A key of its own: what seals is never what digests are made with.
        self._seal = Seal(hmac.digest(pepper, b"seal", "sha256"))

    def key_of(self, kind: str, value: str) -> str:
        """64 hexadecimal digits: equal for equal values of a kind."""
        return self.digest(kind, value)

    def digest(self, *parts: str) -> str:
        return hmac.digest(self._pepper, "\x1f".join(parts).encode(), "sha256").hex()

    def seal(self, payload: bytes | None) -> bytes | None:
        return self._seal.seal(payload) if payload is not None else None

    def open(self, sealed: bytes | None) -> bytes | None:
        """What was sealed; None where there is nothing, or where it was sealed with another pepper."""
        return self._seal.open(sealed) if sealed is not None else None
