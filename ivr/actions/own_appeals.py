"""Which appeal is the caller's, and what is told of it.

Only appeals made from the number that calls are ever looked at, so that nobody hears of another person's: a wrong
number and somebody else's number are answered alike.
"""

from ivr.actions.appeal_services import AppealFacts
from ivr.actions.services import Context, Services

SEVERAL = "several"


def own_appeal(context: Context, services: Services) -> AppealFacts | str | None:
    """The appeal with the number that the caller gave; without one, the open one, or else the one that ended last.

    ``SEVERAL`` where several are open and no number was given.
    """
    own = services.own_appeals()
    number = context.slots.get("appeal_number")
    if number is not None:
        return next((appeal for appeal in own if appeal.number == number), None)
    numbers = {appeal.number for appeal in own}
    alone = [appeal for appeal in own if appeal.parent not in numbers]
    still_open = [appeal for appeal in alone if appeal.status == "open"]
    if len(still_open) > 1:
        return SEVERAL
    ended = sorted((appeal for appeal in alone if appeal.ended_at), key=lambda appeal: str(appeal.ended_at))
    return next(iter(still_open or ended[-1:]), None)


def facts_of(appeal: AppealFacts, services: Services) -> dict[str, str]:
    """``appeal_number`` and ``due``."""
    return {
        "appeal_number": services.digits_in_words(appeal.number),
        "due": services.day_in_words(services.local_date(appeal.due_at)),
    }
