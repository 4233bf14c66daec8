"""The hotline's number and whoever sends its SMS."""

import re

import httpx

from ivr.doctor.outside import LOCAL
from ivr.doctor.patient import IllnessError, Patient, Told
from ivr.hotline_values import E164
from ivr.settings import Settings
from ivr.telephony.account import TwilioAccount
from ivr.telephony.sms_gateway import GatewayMessages

SHORT_NUMBER = re.compile(r"[0-9]{3,8}")
SERVICE = re.compile(r"MG[0-9a-f]{32}")
NAME = re.compile(r"(?!MG)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9 ._&-]{1,11}")
"""3GPP TS 23.038: an alphanumeric sender has eleven letters; Twilio wants a letter among them.
One that begins with MG would be taken for the sid of a service."""
INCOMING = "/voice/incoming"


def hotline_number(patient: Patient) -> Told:
    """Does the account own it, and do its calls come here?"""
    settings, number = patient.settings, patient.content.hotline.hotline_number
    if not settings.has_account:
        return LOCAL
    own = _account(settings).number(number)
    if own is None:
        raise IllnessError(f"the account has no number {number}: buy or port it, or correct hotline.yaml.")
    wanted = settings.public_base_url + INCOMING
    if own.voice_url != wanted:
        where = own.voice_url or "a trunk or an application"
        return Told(f"calls to {number} go to {where}: enter {wanted} in Twilio's console", note=True)
    return Told(f"calls to {number} come to {wanted}")


def sender(patient: Patient) -> Told:
    """A number of the account, a messaging service, a registered name, or with a gateway the short number."""
    settings, facts = patient.settings, patient.content.hotline
    if settings.sms_gateway_url:
        return _gateway_sender(settings.sms_from or facts.sms_number)
    named = settings.sms_from or facts.hotline_number
    if not any(kind.fullmatch(named) for kind in (E164, SERVICE, NAME)):
        raise IllnessError(
            f"SMS_FROM {named!r} is no sender: write a number such as +78002009002, a name of up to 11 Latin letters, "
            "or the MG… sid of a messaging service."
        )
    if not settings.has_account:
        return Told(f"{named}, at the local exchange")
    if not E164.fullmatch(named):
        return Told(f"{named}: see in Twilio's console that it is registered for Russia", note=True)
    own = _account(settings).number(named)
    if own is None or not own.sends_sms:
        raise IllnessError(f"{named} is no number of the account that sends SMS: set SMS_FROM to one that does.")
    return Told(f"{named} is the account's and sends SMS")


def _gateway_sender(named: str) -> Told:
    if not any(kind.fullmatch(named) for kind in (E164, SHORT_NUMBER, NAME)):
        raise IllnessError(f"SMS_FROM {named!r} is no sender: write the short number, a number or a registered name.")
    return Told(f"{named}, by the gateway")


def gateway(patient: Patient) -> Told:
    """Asks for the messages to the hotline's own number, of which there are none."""
    settings = patient.settings
    if not settings.sms_gateway_url:
        return Told("none: Twilio sends")
    messages = GatewayMessages(settings.sms_gateway_url, settings.sms_gateway_token.get_secret_value(), "")
    try:
        status = messages.status_of_find(patient.content.hotline.hotline_number)
    except httpx.HTTPError as error:
        why = f"the SMS gateway does not answer ({type(error).__name__})"
        raise IllnessError(f"{why}: correct SMS_GATEWAY_URL, or call the aggregator.") from None
    finally:
        messages.close()
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise IllnessError("the SMS gateway refuses the token: set SMS_GATEWAY_TOKEN as the aggregator has it.")
    if status != httpx.codes.OK:
        raise IllnessError(f"the SMS gateway answers {status} to /messages/find: show the aggregator the contract.")
    return Told(f"{settings.sms_gateway_url} answers")


def _account(settings: Settings) -> TwilioAccount:
    return TwilioAccount(settings.twilio_account_sid, settings.signing_token, settings.twilio_api_base_url or None)
