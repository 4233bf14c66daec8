"""A card's state in the columns of the decision tables. Pure: what was asked from the base goes in as arguments."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ivr.actions.card_services import CardFacts, OperationFacts, ReceiptFacts
from ivr.actions.rules import Limits

COLUMNS: Mapping[str, frozenset[str]] = {
    "status": frozenset({"issued", "active", "blocked", "excluded", "replaced"}),
    "cause": frozenset({"questionnaire", "other"}),
    "points": frozenset({"none", "some"}),
    "receipt": frozenset({"none", "plain", "tobacco", "refused"}),
    "bought_inactive": frozenset({"yes", "no"}),
    "spent_lately": frozenset({"yes", "no"}),
    "birth_date": frozenset({"differs", "fits"}),
}
"""Column to its closed set of values."""
CARD_COLUMNS = frozenset({"status", "cause"})
TABLES: Mapping[str, frozenset[str]] = {
    "diagnose_till": CARD_COLUMNS,
    "diagnose_points": CARD_COLUMNS | {"points", "receipt"},
    "diagnose_lost_points": CARD_COLUMNS | {"bought_inactive", "spent_lately"},
    "diagnose_refused": CARD_COLUMNS | {"birth_date"},
}
"""Action to the columns that it knows: a table can ask for no others."""
QUESTIONNAIRE = "questionnaire"
"""The code of an exclusion for a false name or wrong data."""


def card_columns(card: CardFacts) -> dict[str, str]:
    """``status``, and ``cause`` of an exclusion."""
    return {"status": card.status, "cause": QUESTIONNAIRE if card.reason == QUESTIONNAIRE else "other"}


def points_column(card: CardFacts, limits: Limits) -> dict[str, str]:
    return {"points": "some" if card.balance >= limits.minimum_points else "none"}


def receipt_column(last: ReceiptFacts | None, now: datetime, limits: Limits) -> dict[str, str]:
    """What the last receipt explains. One in which points were spent explains nothing, whatever else was in it."""
    return {"receipt": _receipt(last, now - timedelta(days=limits.receipt_days))}


def _receipt(last: ReceiptFacts | None, since: datetime) -> str:
    if last is None or last.at < since:
        return "none"
    if last.spend == "spent":
        return "plain"
    if last.tobacco:
        return "tobacco"
    return "refused" if last.spend == "refused" else "plain"


def lost_receipts(card: CardFacts, receipts: Sequence[ReceiptFacts], now: datetime, limits: Limits) -> int:
    """Points that purchases before a late activation would have earned."""
    activated = card.activated_at
    if activated is None or activated < now - timedelta(days=limits.activation_days):
        return 0
    return sum(receipt.points_due for receipt in receipts if receipt.at < activated)


def last_spending(operations: Sequence[OperationFacts], now: datetime, limits: Limits) -> OperationFacts | None:
    """The newest operation that took points away, unless it was long ago."""
    since = now - timedelta(days=limits.spent_days)
    return next((one for one in operations if one.points < 0 and one.at >= since), None)
