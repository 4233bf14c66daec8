"""Remember that a way was tried, and how it went."""

from ivr.actions.card_services import WayResult
from ivr.actions.proven import proven_number
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"noted"})
NAME = "note_way"


def run(context: Context, services: Services) -> Finished:
    result: WayResult = "helped" if context.args["result"] == "helped" else "failed"
    services.note_way(context.args["way"], result, proven_number(context, services))
    return Finished(NAME, "noted")
