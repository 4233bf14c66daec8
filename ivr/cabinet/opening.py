"""Puts the cabinet together."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from ivr.actions import load_actions
from ivr.cabinet.service import Cabinet
from ivr.cabinet.setting import CabinetSetting
from ivr.cabinet.visit import Visits
from ivr.cabinet.words import CabinetWords
from ivr.dialog.forms import DialogBook
from ivr.erasure import ErasureSetting
from ivr.line_words import category_titles
from ivr.services import Desk
from ivr.sms_form import SmsWords
from ivr.store.db import Database


@dataclass(frozen=True, slots=True)
class CabinetTexts:
    """What the cabinet says and reads."""

    words: CabinetWords
    sms_words: SmsWords
    book: DialogBook
    """Titles of appeals are those of its categories."""


def open_cabinet(
    db: Database, desk: Desk, texts: CabinetTexts, key: bytes, deliver_soon: Callable[[str], None]
) -> Cabinet:
    """The cabinet. ``key``: a secret of its own, which the database does not hold."""
    key_of = desk.codes.key_of
    setting = CabinetSetting(
        desk=desk,
        actions=load_actions(),
        erasure=ErasureSetting(key_of, desk.clock, desk.loyalty),
        visits=Visits(hmac.digest(key, b"cabinet", "sha256"), key_of, desk.clock),
        words=texts.words,
        sms_words=texts.sms_words,
        titles=category_titles(texts.book),
    )
    return Cabinet(db, setting, deliver_soon)
