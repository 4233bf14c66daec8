"""Webhooks of the calls to operators, and to people who are called back: a whisper, a key, and who is bridged.

Nobody is bridged without a key: an answering machine presses none. In trouble the leg of an operator or of a called
person ends; the caller on hold hears nothing of it.
"""

from collections.abc import Callable

import structlog
from flask import Response, request

from ivr.dialog.commands import Say
from ivr.dialog.events import said
from ivr.dialog.forms import Complete
from ivr.line.desk import Accepted
from ivr.media.prompts import same_words
from ivr.metrics import DEGRADED
from ivr.store.calls import load_call
from ivr.store.line import Place
from ivr.telephony.line_twiml import (
    render_bridge,
    render_call_back,
    render_called,
    render_goodbye,
    render_whisper,
)
from ivr.telephony.twiml import empty_response
from ivr.web.context import context
from ivr.web.voice import voice
from ivr.web.webhook import call_sid, offer_id, pressed, twiml

log = structlog.get_logger(__name__)

YES, NO = "1", "2"
UNTAKEN = {"busy": "unanswered", "no-answer": "unanswered", "failed": "failed", "canceled": "failed"}
"""How a call to an operator ended that nobody answered, and what that makes of the offer."""
MINUTE_SECONDS = 60


# -- operators --------------------------------------------------------------------------------------------------------


@voice.post("/operator/whisper")
def whisper() -> Response:
    """The operator has picked up: who calls, and the key that takes the call."""
    offer = offer_id()
    return _safely(lambda: _whisper(offer, call_sid()))


@voice.post("/operator/key")
def operator_key() -> Response:
    """1 takes the call, another key declines it, no key is no answer."""
    offer, keys = offer_id(), pressed()
    if keys == YES:
        return _safely(lambda: _take(offer))
    return _safely(lambda: _decline(offer, declined=bool(keys)))


@voice.post("/operator/done")
def done() -> Response:
    """The operator's leg comes out of the bridge, or nobody was there to be bridged with."""
    offer = offer_id()
    return _safely(lambda: _over(offer))


@voice.post("/operator/status")
def operator_status() -> Response:
    """How the call to the operator fares."""
    offer, status = offer_id(), request.form.get("CallStatus", "")
    line = context().line.line
    if status in UNTAKEN:
        line.decline(offer, "failed" if UNTAKEN[status] == "failed" else "unanswered")
    elif status == "completed":
        line.leg_over(offer)
    else:
        line.leg_of(offer, call_sid())
    return twiml(empty_response())


def _whisper(offer: str, leg: str) -> str:
    line, words, phone = context().line.line, context().line.words, context().line.phone
    found = line.offer_place(offer) if line.leg_of(offer, leg) else None
    if found is None or found[0].state != "ringing":
        return render_goodbye(phone, words.prompt("too_late"))
    return render_whisper(phone, _introduction(found[1]), words.prompt("accept"), offer)


def _introduction(place: Place) -> list[Say]:
    """What it is about, how long the person waits, and whether a code has proven whose card it is."""
    words, titles = context().line.words, context().line.titles
    title = titles.get(place.category or "")
    told = words.category(place.category or "", title) if title else words.prompt("no_category")
    proven = words.prompt("verified" if _verified(place.call_sid) else "unverified")
    if place.kind == "call_back":
        return [words.prompt("call_back"), told, proven]
    waited = context().desk.clock.now() - place.joined_at
    return [told, words.waited(int(waited.total_seconds()) // MINUTE_SECONDS), proven]


def _verified(sid: str) -> bool:
    with context().desk.db.reading() as conn:
        row = load_call(conn, sid, lock=False)
    facts = row.state.get("facts", {}) if row else {}
    return bool(facts.get("verified"))


def _take(offer: str) -> str:
    accepted = context().line.line.accept(offer)
    if accepted is None:
        return render_goodbye(context().line.phone, context().line.words.prompt("too_late"))
    return _joined(offer, accepted)


def _joined(offer: str, accepted: Accepted) -> str:
    place, phone = accepted.place, context().line.phone
    if accepted.mode == "queue" and place.queue:
        return render_bridge(place.queue, place.number, offer)
    return render_call_back(phone, context().line.words.prompt("calling"), place.phone, offer)


def _decline(offer: str, *, declined: bool) -> str:
    context().line.line.decline(offer, "declined" if declined else "unanswered")
    return render_goodbye(context().line.phone)


def _over(offer: str) -> str:
    context().line.line.leg_over(offer)
    return render_goodbye(context().line.phone)


# -- people who are called back ---------------------------------------------------------------------------------------


@voice.post("/call_back/whisper")
def called() -> Response:
    """The person has picked up: who is it, and one key to talk."""
    offer, words = offer_id(), context().line.words
    return twiml(render_called(context().line.phone, [words.prompt("called"), words.prompt("called_again")], offer))


@voice.post("/call_back/key")
def called_key() -> Response:
    """1, or yes, joins the operator; 2, or no, calls the promise off; nothing leaves it as it is."""
    offer, answer = offer_id(), _answer()
    if answer == YES:
        return _safely(lambda: _talk(offer))
    return _safely(lambda: _called_off(offer) if answer == NO else render_goodbye(context().line.phone))


def _answer() -> str:
    speech = same_words(request.form.get("SpeechResult", ""))
    reading = context().line.yes_no.read(said(speech)) if speech else None
    if isinstance(reading, Complete):
        return YES if reading.values[0] == "yes" else NO
    return pressed()


def _talk(offer: str) -> str:
    """A document that ends goes on with the bridge."""
    line = context().line.line
    found = line.offer_place(offer)
    if found is not None and line.talking(found[1].number):
        return empty_response()
    return render_goodbye(context().line.phone)


def _called_off(offer: str) -> str:
    line, parts = context().line.line, context().line
    found = line.offer_place(offer)
    if found is not None:
        line.cancel(found[1].phone)
    return render_goodbye(parts.phone, parts.words.prompt("cancelled"))


def _safely(work: Callable[[], str]) -> Response:
    """In trouble this leg ends, and the place in the line stays."""
    try:
        return twiml(work())
    except Exception:
        log.exception("operator_leg_in_trouble")
        DEGRADED.labels("operator_leg").inc()
        return twiml(render_goodbye(context().line.phone))
