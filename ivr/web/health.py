"""Is the process alive, can it serve, and how does it fare?"""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ivr.metrics import REGISTRY
from ivr.web.context import context

health = Blueprint("health", __name__)


@health.get("/livez")
def livez() -> Response:
    """The process answers. Never looks at the database: its failure is no reason to restart this process."""
    return Response("ok\n", mimetype="text/plain")


@health.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The hotline can take calls."""
    problems = context().problems()
    return jsonify(ready=not problems, problems=problems), 503 if problems else 200


@health.get("/metrics")
def metrics() -> Response:
    return Response(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
