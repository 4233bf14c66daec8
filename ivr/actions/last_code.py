"""What became of the last code for the phone that calls?"""

from ivr.actions.appeal_services import LastCodeFacts
from ivr.actions.services import Context, Services
from ivr.dialog.events import Finished

OUTCOMES = frozenset({"none", "pending", "delivered", "failed", "limited"})
NAME = "last_code"
OF_TEXT = "text"
"""``with: {of: text}``: only a code that is not older than the last message to the short number."""


def run(context: Context, services: Services) -> Finished:
    code = services.last_code()
    if code is None or (context.args.get("of") == OF_TEXT and _is_older(code, services)):
        return Finished(NAME, "none")
    return Finished(NAME, _state(code), facts={"sent_at": services.moment_in_words(code.sent_at)})


def _is_older(code: LastCodeFacts, services: Services) -> bool:
    text = services.last_text()
    return text is None or code.sent_at < text.at


def _state(code: LastCodeFacts) -> str:
    """A code that has arrived is only to be found; for one that has not, it matters whether another may be sent."""
    if code.state == "delivered":
        return "delivered"
    if code.limited:
        return "limited"
    return "failed" if code.state == "failed" else "pending"
