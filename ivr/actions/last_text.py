"""What became of the last message that the phone that calls has sent to the short number?"""

from ivr.actions.services import Context, Services
from ivr.actions.text_fault import FAULT, WRITE_AGAIN
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"none", "fault", "limited", "accepted"})
NAME = "last_text"


def run(context: Context, services: Services) -> Finished:
    """``none`` also for a message that no person sent."""
    text = services.last_text()
    if text is None:
        return Finished(NAME, "none")
    facts = {"text_at": services.moment_in_words(text.at)}
    if text.verdict in WRITE_AGAIN:
        return Finished(NAME, "fault", facts=facts | {FAULT: text.verdict})
    return Finished(NAME, text.verdict if text.verdict in OUTCOMES else "none", facts=facts)
