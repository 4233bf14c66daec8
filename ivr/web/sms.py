"""SMS webhooks: what became of the messages that the hotline sent."""

from flask import Blueprint, Response, request

from ivr.telephony.twiml import empty_response
from ivr.web.context import context
from ivr.web.signed import require_signature

sms = Blueprint("sms", __name__, url_prefix="/sms")
sms.before_request(require_signature)


@sms.post("/status")
def status() -> Response:
    """A status callback; the outbox row's id comes back in the address."""
    form = request.form
    outbox_id, sid = request.args.get("o", ""), form.get("MessageSid", "")
    if not outbox_id or not sid:
        return Response("o and MessageSid are needed", 400)
    context().note_sms_status(outbox_id, sid, form.get("MessageStatus", ""), form.get("ErrorCode"))
    return Response(empty_response(), mimetype="text/xml")
