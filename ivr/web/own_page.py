"""What only our own pages may ask for, on pages that nobody signs in to: those of local mode."""

from http import HTTPStatus

from flask import abort, request

from ivr.loopback import names_this_machine
from ivr.web.desk.auth import SAFE

HEADER = "X-From-Page"
"""A page of another origin cannot set it without asking first whether it may, and is never told that it may."""


def from_own_page() -> None:
    """For ``Blueprint.before_request``: 403 for another name than this machine's, and for another site's change."""
    if not names_this_machine(request.host):
        abort(HTTPStatus.FORBIDDEN)
    if request.method not in SAFE and HEADER not in request.headers:
        abort(HTTPStatus.FORBIDDEN)
