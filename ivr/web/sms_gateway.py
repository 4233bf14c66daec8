"""What an aggregator with a short number brings: messages, and what became of ours; see docs/sms-gateway.yaml."""

from typing import Annotated, TypeVar

import structlog
from flask import Blueprint, Response, request
from pydantic import BaseModel, Field, ValidationError

from ivr.inbox import Text
from ivr.metrics import REFUSED
from ivr.telephony.sms_gateway import Status
from ivr.web.context import context

sms_gateway = Blueprint("sms_gateway", __name__, url_prefix="/sms/gateway")
log = structlog.get_logger(__name__)

SIGNATURE = "X-Sms-Signature"
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,56}$")]
"""Of a message, given by the aggregator."""


class Arrived(BaseModel):
    """A message to the short number."""

    id: Name
    sender: str = Field(alias="from", min_length=1, max_length=20)
    to: str = Field(min_length=1, max_length=20)
    text: str = Field(max_length=2000)
    timestamp: int


class Reported(BaseModel):
    """What became of a message of ours."""

    reference: str = Field(pattern=r"^[0-9a-f]{32}$")
    id: Name
    status: Status
    error: str | None = Field(None, pattern=r"^[A-Za-z0-9._-]{1,32}$")
    timestamp: int


M = TypeVar("M", Arrived, Reported)


@sms_gateway.before_request
def require_gateway() -> Response | None:
    """404 where no gateway is set, 415 for what is no JSON, 401 for a wrong or missing signature."""
    gateway = context().gateway
    if gateway is None:
        return Response("no gateway is set", 404)
    if request.mimetype != "application/json":
        return Response("JSON is expected", 415)
    return None if gateway.is_signed(request.get_data(), request.headers.get(SIGNATURE)) else _refused("signature")


@sms_gateway.post("")
def arrived() -> Response:
    """A message. 204 once it is stored; anything else: bring it again."""
    read = _read(Arrived)
    if isinstance(read, Response):
        return read
    context().inbox.take(Text(f"gateway.{read.id}", _e164(read.sender), read.text))
    return Response(status=204)


@sms_gateway.post("/status")
def reported() -> Response:
    """A delivery report."""
    read = _read(Reported)
    if isinstance(read, Response):
        return read
    context().note_sms_status(read.reference, read.id, read.status, read.error)
    return Response(status=204)


def _read(kind: type[M]) -> M | Response:
    gateway = context().gateway
    assert gateway is not None, "require_gateway has answered"
    try:
        read = kind.model_validate_json(request.get_data())
    except ValidationError as error:
        fields = ", ".join(sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]})) or "the body"
        return Response(f"malformed: {fields}", 400)
    return read if gateway.is_fresh(read.timestamp) else _refused("timestamp")


def _refused(why: str) -> Response:
    REFUSED.labels("webhook").inc()
    log.warning("gateway_refused", path=request.path, why=why)
    return Response(f"{why} missing or wrong", 401)


def _e164(sender: str) -> str:
    """Aggregators write numbers without the plus; short numbers and names stay as they are."""
    return f"+{sender}" if sender.isascii() and sender.isdecimal() and len(sender) > len("79161234567") - 1 else sender
