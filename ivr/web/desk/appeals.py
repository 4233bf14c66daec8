"""Appeals: what is open, when it is due, and its answer."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import cast

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.utils import redirect

from ivr.errors import RecordError
from ivr.store.appeals import Status, find_appeal, list_appeals
from ivr.store.desk_actions import DeskAction, add_desk_action
from ivr.store.incidents import list_incidents
from ivr.web.context import context
from ivr.web.desk.auth import me, require_role
from ivr.web.desk.blueprint import desk

STATUSES = ("open", "answered", "closed")
SOON = timedelta(hours=24)
"""An appeal is marked so long before its answer is due."""
MOST_SHOWN = 500
LONGEST_ANSWER = 500
"""Letters. It goes out by SMS, eight parts at most."""


@desk.get("/appeals")
@require_role("operator")
def appeals() -> ResponseReturnValue:
    """Appeals of a status, the soonest due first; merged ones stand with the one they follow."""
    wanted = request.args.get("status", "open")
    status = cast(Status, wanted if wanted in STATUSES else "open")
    parts = context().desk
    with parts.db.reading() as conn:
        found = list_appeals(conn, status=status, newest=MOST_SHOWN)
        outages = {one.number: one for one in list_incidents(conn)}
    heads = sorted((one for one in found if one.parent is None), key=lambda one: one.due_at)
    followers = {head.number: [one for one in found if one.parent == head.number] for head in heads}
    return render_template(
        "desk/appeals.html",
        page="appeals",
        operator=me(),
        status=status,
        appeals=heads,
        followers=followers,
        outages=outages,
        titles=parts.titles,
        now=parts.clock.now(),
        soon=SOON,
        fault=request.args.get("fault", ""),
    )


@desk.get("/appeals/<number>")
@require_role("operator")
def appeal(number: str) -> ResponseReturnValue:
    return _page(number)


@desk.post("/appeals/<number>/answer")
@require_role("operator")
def answer(number: str) -> ResponseReturnValue:
    """Answer by SMS; those merged into it are answered too."""
    text = " ".join(request.form.get("answer", "").split())
    if not 0 < len(text) <= LONGEST_ANSWER:
        return _page(number, "answer", text)
    return _changed(number, "answer_appeal", lambda conn: context().desk.appeals.answer(conn, number, text))


@desk.post("/appeals/<number>/close")
@require_role("operator")
def close(number: str) -> ResponseReturnValue:
    return _changed(number, "close_appeal", lambda conn: context().desk.appeals.close(conn, number))


@desk.post("/appeals/<number>/reopen")
@require_role("operator")
def reopen(number: str) -> ResponseReturnValue:
    return _changed(number, "reopen_appeal", lambda conn: context().desk.appeals.reopen(conn, number))


@desk.post("/appeals/<number>/merge")
@require_role("operator")
def merge(number: str) -> ResponseReturnValue:
    """Let it share the fate of another appeal."""
    into = "".join(request.form.get("into", "").split())
    return _changed(number, "merge_appeal", lambda conn: context().desk.appeals.merge(conn, number, into))


def _changed(number: str, kind: str, change: Callable[[Connection], object]) -> ResponseReturnValue:
    """Do it, write down who did, promise its SMS, and show the appeal; say so where it cannot be done."""
    parts = context().desk
    try:
        with parts.db.transaction() as conn:
            promised = change(conn)
            _write_down(conn, number, kind)
    except RecordError:
        return _page(number, "refused")
    for outbox_id in promised if isinstance(promised, list) else ():
        parts.deliver_soon(outbox_id)
    return redirect(url_for("desk.appeal", number=number), HTTPStatus.SEE_OTHER)


def _write_down(conn: Connection, number: str, kind: str) -> None:
    changed = find_appeal(conn, number)
    if changed is not None:
        at, sid = context().desk.clock.now(), changed.call_sid
        add_desk_action(conn, DeskAction(at, me().name, sid, kind, "done", {"appeal": number}))


def _page(number: str, fault: str = "", typed: str = "") -> ResponseReturnValue:
    parts = context().desk
    with parts.db.reading() as conn:
        found = find_appeal(conn, number)
        if found is None:
            return render_template("desk/no_appeal.html", page="appeals", operator=me()), HTTPStatus.NOT_FOUND
        known = parts.appeals.of_phone(conn, found.phone)
        followers = list_appeals(conn, parent=number)
        outage = next((one for one in list_incidents(conn) if one.number == found.incident), None)
    page = render_template(
        "desk/appeal.html",
        page="appeals",
        operator=me(),
        appeal=found,
        siblings=[one for one in known if one.number != number],
        followers=followers,
        outage=outage,
        titles=parts.titles,
        now=parts.clock.now(),
        fault=fault,
        typed=typed,
        longest=LONGEST_ANSWER,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
