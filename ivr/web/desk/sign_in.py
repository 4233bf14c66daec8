"""Signing in: by name and password, or at the identity provider; and out."""

from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from ivr.passwords import fits
from ivr.store.operators import Operator, bind_subject, find_by_subject, find_operator
from ivr.web.context import Oidc, context
from ivr.web.desk.auth import close_session, csrf, open_session, require_role, signed_in, to_sign_in
from ivr.web.desk.blueprint import desk
from ivr.web.desk.limits import SignInLimits

log = structlog.get_logger(__name__)
NEXT = "next"
LONGEST_NAME = 32


def install_oidc(web: Flask, oidc: Oidc) -> None:
    """Make the identity provider known; nothing is asked of it before somebody signs in there."""
    oauth = OAuth(web)
    oauth.register(
        "desk",
        server_metadata_url=f"{oidc.issuer}/.well-known/openid-configuration",
        client_id=oidc.client_id,
        client_secret=oidc.client_secret,
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": 5},
    )
    web.extensions["ivr.oauth"] = oauth


@desk.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    if signed_in() is not None:
        return redirect(_after())
    return _page()


@desk.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    csrf.protect()
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    attempt = _limits().begin(name, request.remote_addr or "")
    if attempt is None:
        log.warning("sign_in_limited")
        return _page("limited", HTTPStatus.TOO_MANY_REQUESTS)
    operator = _account(name)
    if not fits(password, operator.password_hash if operator else None) or operator is None:
        log.warning("sign_in_refused")
        return _page("refused", HTTPStatus.UNPROCESSABLE_ENTITY)
    _limits().succeed(attempt)
    return _let_in(operator, _after())


@desk.post("/sign-out")
@require_role("operator")
def sign_out() -> ResponseReturnValue:
    operator = signed_in()
    if operator is not None:
        context().desk.line.set_status(operator, "off")
    close_session()
    return redirect(url_for("desk.sign_in_page"), HTTPStatus.SEE_OTHER)


@desk.get("/oidc")
def oidc_begin() -> ResponseReturnValue:
    """Off to the identity provider; it comes back with a code that is good for this browser alone."""
    oauth = current_app.extensions.get("ivr.oauth")
    if oauth is None:
        return "no identity provider is set", HTTPStatus.NOT_FOUND
    session[NEXT] = _after()
    try:
        return cast(Response, oauth.desk.authorize_redirect(f"{context().desk.public_url}{url_for('desk.oidc_back')}"))
    except RequestException:
        log.warning("oidc_unreachable")
        return _page("provider", HTTPStatus.BAD_GATEWAY)


@desk.get("/oidc/back")
def oidc_back() -> ResponseReturnValue:
    oauth = current_app.extensions.get("ivr.oauth")
    if oauth is None:
        return "no identity provider is set", HTTPStatus.NOT_FOUND
    after = str(session.get(NEXT, ""))
    try:
        claims = oauth.desk.authorize_access_token()["userinfo"]
    except (OAuthError, JoseError, RequestException, KeyError, ValueError) as error:
        log.warning("oidc_refused", kind=type(error).__name__)
        return _page("provider", HTTPStatus.BAD_GATEWAY)
    operator = _known(str(claims["sub"]), str(claims.get("preferred_username", "")))
    return _let_in(operator, _own_path(after)) if operator else _page("stranger", HTTPStatus.FORBIDDEN)


@desk.app_errorhandler(CSRFError)
def no_token(_: CSRFError) -> ResponseReturnValue:
    """The page was open for longer than its session: sign in, and do it again."""
    return to_sign_in()


def _let_in(operator: Operator, after: str) -> Response:
    open_session(operator)
    if operator.status == "off":
        context().desk.line.set_status(operator, "pause")
    log.info("signed_in", operator=operator.name)
    return redirect(after, HTTPStatus.SEE_OTHER)


def _known(subject: str, username: str) -> Operator | None:
    """The account of an identity. One without a password is tied to the first identity of its name that comes."""
    with context().desk.db.transaction() as conn:
        known = find_by_subject(conn, subject)
        if known is not None:
            return known
        named = find_operator(conn, username)
        if named is None or named.password_hash is not None or not bind_subject(conn, named.name, subject):
            return None
        return find_operator(conn, named.name)


def _account(name: str) -> Operator | None:
    if not 0 < len(name) <= LONGEST_NAME:
        return None
    with context().desk.db.reading() as conn:
        return find_operator(conn, name)


def _limits() -> SignInLimits:
    parts = context().desk
    return SignInLimits(parts.db, parts.clock, parts.key)


def _page(fault: str = "", status: HTTPStatus = HTTPStatus.OK) -> ResponseReturnValue:
    page = render_template(
        "desk/sign_in.html",
        brand=context().hotline.brand,
        fault=fault,
        after=_after(),
        with_oidc=context().desk.oidc is not None,
    )
    return page, status


def _after() -> str:
    return _own_path(request.values.get(NEXT, ""))


def _own_path(path: str) -> str:
    """Where to go after signing in: a path of ours, never another site."""
    parts = urlsplit(path)
    ours = path.startswith(("/desk", "/reports")) and not parts.netloc and "\\" not in path and "//" not in path
    return path if ours else url_for("desk.home")
