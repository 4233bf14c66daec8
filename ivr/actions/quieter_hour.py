"""Is there an hour later today at which people wait much less?"""

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"quieter", "none"})
NAME = "quieter_hour"


def run(context: Context, services: Services) -> Finished:
    at = services.quieter_time() if services.line_mode() in ("peak", "quiet") else None
    if at is None:
        return Finished(NAME, "none")
    return Finished(NAME, "quieter", facts={"quieter_at": services.moment_in_words(at)})
