"""What pages of the desk tell the browser: nothing is kept, nothing is framed, only our own scripts run."""

from typing import TypeVar

from werkzeug.wrappers import Response

TWILIO_SOUND = "https://media.twiliocdn.com https://sdk.twilio.com"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        f"media-src 'self' blob: mediastream: {TWILIO_SOUND}",
        f"connect-src 'self' https://eventgw.twilio.com wss://voice-js.roaming.twilio.com {TWILIO_SOUND}",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Twilio's addresses are those that the README of its Voice SDK asks for; nothing else is reached."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

Answer = TypeVar("Answer", bound=Response)


def harden(response: Answer) -> Answer:
    """For ``Blueprint.after_request``: pages of operators and supervisors hold personal data."""
    response.headers.update(HEADERS)
    return response
