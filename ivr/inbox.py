"""Messages to the short number, acted upon as calls are: the same data come to the same decision on every channel.

    text ──parse──▶ fault ─────────────────────────▶ answer that names it
              └───▶ form ──action ``send_code``──▶ code or decoy, neutral answer

What is decided, the row of the message and both SMS are one transaction, so that a message that comes twice, or whose
webhook broke off, is acted upon once. The answer is an SMS of the outbox and not the webhook's own: a lost answer of a
webhook would be a lost answer of ours.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import Connection

from ivr.actions import load_actions
from ivr.actions.services import Context
from ivr.codes import ActivationForm, CodeRequest
from ivr.hotline import Hotline
from ivr.outbox import enqueue_sms
from ivr.phones import is_number, sms_phone
from ivr.received import sender_key
from ivr.services import CallServices, Desk
from ivr.slots.lexicon import load_lexicon
from ivr.sms_form import SmsFault, SmsForm, SmsWords, Verdict, load_sms_words, parse_sms, reply_for
from ivr.store.calls import remember_token
from ivr.store.db import Database, lock_names
from ivr.store.messages import add_text, count_texts, judge_text

ANSWERED = 5
"""Messages of one sender that are answered"""
WITHIN = timedelta(minutes=10)
"""in that time; the others are counted only. Two programs that answer each other come to rest so."""
KNOWN_FOR = timedelta(days=7)
"""How long it is known what became of a message."""
ANSWER_LIFE = timedelta(hours=1)
"""An answer that comes later answers nothing any more."""
MUTED = "muted"
"""The verdict on a message too many: neither read nor answered."""
IGNORED = "ignored"
"""The verdict on a message that no person sent: from a short number, a name, our own numbers, or a word such as STOP
that the provider has answered itself."""
_VERDICTS: dict[str, Verdict] = {
    "sent": "accepted",
    "limited": "limited",
    "paused": "unavailable",
    "unavailable": "unavailable",
}
"""By the outcome of the action that voice runs too."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Text:
    """A message as it came. ``repr`` shows nothing personal."""

    sid: str
    """The provider's name for it, at most 64 letters: whatever bears it again is the same message."""
    sender: str = field(repr=False)
    """E.164, a short number or a name."""
    body: str = field(repr=False)
    token: str | None = None
    """What tells the webhook that comes again from a new one."""
    by_machine: bool = False
    """True where the provider has answered it itself."""


class Inbox:
    """Takes messages. Threads may share it."""

    def __init__(
        self,
        db: Database,
        desk: Desk,
        words: SmsWords,
        deliver_soon: Callable[[str], None],
        own_numbers: Collection[str],
    ) -> None:
        self._db, self._desk, self._words = db, desk, words
        self._deliver_soon = deliver_soon
        self._own_numbers = frozenset(own_numbers)
        self._send_code = load_actions()["send_code"]

    def take(self, text: Text) -> None:
        """Act upon a message, once. Raises ``StoreError`` where that cannot be stored: it should come again."""
        promised = list[str]()
        with self._db.transaction() as conn:
            verdict = self._taken(conn, text, promised)
        for outbox_id in promised:
            self._deliver_soon(outbox_id)
        _log.info("text_taken", verdict=verdict)

    def _key(self, sender: str) -> str:
        return sender_key(self._desk.codes, sender)

    def _taken(self, conn: Connection, text: Text, promised: list[str]) -> str:
        now, key = self._desk.clock.now(), self._key(text.sender)
        lock_names(conn, key)
        new = not text.token or remember_token(conn, text.token, call_sid=text.sid, step=0, at=now)
        if not new or not add_text(conn, text.sid, key, now):
            return "repeated"
        verdict = self._passed_over(conn, text, key) or self._answered(conn, text, promised)
        judge_text(conn, text.sid, verdict)
        return verdict

    def _passed_over(self, conn: Connection, text: Text, key: str) -> str | None:
        """Why the message is not even read; None where it is."""
        if text.by_machine or text.sender in self._own_numbers or not is_number(text.sender):
            return IGNORED
        return MUTED if count_texts(conn, key, self._desk.clock.now() - WITHIN) > ANSWERED else None

    def _answered(self, conn: Connection, text: Text, promised: list[str]) -> str:
        """Decide and promise the answer, to phones that the hotline may text and to no others."""
        scheme, now = self._desk.hotline.card_scheme, self._desk.clock.now()
        read = parse_sms(text.body, self._words, now.astimezone(self._desk.zone).date(), scheme)
        told = read if isinstance(read, SmsFault) else self._decided(conn, text, read, promised)
        if phone := sms_phone(text.sender):
            answer = reply_for(told, read.understood, self._words, scheme.length)
            promised.append(
                enqueue_sms(conn, f"answer:{text.sid}", phone, answer, at=now, expires_at=now + ANSWER_LIFE)
            )
        return told.kind if isinstance(told, SmsFault) else told

    def _decided(self, conn: Connection, text: Text, form: SmsForm, promised: list[str]) -> Verdict:
        """As a call with these answers decides; the code is entered in the cabinet, on any browser."""
        services = TextServices(self._desk, conn, text, form)
        slots = {
            "card_number": form.card_number,
            "birth_date": form.birth_date.isoformat(),
            "person_name": form.first_names[0],
        }
        finished = self._send_code.run(Context(text.sid, sms_phone(text.sender), slots), services)
        promised += services.outbox_ids
        verdict = _VERDICTS[finished.outcome]
        if verdict == "accepted":
            consents = self._desk.consents
            consents.give(conn, text.sender, "personal_data", "sms", text.sid, card_number=form.card_number)
        return verdict


class TextServices(CallServices):
    """Services of one message."""

    def __init__(self, desk: Desk, conn: Connection, text: Text, form: SmsForm) -> None:
        super().__init__(desk, conn, text.sid, text.sender)
        self._form = form

    def code_request(self, card_number: str, phone: str | None) -> CodeRequest:
        """For whoever holds the phone that the code goes to: the sender's number can be forged. It carries the form."""
        holder = self._desk.codes.web_holder(phone, card_number)
        carried = ActivationForm(card_number, self._form.first_names[0], self._form.birth_date).to_bytes()
        return CodeRequest("web", holder, card_number, phone, self._from_number, carried=carried)


def read_sms_words(grammars: Path, hotline: Hotline) -> SmsWords:
    """The words and answers of messages, from ``sms.yaml`` and ``lexicon/``. Raises ``BookError``."""
    lexicon = load_lexicon(grammars / "lexicon")
    return load_sms_words(grammars / "sms.yaml", lexicon, hotline.own_values, hotline.card_scheme.length)


def own_senders(hotline: Hotline, sms_from: str) -> frozenset[str]:
    """Whose messages would be our own."""
    numbers = (hotline.hotline_number, hotline.operators_line, hotline.sms_number, sms_from)
    return frozenset(number for number in numbers if number)
