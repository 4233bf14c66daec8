"""The HTTP side of the hotline: thin views that parse, call and render. Only this package imports Flask."""

import structlog
from flask import Flask, Response, request

from ivr.store.db import StoreError
from ivr.web import line_voice, operator_voice
from ivr.web.cabinet.install import install_cabinet
from ivr.web.context import WebContext
from ivr.web.desk.install import install_desk
from ivr.web.forms import LONGEST_FORM
from ivr.web.health import health
from ivr.web.phone import phone
from ivr.web.recorder import recorder
from ivr.web.recordings import recordings
from ivr.web.reports import reports
from ivr.web.sms import sms
from ivr.web.sms_gateway import sms_gateway
from ivr.web.voice import voice

log = structlog.get_logger(__name__)
VOICE = (line_voice, operator_voice)
"""Modules that add their views to the blueprint ``voice`` as they are imported."""


def create_web(context: WebContext) -> Flask:
    """The Flask application with all its routes."""
    web = Flask(__name__)
    web.extensions["ivr"] = context
    web.config["MAX_CONTENT_LENGTH"] = LONGEST_FORM
    web.register_error_handler(StoreError, _cannot_store)
    for blueprint in (voice, sms, sms_gateway, recordings, health):
        web.register_blueprint(blueprint)
    install_desk(web, context.desk)
    web.register_blueprint(reports)
    install_cabinet(web)
    if context.local_phone:
        web.register_blueprint(phone)
    if context.recorder:
        web.register_blueprint(recorder)
    return web


def _cannot_store(_: StoreError) -> Response:
    """A callback that cannot be stored now: Twilio, or nobody, tells it again."""
    log.exception("store_failed", path=request.path)
    return Response("try again later", 503)
