"""What the views need, built once by ``ivr.application``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app

from ivr.calls import Calls
from ivr.hotline import Hotline
from ivr.media.prompts import PromptLibrary
from ivr.store.cards import Card
from ivr.telephony.signature import SignatureCheck
from ivr.telephony.twiml import Telephony


@dataclass(frozen=True, slots=True)
class WebContext:
    """Collaborators of the views."""

    calls: Calls
    hotline: Hotline
    telephony: Telephony
    signature: SignatureCheck
    library: PromptLibrary
    apology: str
    """Said when the hotline itself is in trouble, before the operators' line is dialled."""
    note_sms_status: Callable[[str, str, str, str | None], None]
    """Outbox id, provider's id, status, error code."""
    problems: Callable[[], list[str]]
    """Why the hotline cannot serve now; empty when it can."""
    trial_card: Callable[[], Card | None]
    """A sample card that waits to be activated, for the phone page; None where the base holds no sample cards."""
    local_phone: bool
    """True when the phone page is served: no Twilio account is set."""


def context() -> WebContext:
    """The running application's context."""
    return cast(WebContext, current_app.extensions["ivr"])
