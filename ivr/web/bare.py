"""A Flask route that answers fixed TwiML and does nothing else: what the bench compares the hotline's webhooks with."""

from flask import Flask, Response

from ivr.telephony.twiml import empty_response


def create_bare() -> Flask:
    """An application with one route, ``POST /voice/step``."""
    bare = Flask(__name__)
    twiml = empty_response()

    @bare.post("/voice/step")
    def step() -> Response:
        return Response(twiml, mimetype="text/xml")

    return bare
