"""The phone page: a browser is the telephone. Served only where no Twilio account is set."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from ivr.web.context import context

phone = Blueprint("phone", __name__)

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
    )
