"""The SMS of codes, and what one costs."""

from ivr.codes.keys import CODE_DIGITS
from ivr.hotline import Hotline
from ivr.sms_parts import count_parts
from ivr.store.codes import Purpose

TEXTS: dict[Purpose, str] = {"call": "code", "web": "code_web", "data_change": "code_change"}
"""The SMS of each purpose; see ``Hotline.sms_text``."""


def code_text(hotline: Hotline, purpose: Purpose, code: str, host: str) -> str:
    """``host``: where the code is entered, unless that is a call."""
    values = {} if purpose == "call" else {"host": host}
    return hotline.sms_text(TEXTS[purpose], code=code, **values)


def rubles_per_code(hotline: Hotline, host: str) -> float:
    """Of the longest of these SMS."""
    sample = "0" * CODE_DIGITS
    parts = max(count_parts(code_text(hotline, purpose, sample, host)) for purpose in TEXTS)
    return parts * hotline.codes.ruble_per_part
