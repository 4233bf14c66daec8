"""The desk's page, and the parts of it that are fetched anew when something has happened."""

from datetime import datetime
from http import HTTPStatus
from typing import cast

from flask import Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from ivr.store.desk_reads import answered_since
from ivr.store.operators import Chosen, Operator
from ivr.web.context import context
from ivr.web.desk.auth import me, me_again, require_role
from ivr.web.desk.blueprint import desk
from ivr.web.desk.now import own_call, read_now, screen_of
from ivr.web.desk.shown import read_board

CHOSEN = ("ready", "pause", "off")
"""Statuses that a person chooses; the others come by themselves."""


@desk.get("")
@require_role("operator")
def home() -> ResponseReturnValue:
    """The whole page."""
    return render_template("desk/home.html", page="desk", board=read_board(context().desk), **parts_of(me()))


@desk.get("/now")
@require_role("operator")
def now() -> ResponseReturnValue:
    """What changes with the operator's call."""
    return changed(me())


@desk.get("/queue")
@require_role("operator")
def queue() -> ResponseReturnValue:
    """Who waits: for pages whose stream of events does not come through."""
    return render_template("desk/queue.html", board=read_board(context().desk))


@desk.post("/status")
@require_role("operator")
def set_status() -> ResponseReturnValue:
    chosen = request.form.get("status", "")
    if chosen not in CHOSEN:
        return "no such status", HTTPStatus.BAD_REQUEST
    done = context().desk.line.set_status(me(), cast(Chosen, chosen))
    return changed(me_again(), "" if done else "busy")


@desk.post("/seen")
@require_role("operator")
def seen() -> ResponseReturnValue:
    """The page is open."""
    context().desk.line.seen(me().name)
    return "", HTTPStatus.NO_CONTENT


@desk.get("/token")
@require_role("operator")
def token() -> ResponseReturnValue:
    """What makes this browser a telephone of Twilio's."""
    tokens = context().desk.voice_tokens
    if tokens is None:
        return jsonify(error="no API key is set"), HTTPStatus.NOT_FOUND
    return jsonify(token=tokens.token(me().name))


@desk.get("/call/<int:number>/transcript")
@require_role("operator")
def transcript(number: int) -> ResponseReturnValue:
    """Lines behind ``after``: for pages whose stream of events does not come through."""
    place = own_call(me(), number)
    if place is None:
        return "", HTTPStatus.NOT_FOUND
    lines = context().desk.case.transcript(place.call_sid, request.args.get("after", 0, int))
    return render_template("desk/lines.html", lines=lines)


@desk.get("/call/<int:number>/clip/<field>")
@require_role("operator")
def clip(number: int, field: str) -> ResponseReturnValue:
    """The sound behind an answer, as WAV."""
    place = own_call(me(), number)
    sound = context().desk.case.clip_wav(place.call_sid, field) if place else None
    return Response(sound, mimetype="audio/wav") if sound else ("", HTTPStatus.NOT_FOUND)


def changed(operator: Operator, notice: str = "") -> ResponseReturnValue:
    """The parts of the page as they are now. ``notice`` names a text of the page's template."""
    shown_key = request.values.get("key", "")
    return render_template("desk/now.html", shown_key=shown_key, notice=notice, **parts_of(operator))


def parts_of(operator: Operator) -> dict[str, object]:
    """What the page's templates show of an operator's call."""
    current = read_now(operator)
    return {
        "operator": operator,
        "at": context().desk.clock.now(),
        "now": current,
        "screen": screen_of(current),
        "groups": context().desk.dispositions,
        "titles": context().desk.titles,
        "rules": context().hotline.line,
        "today": _today(operator) if current.phase == "idle" else 0,
        "voice": context().desk.voice if operator.device == "browser" else "phone",
    }


def _today(operator: Operator) -> int:
    parts = context().desk
    day = parts.clock.now().astimezone(parts.zone).date()
    with parts.db.reading() as conn:
        return answered_since(conn, operator.name, datetime(day.year, day.month, day.day, tzinfo=parts.zone))
