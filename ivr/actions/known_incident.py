"""Is the trouble a known outage? Who is told so at once need not try anything else."""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"yes", "no"})
NAME = "known_incident"


def run(context: Context, services: Services) -> Finished:
    category = context.args.get("category") or context.facts.get("category", "")
    say = services.known_incident(category)
    return Finished(NAME, "yes", facts={"incident_say": say}) if say else Finished(NAME, "no")
