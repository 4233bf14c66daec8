"""What became of the caller's appeal?"""

from ivr.actions.appeal_services import AppealFacts
from ivr.actions.own_appeals import facts_of, own_appeal
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"open", "overdue", "answered", "closed", "several", "none"})
NAME = "find_appeal"


def run(context: Context, services: Services) -> Finished:
    found = own_appeal(context, services)
    if found is None or isinstance(found, str):
        return Finished(NAME, found or "none")
    facts = facts_of(found, services) | {"appeal_answer": found.answer or ""}
    return Finished(NAME, _state(found, services), facts=facts)


def _state(appeal: AppealFacts, services: Services) -> str:
    overdue = appeal.status == "open" and services.now() > appeal.due_at
    return "overdue" if overdue else appeal.status
