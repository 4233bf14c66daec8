"""SMS webhooks: messages to the hotline, and what became of those that it sent."""

from flask import Blueprint, Response, request

from ivr.inbox import Text
from ivr.telephony.twiml import empty_response
from ivr.web.context import context
from ivr.web.signed import require_signature
from ivr.web.webhook import LONGEST_SID, token, twiml

sms = Blueprint("sms", __name__, url_prefix="/sms")
sms.before_request(require_signature)
LONGEST_SENDER = 64
STOPPED = "OptOutType"
"""The field that Twilio adds where it has answered STOP or HELP itself."""


@sms.post("/incoming")
def incoming() -> Response:
    """A message. The answer to it is an SMS of the outbox, so the document is empty."""
    form = request.form
    sid, sender = form.get("MessageSid", ""), form.get("From", "")
    if not sid.isalnum() or len(sid) > LONGEST_SID or not 0 < len(sender) <= LONGEST_SENDER:
        return Response("MessageSid and From are needed", 400)
    context().inbox.take(Text(sid, sender, form.get("Body", ""), token(), by_machine=STOPPED in form))
    return twiml(empty_response())


@sms.post("/status")
def status() -> Response:
    """A status callback; the outbox row's id comes back in the address."""
    form = request.form
    outbox_id, sid = request.args.get("o", ""), form.get("MessageSid", "")
    if not outbox_id or not sid:
        return Response("o and MessageSid are needed", 400)
    context().note_sms_status(outbox_id, sid, form.get("MessageStatus", ""), form.get("ErrorCode"))
    return Response(empty_response(), mimetype="text/xml")
