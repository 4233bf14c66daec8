"""Puts the desk into the application: sessions, views, and how its templates show moments."""

from flask import Flask

from ivr.web.context import DeskParts
from ivr.web.desk import appeals, calls, pages, sign_in
from ivr.web.desk.auth import install
from ivr.web.desk.blueprint import desk
from ivr.web.desk.shown import install_filters

VIEWS = (sign_in, pages, calls, appeals)
"""Modules whose views hang on the blueprint: to import them is what registers the views."""


def install_desk(web: Flask, parts: DeskParts) -> None:
    """All of ``/desk`` but its stream of events, which ``ivr.asgi`` serves."""
    install(web, parts.key, secure=parts.public_url.startswith("https://"))
    install_filters(web, parts)
    if parts.oidc is not None:
        sign_in.install_oidc(web, parts.oidc)
    web.register_blueprint(desk)
