"""Lets in only what the account signed."""

import structlog
from flask import Response, request

from ivr.metrics import REFUSED
from ivr.web.context import context

log = structlog.get_logger(__name__)

FORM = "application/x-www-form-urlencoded"


def require_signature() -> Response | None:
    """403 for a wrong or missing signature, 415 for a body that is no form: nobody signs its fields then."""
    if request.method == "POST" and request.mimetype != FORM:
        return Response("a form is expected", 415)
    if context().signature.webhook(_path_and_query(), request.form, request.headers.get("X-Twilio-Signature")):
        return None
    REFUSED.labels("webhook").inc()
    log.warning("webhook_refused", path=request.path)
    return Response("signature missing or wrong", 403)


def _path_and_query() -> str:
    """As it was sent: Flask's own ``url`` is decoded and encoded again, and then signs differently."""
    raw = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI")
    if raw:
        return str(raw)
    query = request.query_string.decode("latin-1")
    return request.path + (f"?{query}" if query else "")
