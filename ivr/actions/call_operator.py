"""How is a caller served who wants a person, or has to have one?

In the quiet hours self-service is offered once, to who asks for a person before saying anything else. Whoever asks
again, has said what it is about, or could not be understood, gets into the line.
"""

from collections.abc import Mapping

from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished
from ivr.dialog.walk import OPERATOR_ASKED

OUTCOMES = frozenset({"line", "quiet", "closed", "nobody", "direct"})
NAME = "call_operator"


def run(context: Context, services: Services) -> Finished:
    mode = services.line_mode()
    if mode == "quiet" and "at_once" not in context.args and _asked_first(context.facts):
        return Finished(NAME, "quiet")
    if mode in ("peak", "quiet"):
        services.join_line(context.facts.get("category"))
        return Finished(NAME, "line")
    return Finished(NAME, mode)


def _asked_first(facts: Mapping[str, str]) -> bool:
    """True where a person was asked for, for the first time, and nothing else is known."""
    return facts.get(OPERATOR_ASKED) == "1" and not facts.get("category")
