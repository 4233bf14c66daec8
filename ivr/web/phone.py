"""The phone page: a browser is the telephone. Served only where no Twilio account is set."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template
from flask import Response as Answer
from werkzeug.wrappers import Response

from ivr.saved_calls import CallNotSavedError, SavingBusyError
from ivr.web.context import context
from ivr.web.own_page import from_own_page

phone = Blueprint("phone", __name__)
phone.before_request(from_own_page)

LINE_PATH = "/exchange/line"
"""The WebSocket of the local exchange that the page speaks to."""


@phone.get("/")
def home() -> Response:
    return redirect("/phone")


@phone.get("/phone")
def page() -> str:
    hotline = context().hotline
    return render_template(
        "phone.html",
        hotline_number_shown=hotline.hotline_number_shown,
        brand=hotline.brand,
        sms_number=hotline.sms_number,
        line_url=LINE_PATH,
        trial=context().trial_card(),
        recorder=context().recorder is not None,
    )


@phone.post("/phone/calls/<sid>/save")
def save(sid: str) -> Answer:
    """The call as a scenario with its recordings, to be downloaded."""
    try:
        return Answer(context().save_call(sid), mimetype="application/zip")
    except SavingBusyError as error:
        return Answer(str(error), HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain")
    except CallNotSavedError as error:
        return Answer(str(error), HTTPStatus.CONFLICT, mimetype="text/plain")
