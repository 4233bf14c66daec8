"""Is this way worth offering, or was it tried lately without success?

A proven card brings its own memory along. Without a proof only the caller's counts: otherwise a stranger who names a
number would hear what its holder has tried, or could keep ways from being offered to the holder.
"""

from ivr.actions.proven import proven_number
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"new", "tried"})
NAME = "way_is_new"


def run(context: Context, services: Services) -> Finished:
    failed = services.way_failed(context.args["way"], proven_number(context, services))
    return Finished(NAME, "tried" if failed else "new")
