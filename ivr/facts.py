"""Words that prompts may name besides the answers of callers."""

from collections.abc import Mapping

from ivr.hotline import Hotline

FACTS = frozenset({"brand", "site", "since", "appeal_number"})
"""``brand`` and ``site`` are known in every call; an action finds out the others."""


def hotline_facts(hotline: Hotline) -> Mapping[str, str]:
    """What is true of every call."""
    return {"brand": hotline.brand, "site": hotline.site}
