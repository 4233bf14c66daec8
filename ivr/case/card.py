"""The card's block, and what the decision tables have found about it."""

from collections.abc import Iterator

from ivr.case.ground import OpenCase
from ivr.case.screen import CaseCard, Finding, Moment
from ivr.case.values import card_masked, phone_masked
from ivr.dialog.walk import PIECE
from ivr.errors import LoyaltyUnavailable
from ivr.store.cards import Card
from ivr.store.histories import Receipt

SHOWN = 5
"""Operations and receipts on the screen; older ones explain nothing to somebody on the telephone."""


def card_block(case: OpenCase) -> CaseCard | None:
    """None where the caller gave no card, or where the base is away."""
    number = case.card_number
    if number is None or case.base_away:
        return None
    if case.card is None:
        unknown = case.setting.texts.unknown_card
        return CaseCard(False, card_masked(number), "", unknown, "", "", None, (), ())
    return _known(case, case.card)


def _known(case: OpenCase, card: Card) -> CaseCard:
    try:
        operations, receipts = tuple(_operations(case, card)), tuple(_receipts(case, card))
    except LoyaltyUnavailable:  # it answered a moment ago; what it has said is shown
        operations, receipts = (), ()
    return CaseCard(
        known=True,
        number=card_masked(card.number),
        status=card.status,
        status_title=case.setting.texts.say("statuses", card.status),
        balance=case.services.points_in_words(card.balance),
        phone=phone_masked(card.phone) if card.phone else "",
        since=card.issued_at if card.status == "issued" else card.activated_at,
        operations=operations,
        receipts=receipts,
    )


def _operations(case: OpenCase, card: Card) -> Iterator[Moment]:
    for one in case.services.operations(card.number)[:SHOWN]:
        sign = "+" if one.points > 0 else "−"
        points = f"{sign}{case.services.points_in_words(abs(one.points))}"
        yield Moment(one.at, case.setting.texts.say("operations", one.cause, points=points))


def _receipts(case: OpenCase, card: Card) -> Iterator[Moment]:
    for one in case.services.receipts(card.number)[:SHOWN]:
        total = f"{one.total // 100},{one.total % 100:02}"
        yield Moment(one.at, case.setting.texts.say("receipts", _kind(one), shop=one.shop, total=total))


def _kind(receipt: Receipt) -> str:
    """What a receipt explains, in the order of ``ivr.actions.situation``."""
    if receipt.spend == "spent":
        return "spent"
    if receipt.tobacco:
        return "tobacco"
    return "refused" if receipt.spend == "refused" else "plain"


def finding(case: OpenCase) -> Finding | None:
    """What the category's table finds; None where it has none, and where there is no card to look at."""
    table = case.setting.texts.advice_for(case.category).table
    if table is None or case.card is None:
        return None
    found = case.setting.actions[table].run(case.context(as_proven=True), case.services)
    advice = case.setting.texts.findings[table].get(found.outcome)
    if advice is None:  # the base is away by now
        return None
    facts = {name: value.replace(PIECE, " ") for name, value in found.facts.items()}
    return Finding(table, found.outcome, advice.found.format_map(facts))
