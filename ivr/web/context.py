"""What the views need, built once by ``ivr.application``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from zoneinfo import ZoneInfo

from flask import current_app

from ivr.appeals import AppealDesk
from ivr.cabinet.service import Cabinet
from ivr.calls import Calls
from ivr.case.service import Case
from ivr.clock import Clock
from ivr.dialog.forms import SlotType
from ivr.dispositions import Dispositions
from ivr.hotline import Hotline
from ivr.inbox import Inbox
from ivr.line.service import Line
from ivr.line_words import LineWords
from ivr.media.prompts import PromptLibrary
from ivr.reports.service import Reports
from ivr.store.cards import Card
from ivr.store.db import Database
from ivr.takes import Recorder
from ivr.telephony.line_twiml import LinePhone
from ivr.telephony.signature import SignatureCheck
from ivr.telephony.sms_gateway import GatewayCheck
from ivr.telephony.twiml import Telephony
from ivr.telephony.voice_token import VoiceTokens


@dataclass(frozen=True, slots=True)
class Oidc:
    """The identity provider that operators may sign in at, and what it knows the desk by."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class DeskParts:
    """What the operators' and supervisors' pages need."""

    db: Database
    clock: Clock
    zone: ZoneInfo
    line: Line
    case: Case
    appeals: AppealDesk
    dispositions: Dispositions
    titles: Mapping[str, str]
    """Of the categories, by name."""
    deliver_soon: Callable[[str], None]
    """Asks for a message of the outbox to be sent."""
    key: bytes
    """Signs sessions and digests of the desk, and nothing else."""
    public_url: str
    """The address that operators open, without a path."""
    voice: Literal["twilio", "local", "none"]
    """How a browser takes calls: by Twilio's SDK, by the local exchange, or not at all."""
    voice_tokens: VoiceTokens | None
    """Where ``voice`` is ``twilio``."""
    oidc: Oidc | None


@dataclass(frozen=True, slots=True)
class LineParts:
    """What the webhooks of the line to the operators need."""

    line: Line
    phone: LinePhone
    words: LineWords
    yes_no: SlotType
    titles: Mapping[str, str]
    """Of the categories, by name."""
    music: Path
    """The WAV that is played on hold."""


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
    inbox: Inbox
    gateway: GatewayCheck | None
    """None where no aggregator's gateway is set."""
    problems: Callable[[], list[str]]
    """Why the hotline cannot serve now; empty when it can."""
    trial_card: Callable[[], Card | None]
    """A sample card that waits to be activated, for the phone page; None where the base holds no sample cards."""
    local_phone: bool
    """True when the phone page is served: no Twilio account is set."""
    line: LineParts
    desk: DeskParts
    reports: Reports
    cabinet: Cabinet
    save_call: Callable[[str], bytes]
    """A call's name to a ZIP file with its scenario; raises ``CallNotSavedError``."""
    recorder: Recorder | None = None
    """None where testers record nothing."""


def context() -> WebContext:
    """The running application's context."""
    return cast(WebContext, current_app.extensions["ivr"])
