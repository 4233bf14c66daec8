"""How Twilio signs what it sends: HMAC-SHA1 over the address and the form, in base64."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

SIGNATURE_HEADER = "X-Twilio-Signature"


def sign(url: str, params: Iterable[tuple[str, str]], token: str) -> str:
    """The signature of a request to ``url``; a GET or a socket has no ``params``.

    The address counts as written, with its query and without ``#fragment``. Fields are sorted by name, and the
    different values of a repeated name are sorted too.
    """
    text = url.partition("#")[0] + "".join(name + value for name, value in sorted(set(params)))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def body_hash(body: bytes) -> str:
    """What ``bodySHA256`` in the query of a JSON request says."""
    return hashlib.sha256(body).hexdigest()
