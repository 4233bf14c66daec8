"""Twilio's signature over what it requested: HMAC-SHA1 over the public address and the form.

The address is built from ``PUBLIC_BASE_URL`` and the path as sent, never from Host or forwarded headers, which the
sender of a request chooses freely.
"""

from hmac import compare_digest

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict


class SignatureCheck:
    """Tells requests of the account from everybody else's."""

    def __init__(self, auth_token: str, public_base_url: str) -> None:
        self._validator = RequestValidator(auth_token)
        self._base = public_base_url
        self._socket_base = socket_url(public_base_url)

    def sign(self, path_and_query: str) -> str:
        """What the account would send with a form without fields."""
        return str(self._validator.compute_signature(self._base + path_and_query, MultiDict()))

    def sign_socket(self, path: str) -> str:
        """What the account would send to open a stream."""
        return str(self._validator.compute_signature(self._socket_base + path, MultiDict()))

    def webhook(self, path_and_query: str, form: MultiDict[str, str], signature: str | None) -> bool:
        """True for a form that the account signed. A missing signature is a wrong one, never an error."""
        return self._check(self._base + path_and_query, form, signature)

    def socket(self, path: str, signature: str | None) -> bool:
        """True for the upgrade request of a media stream; it carries no form."""
        return self._check(self._socket_base + path, MultiDict(), signature)

    def _check(self, url: str, form: MultiDict[str, str], signature: str | None) -> bool:
        if not signature:  # the library raises TypeError for None, which would answer 500 instead of 403
            return False
        # The library signs twice, with the port and without. Nearly always the address as it is has been signed.
        as_it_is = self._validator.compute_signature(url, form)
        return compare_digest(as_it_is.encode(), signature.encode()) or bool(
            self._validator.validate(url, form, signature)
        )


def socket_url(base_url: str) -> str:
    """The WebSocket twin of an address: wss for https, ws for http (this machine only)."""
    return "ws" + base_url.removeprefix("http")
