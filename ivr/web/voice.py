"""Voice webhooks: Twilio asks what to do with a call and gets TwiML, whatever happens here."""

import time
from collections.abc import Callable

import structlog
from flask import Blueprint, Response, g, request

from ivr.calls import Answer, UnknownCallError
from ivr.dialog.events import CallEvent, Heard, NoInput, keyed
from ivr.metrics import DEGRADED, WEBHOOK_SECONDS
from ivr.telephony.twiml import empty_response, render_answer, render_trouble
from ivr.web.context import context
from ivr.web.signed import require_signature

log = structlog.get_logger(__name__)
voice = Blueprint("voice", __name__, url_prefix="/voice")
voice.before_request(require_signature)

KEYS = frozenset("0123456789*#")
ANSWERED = frozenset({"completed", "answered"})


@voice.post("/incoming")
def incoming() -> Response:
    """The number's webhook: a caller is there."""
    form = request.form
    return _answer(lambda: context().calls.begin(_sid(), form.get("From", ""), form.get("To", ""), _token()))


@voice.post("/step")
def step() -> Response:
    """Keys, or the lack of them, at a question of the keypad path."""
    return _answer(lambda: context().calls.step(_sid(), _number("s"), _event(), _token()))


@voice.post("/next")
def after_stream() -> Response:
    """The media stream has ended."""
    return _answer(lambda: context().calls.after_stream(_sid(), _number("n"), _token()))


@voice.post("/dialed")
def dialed() -> Response:
    """The operators' line was tried."""
    answered = request.form.get("DialCallStatus") in ANSWERED
    return _answer(lambda: context().calls.transferred(_sid(), _number("s"), answered=answered, token=_token()))


@voice.post("/fallback")
def fallback() -> Response:
    """Our answer to another webhook could not be had or used: go on from where the call stands."""
    log.error("fallback", call_sid=request.form.get("CallSid"), code=request.form.get("ErrorCode"))
    DEGRADED.labels("fallback").inc()
    return _answer(lambda: context().calls.begin(_sid(), request.form.get("From", ""), "", _token()))


@voice.post("/status")
def status() -> Response:
    """How the call itself fares."""
    sequence = request.form.get("SequenceNumber", "")
    number = int(sequence) if sequence.isdecimal() else None
    context().calls.status(_sid(), request.form.get("CallStatus", ""), number)
    return _twiml(empty_response())


class _BadRequestError(Exception):
    """A signed request that lacks what it must have."""


def _answer(work: Callable[[], Answer]) -> Response:
    """TwiML for what ``work`` decides; an apology and the operators' line where it cannot."""
    try:
        answer = work()
    except (_BadRequestError, UnknownCallError):
        raise
    except Exception:
        return _trouble()
    return _twiml(render_answer(answer.reply, context().telephony, answer.stream_token, answer.stream_serial))


def _trouble() -> Response:
    """The database is down, or there is a defect: the caller reaches a person all the same."""
    log.exception("webhook_in_trouble", call_sid=request.form.get("CallSid"))
    DEGRADED.labels("operators_line").inc()
    hotline, telephony = context().hotline, context().telephony
    timeout = hotline.operators_timeout_seconds
    return _twiml(render_trouble(context().apology, hotline.operators_line, timeout, telephony.voice))


@voice.errorhandler(UnknownCallError)
def _start_anew(_: UnknownCallError) -> Response:
    """A call that never began here, say after a restored backup: it begins now."""
    form = request.form
    return _answer(lambda: context().calls.begin(_sid(), form.get("From", ""), form.get("To", ""), None))


@voice.errorhandler(_BadRequestError)
def _refuse(error: _BadRequestError) -> Response:
    return Response(str(error), 400)


@voice.before_request
def _start_watch() -> None:
    g.started = time.perf_counter()


@voice.after_request
def _stop_watch(response: Response) -> Response:
    if "started" in g:
        WEBHOOK_SECONDS.labels(request.endpoint or "none").observe(time.perf_counter() - g.started)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sid() -> str:
    sid = request.form.get("CallSid", "")
    if not 0 < len(sid) <= 64 or not sid.isalnum():
        raise _BadRequestError("CallSid is missing or malformed")
    return sid


def _number(name: str) -> int:
    text = request.args.get(name, "")
    if not text.isdecimal() or len(text) > 9:
        raise _BadRequestError(f"{name} must be a number")
    return int(text)


def _event() -> CallEvent:
    """Digits that are missing and digits that are empty mean the same: nobody pressed a key."""
    digits = request.form.get("Digits", "")
    if not set(digits) <= KEYS or len(digits) > 64:
        raise _BadRequestError("Digits must be telephone keys")
    return Heard(keyed(digits)) if digits else NoInput()


def _token() -> str | None:
    token = request.headers.get("I-Twilio-Idempotency-Token")
    return token[:100] if token else None


def _twiml(text: str) -> Response:
    return Response(text, mimetype="text/xml")
