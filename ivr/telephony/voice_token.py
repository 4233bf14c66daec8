"""Access tokens of Twilio's Voice SDK: with one, an operator's browser is the telephone ``client:NAME``."""

from dataclasses import dataclass

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

LIFETIME_SECONDS = 600
"""Short, since a token cannot be called back; the page asks for the next one in time."""


@dataclass(frozen=True, slots=True)
class VoiceTokens:
    """Makes tokens that can be called and cannot call."""

    account_sid: str
    key_sid: str
    key_secret: str

    def token(self, identity: str) -> str:
        """A token for the browser of this operator, good for ten minutes."""
        made = AccessToken(self.account_sid, self.key_sid, self.key_secret, identity=identity, ttl=LIFETIME_SECONDS)
        made.add_grant(VoiceGrant(incoming_allow=True))
        return str(made.to_jwt())
