"""The loyalty base behind one port: in the hotline's own database, or a retailer's own service over HTTP."""

from ivr.clock import Clock
from ivr.loyalty.embedded import EmbeddedLoyalty
from ivr.loyalty.http import HttpLoyalty
from ivr.loyalty.protocol import LoyaltyBackend
from ivr.settings import Settings


def open_loyalty(settings: Settings, clock: Clock) -> LoyaltyBackend:
    """The backend that the settings ask for; nothing is asked of it yet."""
    if settings.loyalty_url:
        return HttpLoyalty(settings.loyalty_url, settings.loyalty_token.get_secret_value())
    return EmbeddedLoyalty(clock)
