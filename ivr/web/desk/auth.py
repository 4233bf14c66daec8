"""Who is signed in, and what they may open.

The session is a cookie, signed by a key of its own. It holds the account's name, when it was opened and last used, and
a stamp of the password: it ends after 15 idle minutes, after 12 hours, and when the account is removed or its password
changed. Views are guarded by ``require_role``, which also asks a POST for its CSRF token.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Literal, ParamSpec, cast

from flask import Flask, Response, g, redirect, render_template, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadSignature
from sqlalchemy import Connection

from ivr.store.operators import Operator, find_operator
from ivr.web.context import context

Role = Literal["operator", "supervisor"]
COOKIE = "desk"
IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
REFRESHED = timedelta(seconds=30)
"""A session is written anew so often at most: each time is a header of a kilobyte."""
ROLES: Mapping[str, frozenset[str]] = {
    "operator": frozenset({"operator", "supervisor"}),
    "supervisor": frozenset({"supervisor"}),
}
"""Who may open what asks for a role: a supervisor may do all that an operator may."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

csrf = CSRFProtect()
P = ParamSpec("P")


def install(web: Flask, key: bytes, secure: bool) -> None:
    """Give the application its sessions; ``secure``: the public address is https."""
    web.config.update(
        SECRET_KEY=key,
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LONGEST,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    csrf.init_app(web)


def require_role(role: Role) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Let only signed-in people of a role in; a supervisor is let in everywhere.

    Others are sent to the sign-in page, or told that the page is not theirs (403). A POST needs its CSRF token.
    """

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            operator = signed_in()
            if operator is None:
                return to_sign_in()
            if operator.role not in ROLES[role]:
                return render_template("desk/not_yours.html", operator=operator), HTTPStatus.FORBIDDEN
            if request.method not in SAFE:
                csrf.protect()
            return view(*args, **kwargs)

        return guarded

    return guard


def signed_in() -> Operator | None:
    """Whose request this is; None where nobody is signed in, or no longer."""
    if "operator" not in g:
        with context().desk.db.reading() as conn:
            g.operator = holder(conn, session, context().desk.clock.now())
        if g.operator is not None:
            _note_use()
    return cast(Operator | None, g.operator)


def me() -> Operator:
    """Whose request this is, in a view behind ``require_role``."""
    operator = signed_in()
    assert operator is not None
    return operator


def me_again() -> Operator:
    """The same, read anew: something about the account was changed."""
    g.pop("operator", None)
    return me()


def open_session(operator: Operator) -> None:
    """Sign an account in; what the browser had before is gone, its CSRF token too."""
    now = context().desk.clock.now().timestamp()
    session.clear()
    session.permanent = True
    session.update(name=operator.name, stamp=_stamp(operator), since=now, used=now)
    g.pop("operator", None)


def close_session() -> None:
    """Sign out."""
    session.clear()
    g.pop("operator", None)


def holder(conn: Connection, kept: Mapping[str, object], now: datetime) -> Operator | None:
    """The account that a session belongs to; None where the session has ended."""
    name, since, used = kept.get("name"), kept.get("since"), kept.get("used")
    if not isinstance(name, str) or not isinstance(since, float | int) or not isinstance(used, float | int):
        return None
    at = now.timestamp()
    if at - used > IDLE.total_seconds() or at - since > LONGEST.total_seconds():
        return None
    operator = find_operator(conn, name)
    return operator if operator is not None and kept.get("stamp") == _stamp(operator) else None


def read_cookie(web: Flask, cookie: str | None) -> Mapping[str, object]:
    """What the signed cookie holds, outside of a request of Flask; nothing where it is not ours."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(web)
    if serializer is None or not cookie:
        return {}
    try:
        return cast(Mapping[str, object], serializer.loads(cookie, max_age=int(LONGEST.total_seconds())))
    except BadSignature:
        return {}


def to_sign_in() -> Response:
    """To the sign-in page, and back from there. A part of a page is answered by a word to its script."""
    if request.headers.get("HX-Request"):
        return Response(status=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": url_for("desk.sign_in_page")})
    if request.method not in SAFE:
        return cast(Response, redirect(url_for("desk.sign_in_page"), HTTPStatus.SEE_OTHER))
    return cast(Response, redirect(url_for("desk.sign_in_page", next=request.path)))


def _note_use() -> None:
    """A page that asks by itself says so, and does not keep its session alive."""
    now = context().desk.clock.now().timestamp()
    if not request.headers.get("X-Desk-Unattended") and now - session["used"] >= REFRESHED.total_seconds():
        session["used"] = now


def _stamp(operator: Operator) -> str:
    return sha256(f"{operator.password_hash}|{operator.subject}".encode()).hexdigest()[:16]
