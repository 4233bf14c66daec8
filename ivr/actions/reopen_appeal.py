"""The answer was not enough: take the appeal up again."""

from ivr.actions.own_appeals import facts_of, own_appeal
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"reopened", "open_already", "not_possible"})
NAME = "reopen_appeal"


def run(context: Context, services: Services) -> Finished:
    found = own_appeal(context, services)
    if found is None or isinstance(found, str):
        return Finished(NAME, "not_possible")
    if found.status == "open":
        return Finished(NAME, "open_already", facts=facts_of(found, services))
    reopened = services.reopen_appeal(found.number)
    if reopened is None:
        return Finished(NAME, "not_possible")
    return Finished(NAME, "reopened", facts=facts_of(reopened, services))
