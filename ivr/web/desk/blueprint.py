"""The blueprint that all views of the desk hang on."""

from flask import Blueprint

from ivr.web.desk.headers import harden

desk = Blueprint("desk", __name__, url_prefix="/desk")
desk.after_request(harden)
