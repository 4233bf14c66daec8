"""Puts the cabinet into the application."""

from flask import Flask

from ivr.web.cabinet import home, sign_in
from ivr.web.cabinet.blueprint import cabinet
from ivr.web.cabinet.shown import install_filters

VIEWS = (sign_in, home)
"""Modules whose views hang on the blueprint: to import them is what registers the views."""


def install_cabinet(web: Flask) -> None:
    """All of ``/cabinet``; its forms are guarded by the sessions that the desk installs."""
    install_filters(web)
    web.register_blueprint(cabinet)
