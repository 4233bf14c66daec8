"""Nothing about a card is told before its holder's phone was proven in this call, for this very card.

The fact ``verified`` holds a keyed digest of call and card. When another number is given later, the digest does not fit
any more: the outcome ``unverified`` empties the fact, so that the form is passed through the identification again.
"""

from collections.abc import Callable
from hmac import compare_digest

from ivr.actions.card_services import CardFacts
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

VERIFIED = "verified"
"""The fact."""
UNPROVEN = frozenset({"unverified", "unavailable"})
"""The outcomes that every action about a proven card has besides its own."""


def proof(number: str, services: Services) -> dict[str, str]:
    """The fact of an entered code, to be put with an action's others."""
    return {VERIFIED: services.proof_of(number)}


def proven_number(context: Context, services: Services) -> str | None:
    """The number of the card that this call is about, if its holder's phone was proven."""
    number, held = context.slots.get("card_number"), context.facts.get(VERIFIED, "")
    if number is None or not compare_digest(held, services.proof_of(number)):
        return None
    return number


def tell_of_card(
    name: str, context: Context, services: Services, tell: Callable[[str, CardFacts], Finished]
) -> Finished:
    """``tell`` of the proven card; ``unverified`` where there is none, ``unavailable`` where it has left the base."""
    number = proven_number(context, services)
    if number is None:
        return Finished(name, "unverified", facts={VERIFIED: ""})
    card = services.find_card(number)
    return tell(number, card) if card else Finished(name, "unavailable")
