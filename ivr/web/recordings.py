"""Recorded prompts for ``<Play>``. The address holds a hash of the content: Twilio caches what it plays."""

from flask import Blueprint, Response, send_file

from ivr.web.context import context

recordings = Blueprint("recordings", __name__, url_prefix="/audio")

YEAR_SECONDS = 365 * 24 * 3600


@recordings.get("/prompts/<name>.wav")
def prompt(name: str) -> Response:
    """One recording. Only names of the index are served, so a path cannot lead elsewhere."""
    path = context().library.wav_path(name)
    if path is None:
        return Response("no such prompt", 404)
    return send_file(path, mimetype="audio/wav", max_age=YEAR_SECONDS)


@recordings.get("/prompts/slow/<name>.wav")
def slow_prompt(name: str) -> Response:
    """The same at a slower pace. Made anew each time: Twilio fetches it once, and few callers ask for it."""
    sound = context().library.slow_wav(name)
    if sound is None:
        return Response("no such prompt", 404)
    return Response(sound, mimetype="audio/wav", headers={"Cache-Control": f"public, max-age={YEAR_SECONDS}"})


@recordings.get("/music/hold.wav")
def music() -> Response:
    """What callers hear in line."""
    return send_file(context().line.music, mimetype="audio/wav", max_age=YEAR_SECONDS)
