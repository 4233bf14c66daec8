"""Webhooks of callers in the line to the operators: music, announcements, keys and words, and the end of it.

The line decides (``ivr.line``); here its decisions become TwiML. Twilio may ask twice, late or out of order: each verb
of the line may be repeated, and an answer that comes too late leads nobody astray.
"""

from collections.abc import Callable

import structlog
from flask import Response, request

from ivr.dialog.commands import Say
from ivr.dialog.events import keyed, said
from ivr.dialog.forms import Complete
from ivr.line.desk import Waiting
from ivr.media.prompts import same_words
from ivr.metrics import DEGRADED
from ivr.telephony.line_twiml import (
    render_leave,
    render_music,
    render_next_round,
    render_round,
    render_say,
    wait_address,
)
from ivr.telephony.twiml import empty_response
from ivr.web.context import context
from ivr.web.voice import answer, voice
from ivr.web.webhook import call_sid, number, pressed, token, twiml

log = structlog.get_logger(__name__)

TALKED = frozenset({"bridged", "error", "system-error"})
"""An operator who leaves while the two are being joined makes an error of it: like a talk that broke off."""
FULL = "queue-full"
"""The caller never was on hold, and gets an offer of a call back instead."""
GONE = frozenset({"hangup", "bridging-in-process"})
OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
"""States of a call that is no more."""
TIP_ROUNDS = 2
"""A tip in every second round: music alone between."""
REMIND_ROUNDS = 6
"""How often, in rounds of some twenty seconds, who waits is told again how to leave the line."""
LONGEST_SPEECH = 500


@voice.post("/line/wait")
def wait() -> Response:
    """What is played on hold: asked for again and again, each time a sign that the caller is still there."""
    place, round_number = number("p"), number("r")
    return _kept(place, round_number, lambda sid: _round(sid, round_number, all_told=round_number == 0))


@voice.post("/line/key")
def key() -> Response:
    """A key or a word on hold."""
    place, round_number = number("p"), number("r")
    wish, said_something = _wish(), bool(pressed())
    if wish in ("call_back", "menu"):
        return _kept(place, round_number, lambda sid: _leave(sid, wish, round_number))
    if wish is None and not said_something:
        return twiml(render_next_round(place, round_number))
    return _kept(place, round_number, lambda sid: _round(sid, round_number, all_told=True))


@voice.post("/line/left")
def left() -> Response:
    """The action of the Enqueue: bridged and done, left by a key, hung up, or never waited."""
    result, sid, step = request.form.get("QueueResult", ""), call_sid(), number("s")
    if result in GONE or request.form.get("CallStatus") in OVER:
        context().line.line.left(sid)
        return twiml(empty_response())
    if result == FULL:
        log.error("queue_refused", call_sid=sid, result=result)
        return answer(lambda: context().calls.transferred(sid, step, "full", token()))
    return answer(lambda: context().calls.left_queue(sid, step, bridged=result in TALKED, token=token()))


@voice.post("/line/joining")
def joining() -> Response:
    """The caller hears this, then the operator."""
    context().line.line.talking(number("p"))
    return twiml(render_say(context().line.phone, context().line.words.prompt("joining")))


def _round(sid: str, round_number: int, *, all_told: bool) -> str:
    waiting = context().line.line.on_hold(sid)
    if waiting is None:
        return render_leave()
    says = _told(waiting, round_number, all_told=all_told)
    return render_round(context().line.phone, says, waiting.place.number, round_number)


def _told(waiting: Waiting, round_number: int, *, all_told: bool) -> list[Say]:
    """The place where it has changed, all of it at first and where it was asked for, else a tip."""
    words = context().line.words
    if not all_told and not waiting.changed:
        return [_tip(round_number)] if round_number % TIP_ROUNDS == 0 else []
    says = [words.position(waiting.position), *(words.minutes(*waiting.range) if waiting.range else ())]
    if all_told and waiting.quieter:
        says.append(words.quieter(waiting.quieter.at.astimezone(context().desk.zone).hour))
    return [*says, words.prompt("how_to_leave")] if all_told else says


def _tip(round_number: int) -> Say:
    words = context().line.words
    if round_number % REMIND_ROUNDS == 0:
        return words.prompt("how_to_leave")
    return words.tip(round_number // TIP_ROUNDS)


def _leave(sid: str, wish: str, round_number: int) -> str:
    """Out of the queue; who is being bridged at this very moment stays, for the operator is there."""
    if context().line.line.step_aside(sid, "call_back" if wish == "call_back" else "menu"):
        return render_leave()
    return _round(sid, round_number, all_told=False)


def _wish() -> str | None:
    """What a key or words ask for; None: nothing that is known here."""
    keys, speech = pressed(), same_words(request.form.get("SpeechResult", "")[:LONGEST_SPEECH])
    if not keys and not speech:
        return None
    reading = context().line.words.waiting.words.read(keyed(keys) if keys else said(speech))
    return reading.values[0] if isinstance(reading, Complete) else None


def _kept(place: int, round_number: int, work: Callable[[str], str]) -> Response:
    """A caller on hold stays there also while the database cannot be asked."""
    sid = call_sid()
    try:
        return twiml(work(sid))
    except Exception:
        log.exception("line_in_trouble", call_sid=sid)
        DEGRADED.labels("music").inc()
        return twiml(render_music(context().line.phone, wait_address(place, round_number)))
