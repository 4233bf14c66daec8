"""Whose request this is, and the cabinet's cookies: the visit's token, and what waits for a code or a yes."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec, TypedDict, cast

from flask import Response, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.cabinet.service import Cabinet
from ivr.cabinet.visit import STEP_LIFE, Step, Visit
from ivr.web.context import context

VISIT_COOKIE = "cabinet"
STEP_COOKIE = "cabinet-step"
CHANGE_COOKIE, OFFER_COOKIE = "cabinet-change", "cabinet-offer"
"""What a visit waits with: another phone for its code, the card of a message for a yes. Sealed."""
PATH = "/cabinet"
P = ParamSpec("P")


def pages() -> Cabinet:
    """The cabinet behind the pages."""
    return context().cabinet


def address() -> str:
    """The client's, for limits."""
    return request.remote_addr or ""


def visitor() -> Visit | None:
    """Whose request this is; None where nobody has entered a code, or no longer counts."""
    if "visit" not in g:
        token = request.cookies.get(VISIT_COOKIE)
        g.visit = pages().visit(token) if token else None
    return cast(Visit | None, g.visit)


def me() -> Visit:
    """The same in a view behind ``require_visit``."""
    visit = visitor()
    assert visit is not None
    return visit


def look_again() -> None:
    """The visit may have ended in this very request."""
    g.pop("visit", None)


def require_visit(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let only visitors in; others are asked for their phone."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if visitor() is None:
            gone = "over" if request.cookies.get(VISIT_COOKIE) else None
            return go("sign_in_page", gone)
        return view(*args, **kwargs)

    return guarded


def go(endpoint: str, notice: str | None = None, *, ref: str | None = None, field: str | None = None) -> Response:
    """To another page, after something was done there is a notice about. Never with personal data in the address."""
    return make_response(
        redirect(url_for(f"cabinet.{endpoint}", notice=notice, ref=ref, field=field), HTTPStatus.SEE_OTHER)
    )


def waiting_step() -> Step | None:
    """The form whose code is waited for."""
    return pages().setting.visits.read_step(kept(STEP_COOKIE))


def keep_step(response: Response, step: Step) -> Response:
    """Let the browser keep it, sealed."""
    return keep(response, STEP_COOKIE, pages().setting.visits.keep_step(step))


def admit(response: Response, token: str) -> Response:
    """The visit begins, for as long as the browser is open at most; the form is done with."""
    response.set_cookie(VISIT_COOKIE, token, path=PATH, **_guards())
    return forget_step(response)


def dismiss(response: Response) -> Response:
    """The visit is over."""
    for name in (VISIT_COOKIE, CHANGE_COOKIE, OFFER_COOKIE):
        response.delete_cookie(name, path=PATH, **_guards())
    return forget_step(response)


def forget_step(response: Response) -> Response:
    """No code is waited for."""
    response.delete_cookie(STEP_COOKIE, path=PATH, **_guards())
    return response


def keep(response: Response, cookie: str, sealed: str) -> Response:
    """Let the browser keep it, or forget what it has kept where there is nothing."""
    if sealed:
        response.set_cookie(cookie, sealed, max_age=STEP_LIFE, path=PATH, **_guards())
    elif cookie in request.cookies:
        response.delete_cookie(cookie, path=PATH, **_guards())
    return response


def kept(cookie: str) -> str:
    """What the browser has kept, sealed."""
    return request.cookies.get(cookie, "")


class _Guards(TypedDict):
    httponly: bool
    samesite: str
    secure: bool


def _guards() -> _Guards:
    return {"httponly": True, "samesite": "Lax", "secure": context().desk.public_url.startswith("https://")}
