"""Facts about a card as prompts say them. A fact that a caller must not hear of is never made before the proof."""

from ivr.actions.card_services import ReceiptFacts
from ivr.actions.services import CardFacts, Services


def card_in_words(card: CardFacts, services: Services) -> dict[str, str]:
    """``since``, ``balance`` and ``reason``; the reason is empty for a card that is in use.

    ``since``: when the card was activated; for one that waits for it, when it was handed out.
    """
    return {
        "since": services.since_in_words(card.issued_at if card.status == "issued" else card.activated_at),
        "balance": services.points_in_words(card.balance),
        "reason": "" if card.status in ("issued", "active") else services.reason_in_words(card.reason),
    }


def receipt_in_words(last: ReceiptFacts | None, services: Services) -> dict[str, str]:
    """``receipt_date`` and ``receipt_shop``, empty where there is no receipt."""
    if last is None:
        return {"receipt_date": "", "receipt_shop": ""}
    return {"receipt_date": services.since_in_words(last.at), "receipt_shop": last.shop}
