"""How the hotline looks from where Twilio stands: every request goes through ``PUBLIC_BASE_URL``."""

import socket
import ssl
from contextlib import suppress
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.sync.client import connect

from ivr.doctor.machine import ALIVE
from ivr.doctor.patient import MOST_SKEW_SECONDS, IllnessError, Patient, Told
from ivr.settings import LOOPBACK
from ivr.telephony.signature import SignatureCheck, socket_url

ANSWER_SECONDS = 10.0
"""Twilio waits for 15."""
HARMLESS = "/sms/status"
"""Without its fields this webhook does nothing, and says so."""
SIGNED_ANSWER = 400
UNSIGNED_ANSWER = 403
MEDIA = "/media"
CABINET = "/cabinet"
"""Leads whoever has not signed in to the page where one does."""
TWILIO = "https://api.twilio.com"
LOCAL = Told("not needed: the local exchange calls on this machine")


def public_address(patient: Patient) -> Told:
    """Https, known to DNS, answered by a hotline."""
    base = patient.settings.public_base_url
    if not patient.settings.has_account:
        return LOCAL
    parts = urlsplit(base)
    is_here = parts.hostname in LOOPBACK
    if parts.scheme != "https" and not is_here:
        raise IllnessError(f"{base} is not encrypted, and calls would be overheard: give it a certificate and https.")
    answer = _asked("GET", f"{base}/livez")
    if (answer.status_code, answer.text) != (httpx.codes.OK, ALIVE):
        raise IllnessError(
            f"{base}/livez answers {answer.status_code}, not as a hotline: let the proxy pass all paths on to it, "
            "or start the hotline."
        )
    where = "; it is this machine's own, Twilio cannot reach it" if is_here else ""
    return Told(f"{base} answers{where}", note=is_here)


def signature(patient: Patient) -> Told:
    """A request that the account signs is taken, and one that it does not sign is refused."""
    if not patient.settings.has_account:
        return LOCAL
    url = patient.settings.public_base_url + HARMLESS
    unsigned = _asked("POST", url, {})
    if unsigned.status_code != UNSIGNED_ANSWER:
        raise IllnessError(
            f"an unsigned request to {HARMLESS} is answered {unsigned.status_code}, not {UNSIGNED_ANSWER}: "
            "let the proxy pass it on, and set TWILIO_AUTH_TOKEN where the hotline runs."
        )
    signed = _asked("POST", url, {"X-Twilio-Signature": _check(patient).sign(HARMLESS)})
    if signed.status_code != SIGNED_ANSWER:
        raise IllnessError(
            f"a signed request is answered {signed.status_code}: PUBLIC_BASE_URL and TWILIO_AUTH_TOKEN have to be the "
            "same here, at the running hotline and in Twilio's console, and the proxy must not rewrite paths."
        )
    return Told("signed webhooks are taken, others refused")


def media_socket(patient: Patient) -> Told:
    """The same for the socket; besides, the proxy lets WebSockets through."""
    if not patient.settings.has_account:
        return LOCAL
    refused = _opened(patient, None)
    if refused != UNSIGNED_ANSWER:
        raise _no_upgrade(f"an unsigned socket is answered {refused}, not {UNSIGNED_ANSWER}")
    taken = _opened(patient, _check(patient).sign_socket(MEDIA))
    if taken != httpx.codes.SWITCHING_PROTOCOLS:
        raise IllnessError(
            f"a signed socket is answered {taken}: PUBLIC_BASE_URL has to be the same here and at the running hotline; "
            "where all MAX_STREAMS are taken, try later."
        )
    return Told("signed sockets are taken, others refused")


def _opened(patient: Patient, signed: str | None) -> int:
    """The status with which the upgrade is answered; an open socket is closed at once, before any stream begins."""
    url = socket_url(patient.settings.public_base_url) + MEDIA
    headers = {"X-Twilio-Signature": signed} if signed else {}
    try:
        with connect(url, additional_headers=headers, open_timeout=ANSWER_SECONDS, proxy=None):
            return int(httpx.codes.SWITCHING_PROTOCOLS)
    except InvalidStatus as error:
        return error.response.status_code
    except InvalidHandshake as error:
        raise _no_upgrade(f"{url} answers as no socket does ({type(error).__name__})") from None
    except OSError as error:
        raise _unreachable(url, error) from None


def _no_upgrade(what: str) -> IllnessError:
    return IllnessError(f"{what}: let the proxy pass the headers Upgrade and Connection on.")


def clock(patient: Patient) -> Told:
    """Against the date that Twilio's interface puts into every answer."""
    settings = patient.settings
    if not settings.has_account:
        return Told("nothing to compare it with: no Twilio account")
    url = settings.twilio_api_base_url or TWILIO
    answer = _asked("GET", url)
    with suppress(KeyError, ValueError):
        skew = (patient.clock.now() - parsedate_to_datetime(answer.headers["Date"])).total_seconds()
        if abs(skew) > MOST_SKEW_SECONDS:
            raise IllnessError(
                f"this machine's clock is {skew:+.0f} s off Twilio's: switch on NTP (timedatectl set-ntp true)."
            )
        return Told("as Twilio's, to the half minute")
    return Told(f"{url} tells no date to compare it with", note=True)


def cabinet(patient: Patient) -> Told:
    """People are told the site; codes in SMS name the cabinet's own host, and a browser fills them in there alone."""
    base, site = patient.settings.public_base_url, urlsplit(f"//{patient.content.hotline.site}").hostname
    if not patient.settings.has_account:
        return Told(f"people are told {site}, it is on this machine in fact: for trying out")
    answer = _asked("GET", base + CABINET)
    if answer.status_code != httpx.codes.SEE_OTHER:
        raise IllnessError(f"{CABINET} is answered {answer.status_code}: let the proxy pass it on to the hotline.")
    host = urlsplit(base).hostname
    if host == site:
        return Told(f"at {site}, as people are told")
    where = f"people are told {site}, it is at {host}"
    return Told(f"{where}: let {site} lead to {base}{CABINET}, or change `site` in hotline.yaml", note=True)


def _check(patient: Patient) -> SignatureCheck:
    return SignatureCheck(patient.settings.signing_token, patient.settings.public_base_url)


def _asked(method: str, url: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """The answer, redirects as they are. Raises ``IllnessError``."""
    form = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
    try:
        return httpx.request(method, url, headers=form | (headers or {}), timeout=ANSWER_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        raise _unreachable(url, error) from None


def _unreachable(url: str, error: BaseException) -> IllnessError:
    """Why nobody answers, told by what lies at the bottom of the error."""
    host, causes = urlsplit(url).hostname, list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return IllnessError(f"{host} is not known to DNS: correct PUBLIC_BASE_URL, or add the name to its zone.")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return IllnessError(f"{host} has no certificate that Twilio would trust: renew it at the proxy.")
    if any(isinstance(cause, TimeoutError | httpx.TimeoutException) for cause in causes):
        return IllnessError(f"{host} is silent for {ANSWER_SECONDS:.0f} s: open its port in the firewall.")
    return IllnessError(f"{host} does not answer ({type(causes[-1]).__name__}): start the hotline and its proxy.")


def _causes(error: BaseException | None) -> list[BaseException]:
    return [error, *_causes(error.__cause__ or error.__context__)] if error else []
