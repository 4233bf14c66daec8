"""What the desk's settings give it: telephones in browsers, and the company's own sign-in."""

from ivr.settings import Settings
from ivr.telephony.voice_token import VoiceTokens
from ivr.web.context import Oidc


def voice_tokens(settings: Settings) -> VoiceTokens | None:
    """What lets operators' browsers be called; None where no API key is set."""
    secret = settings.twilio_api_key_secret.get_secret_value()
    key_sid = settings.twilio_api_key_sid
    return VoiceTokens(settings.twilio_account_sid, key_sid, secret) if settings.has_account and secret else None


def identity_provider(settings: Settings) -> Oidc | None:
    """Where operators may sign in beside passwords; None where nobody is set."""
    secret = settings.oidc_client_secret.get_secret_value()
    return Oidc(settings.oidc_issuer, settings.oidc_client_id, secret) if settings.oidc_issuer else None
