"""Words that prompts may name besides the answers of callers."""

from collections.abc import Mapping

from ivr.hotline import Hotline

FACTS = frozenset(
    {
        "brand",
        "site",
        "sms_number_spoken",
        "greeting_incident",
        "since",
        "appeal_number",
        "appeal_answer",
        "due",
        "incident_say",
        "opens_at",
        "call_back_digits",
        "quieter_at",
        "sent_at",
        "text_at",
        "balance",
        "operations",
        "reason",
        "receipt_date",
        "receipt_shop",
        "lost",
        "last_spent",
        "spent",
    }
)
"""The first four are known in every call; an action finds out the others."""


def hotline_facts(hotline: Hotline) -> Mapping[str, str]:
    """What is true of every call."""
    return {"brand": hotline.brand, "site": hotline.site, "sms_number_spoken": hotline.sms_number_spoken}
