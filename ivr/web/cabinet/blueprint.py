"""The blueprint that all views of the cabinet hang on, and what its pages tell the browser."""

from http import HTTPStatus
from typing import TypeVar

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from ivr.errors import LoyaltyUnavailable
from ivr.store.db import StoreError
from ivr.web.context import context
from ivr.web.desk.auth import SAFE, csrf
from ivr.web.desk.headers import HEADERS

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""No page of the cabinet has a script."""

_log = structlog.get_logger(__name__)
Answer = TypeVar("Answer", bound=Response)

cabinet = Blueprint("cabinet", __name__, url_prefix="/cabinet")


@cabinet.after_request
def harden(response: Answer) -> Answer:
    """Nothing is kept, nothing is framed, nothing is run."""
    response.headers.update(HEADERS)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Permissions-Policy"] = "microphone=(), camera=(), geolocation=()"
    return response


@cabinet.before_request
def check_token() -> None:
    """A POST needs the token of a page of ours."""
    if request.method not in SAFE:
        csrf.protect()


@cabinet.errorhandler(CSRFError)
def no_token(_: CSRFError) -> ResponseReturnValue:
    """The page was open for longer than the browser kept its cookie."""
    return redirect(url_for("cabinet.home", notice="again"), HTTPStatus.SEE_OTHER)


@cabinet.errorhandler(LoyaltyUnavailable)
def base_away(_: LoyaltyUnavailable) -> ResponseReturnValue:
    """Nothing is known of the card that the page is about."""
    return _trouble()


@cabinet.errorhandler(StoreError)
def out_of_order(_: StoreError) -> ResponseReturnValue:
    """Nothing was kept. Who is signed in is not asked, for that is in the database."""
    _log.exception("store_failed", path=request.path)
    return _trouble()


def _trouble() -> ResponseReturnValue:
    hotline = context().hotline
    page = render_template("cabinet/trouble.html", brand=hotline.brand, hotline=hotline, visit=None, faults={})
    return page, HTTPStatus.SERVICE_UNAVAILABLE
