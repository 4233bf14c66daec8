"""Passwords of operators: kept as Argon2id hashes, compared without telling whether the name exists.

Parameters are the library's own, the second recommended ones of RFC 9106: a hash costs 64 MiB and some 50 ms.
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ivr.errors import RecordError

SHORTEST = 12
"""Letters. Length is what makes a password costly to guess (NIST SP 800-63B)."""
LONGEST = 128
"""A longer one would be work for the hash, not safety."""
_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """What is stored. Raises ``RecordError`` for a password that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise RecordError(f"A password has {SHORTEST} to {LONGEST} letters; choose another one.")
    return _HASHER.hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Whether this is the password; takes as long where none is stored, so that names cannot be told by time."""
    try:
        _HASHER.verify(stored or _nobody(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")
