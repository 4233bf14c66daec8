"""Voice webhooks: Twilio asks what to do with a call and gets TwiML, whatever happens here."""

import time
from collections.abc import Callable

import structlog
from flask import Blueprint, Response, g, request

from ivr.calls import Answer, UnknownCallError
from ivr.dialog.events import CallEvent, Heard, NoInput, keyed
from ivr.metrics import DEGRADED, WEBHOOK_SECONDS
from ivr.store.line import Place
from ivr.telephony.line_twiml import wait_address
from ivr.telephony.twiml import Queue, empty_response, render_answer, render_trouble
from ivr.web.context import context
from ivr.web.signed import require_signature
from ivr.web.webhook import BadRequestError, call_sid, number, pressed, token, twiml

log = structlog.get_logger(__name__)
voice = Blueprint("voice", __name__, url_prefix="/voice")
voice.before_request(require_signature)

ANSWERED = frozenset({"completed", "answered"})


@voice.post("/incoming")
def incoming() -> Response:
    """The number's webhook: a caller is there."""
    form = request.form
    return answer(lambda: context().calls.begin(call_sid(), form.get("From", ""), form.get("To", ""), token()))


@voice.post("/step")
def step() -> Response:
    """Keys, or the lack of them, at a question of the keypad path."""
    return answer(lambda: context().calls.step(call_sid(), number("s"), _event(), token()))


@voice.post("/next")
def after_stream() -> Response:
    """The media stream has ended."""
    return answer(lambda: context().calls.after_stream(call_sid(), number("n"), token()))


@voice.post("/dialed")
def dialed() -> Response:
    """The operators' line was tried."""
    outcome = "answered" if request.form.get("DialCallStatus") in ANSWERED else "unanswered"
    return answer(lambda: context().calls.transferred(call_sid(), number("s"), outcome, token()))


@voice.post("/fallback")
def fallback() -> Response:
    """Our answer to another webhook could not be had or used: go on from where the call stands."""
    log.error("fallback", call_sid=request.form.get("CallSid"), code=request.form.get("ErrorCode"))
    DEGRADED.labels("fallback").inc()
    return answer(lambda: context().calls.begin(call_sid(), request.form.get("From", ""), "", token()))


@voice.post("/status")
def status() -> Response:
    """How the call itself fares."""
    sequence = request.form.get("SequenceNumber", "")
    order = int(sequence) if sequence.isdecimal() else None
    context().calls.status(call_sid(), request.form.get("CallStatus", ""), order)
    return twiml(empty_response())


def answer(work: Callable[[], Answer]) -> Response:
    """TwiML for what ``work`` decides; an apology and the operators' line where it cannot."""
    try:
        found = work()
    except (BadRequestError, UnknownCallError):
        raise
    except Exception:
        return _trouble()
    queue = queue_of(found.place) if found.place else None
    return twiml(render_answer(found.reply, context().telephony, found.stream_token, found.stream_serial, queue))


def queue_of(place: Place) -> Queue | None:
    """Where a caller waits for an operator; None where the place is no longer one of a caller on hold."""
    return Queue(place.queue, wait_address(place.number, 0)) if place.queue else None


def _trouble() -> Response:
    """The database is down, or there is a defect: the caller reaches a person all the same."""
    log.exception("webhook_in_trouble", call_sid=request.form.get("CallSid"))
    DEGRADED.labels("operators_line").inc()
    hotline, telephony = context().hotline, context().telephony
    timeout = hotline.operators_timeout_seconds
    return twiml(render_trouble(context().apology, hotline.operators_line, timeout, telephony.voice))


@voice.errorhandler(UnknownCallError)
def _start_anew(_: UnknownCallError) -> Response:
    """A call that never began here, say after a restored backup: it begins now."""
    form = request.form
    return answer(lambda: context().calls.begin(call_sid(), form.get("From", ""), form.get("To", ""), None))


@voice.errorhandler(BadRequestError)
def _refuse(error: BadRequestError) -> Response:
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


def _event() -> CallEvent:
    """Digits that are missing and digits that are empty mean the same: nobody pressed a key."""
    digits = pressed()
    return Heard(keyed(digits)) if digits else NoInput()
