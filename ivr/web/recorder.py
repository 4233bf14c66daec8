"""The recorder: testers read words aloud on a page, and the recordings become fixtures. Local mode only."""

import binascii
from base64 import b64decode
from http import HTTPStatus

import numpy as np
from flask import Blueprint, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from ivr.takes import Recorder, Take
from ivr.web.context import context
from ivr.web.desk.headers import harden
from ivr.web.own_page import from_own_page

recorder = Blueprint("recorder", __name__, url_prefix="/phone/recorder")
recorder.after_request(harden)
recorder.before_request(from_own_page)

LONGEST_TAKE = 512 * 1024
"""Bytes of a request: some 20 seconds of sound."""
TEXTS = ("speaker", "grammar", "text", "consent")


@recorder.get("")
def page() -> str:
    return render_template("recorder.html", brand=context().hotline.brand, terms=_port().terms)


@recorder.get("/tasks")
def tasks() -> ResponseReturnValue:
    """A round of words to read, with the question that each answers."""
    found = _port().tasks(request.args.get("seed", 0, int))
    return jsonify([{"grammar": task.grammar, "text": task.text} for task in found])


@recorder.post("/takes")
def keep() -> ResponseReturnValue:
    """Take in a recording: PCM16 at 8 kHz in base64, who speaks, what, and to what consent."""
    request.max_content_length = LONGEST_TAKE
    kept = _port().keep(_take())
    status = HTTPStatus.UNPROCESSABLE_ENTITY if kept.problem else HTTPStatus.CREATED
    return jsonify(file=kept.file, problem=kept.problem), status


@recorder.delete("/takes/<file>")
def discard(file: str) -> ResponseReturnValue:
    """The tester does not like it."""
    done = _port().discard(file)
    return "", HTTPStatus.NO_CONTENT if done else HTTPStatus.NOT_FOUND


def _port() -> Recorder:
    port = context().recorder
    assert port is not None, "the blueprint is registered only where there is one"
    return port


def _take() -> Take:
    """The recording in the request; 400 for what is none."""
    sent = request.get_json()
    if not isinstance(sent, dict) or not all(isinstance(sent.get(name), str) for name in (*TEXTS, "sound")):
        abort(HTTPStatus.BAD_REQUEST)
    try:
        sound = b64decode(sent["sound"], validate=True)
    except binascii.Error:
        abort(HTTPStatus.BAD_REQUEST)
    samples = np.frombuffer(sound[: len(sound) // 2 * 2], dtype="<i2")
    speaker, grammar, text, consent = (sent[name] for name in TEXTS)
    return Take(speaker, grammar, text, samples, consent)
