"""Supervisors' pages under ``/reports``: the wallboard, reports of some days, their charts and files."""

from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO

from flask import Blueprint, render_template, request, send_file, session
from flask.typing import ResponseReturnValue

from ivr.errors import PeriodError
from ivr.reports.pages import CHARTS, PAGES, TABLES
from ivr.reports.period import Period
from ivr.reports.service import Reports
from ivr.reports.shown import shown_cell, shown_figure
from ivr.reports.tables import write_csv
from ivr.web.context import context
from ivr.web.desk.auth import ROLES, holder, me, require_role, to_sign_in
from ivr.web.desk.headers import harden

reports = Blueprint("reports", __name__, url_prefix="/reports")
reports.after_request(harden)


def _one_of(names: Iterable[str]) -> str:
    return f"any({', '.join(names)})"


@reports.get("")
@require_role("supervisor")
def wallboard() -> ResponseReturnValue:
    """What is going on now; the page fetches its figures anew every two seconds."""
    board = _reports().wallboard()
    metrics = dict.fromkeys(figure.metric for group in board.groups for figure in group.figures)
    return _render("reports/wallboard.html", page="wallboard", board=board, metrics=list(metrics))


@reports.get("/board")
def board() -> ResponseReturnValue:
    """The wallboard's figures alone. They go on when the session has been idle: a screen on the wall is not worked at.

    Nothing else opens by it, and the session still ends after its longest time.
    """
    now = context().desk.clock.now()
    with context().desk.db.reading() as conn:
        watcher = holder(conn, {**session, "used": now.timestamp()}, now)
    if watcher is None or watcher.role not in ROLES["supervisor"]:
        return to_sign_in()
    return _render("reports/board.html", board=_reports().wallboard())


@reports.get(f"/<{_one_of(PAGES)}:name>")
@require_role("supervisor")
def page(name: str) -> ResponseReturnValue:
    """One report. Days that cannot be are told on the page."""
    try:
        period, status = _period(), HTTPStatus.OK
    except PeriodError:
        period, status = _reports().period(), HTTPStatus.BAD_REQUEST
    if status is not HTTPStatus.OK:
        return _render("reports/page.html", page=name, period=period, groups=(), tables=(), bad_period=True), status
    shown = PAGES[name]
    tables = [_reports().table(table, period) for table in shown.tables]
    groups = _reports().groups(name, period)
    return _render("reports/page.html", page=name, period=period, groups=groups, tables=tables, shown=shown)


@reports.get(f"/<{_one_of(TABLES)}:name>.csv")
@require_role("supervisor")
def table(name: str) -> ResponseReturnValue:
    """A table as a file for a spreadsheet."""
    try:
        period = _period()
    except PeriodError as error:
        return str(error), HTTPStatus.BAD_REQUEST
    file = f"{name}_{period.first}_{period.last}.csv"
    written = write_csv(_reports().table(name, period), _reports().words)
    return send_file(BytesIO(written), "text/csv; charset=utf-8", as_attachment=True, download_name=file)


@reports.get(f"/chart/<{_one_of(CHARTS)}:name>.png")
@require_role("supervisor")
def chart(name: str) -> ResponseReturnValue:
    """A chart as a picture."""
    try:
        period = _period()
    except PeriodError as error:
        return str(error), HTTPStatus.BAD_REQUEST
    return send_file(BytesIO(_reports().chart(name, period)), "image/png")


def _reports() -> Reports:
    return context().reports


def _period() -> Period:
    return _reports().period(request.args.get("from", ""), request.args.get("to", ""))


def _render(template: str, **values: object) -> str:
    ways = {"shown_figure": shown_figure, "shown_cell": shown_cell, "words": _reports().words, "zone": _reports().zone}
    if template != "reports/board.html":
        ways["operator"] = me()
    return render_template(template, **ways, **values)
