"""The desk of codes: see the package's own words."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import Connection

from ivr.clock import Clock
from ivr.codes.brake import Brake, Reason, pause_reason
from ivr.codes.keys import Keys, draw_code
from ivr.codes.limits import exhausted, guessed_out
from ivr.codes.origin import Origin, origin_of, range_of
from ivr.codes.request import CodeRequest, LastCode, Offer, Outcome, Redeemed, Verdict, message_key
from ivr.codes.texts import code_text, rubles_per_code
from ivr.hotline import Hotline
from ivr.metrics import CODE_TRIES, CODES
from ivr.outbox import enqueue_sms, message_id_of
from ivr.phones import sms_phone
from ivr.store.code_events import EventKeys, add_event, count_events, count_wrong
from ivr.store.codes import (
    CodeRow,
    Purpose,
    count_codes,
    empty_expired,
    insert_code,
    latest_code,
    live_code,
    miss_code,
    reseal_code,
    use_code,
)
from ivr.store.db import lock_names
from ivr.store.outbox import find_message

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A code that is asked for."""

    holder: str
    keys: EventKeys
    purpose: Purpose
    origin: Origin
    most_for_holder: int | None
    """Codes that one holder may be sent within a day; None: as many as its phone may."""
    phone: str | None = field(default=None, repr=False)
    carried: bytes | None = field(default=None, repr=False)
    named: bool = False


class CodeDesk:
    """Offers codes and checks them, on the connection of a writing transaction.

    ``pepper`` is a secret that the database does not hold; when it changes, codes on their way become void and the
    counts begin anew. ``draw``: a replay has its codes told, so that a recorded call meets the same ones.
    ``web_host``: where codes for the web are entered, for browsers that read it in the SMS; None: the retailer's site.
    """

    def __init__(
        self,
        hotline: Hotline,
        pepper: bytes,
        clock: Clock,
        draw: Callable[[], str] = draw_code,
        *,
        web_host: str | None = None,
    ) -> None:
        self._hotline = hotline
        self._limits = hotline.codes
        self._keys = Keys(pepper)
        self._clock = clock
        self._draw = draw
        self._host = web_host or hotline.site
        self._rubles = rubles_per_code(hotline, self._host)
        self._brake = Brake()

    # -- offering -------------------------------------------------------------------------------------------------

    def offer(self, conn: Connection, request: CodeRequest) -> Offer:
        """Make a code and queue the SMS with it, or a decoy without one; see ``CodeRequest``."""
        phone, origin = sms_phone(request.phone or ""), origin_of(request.source)
        wanted = _Wanted(
            holder=request.holder,
            keys=self._event_keys(request, phone, origin),
            purpose=request.purpose,
            origin=origin,
            most_for_holder=self._most_for(request.purpose, again=request.again),
            phone=phone,
            carried=request.carried,
            named=request.named is not None,
        )
        return self._issue(conn, wanted)

    def resend(self, conn: Connection, call_sid: str, phone: str) -> Offer | None:
        """Send a new code in place of the last one for the caller's own phone; None: there is none, it was used, or
        another one has taken its place, which may be another phone's.

        The earlier code is void from now on. The new one is for this call; one for the web or for a change of data
        stays where it was asked for.
        """
        row = self._latest(conn, phone)
        if row is None or row.used_at or row.voided_at:
            return None
        wanted = _Wanted(
            holder=call_sid if row.purpose == "call" else row.holder,
            keys=self._asked_by(row, phone),
            purpose=row.purpose,
            origin=origin_of(phone),
            most_for_holder=self._most_for(row.purpose, again=True),
            phone=phone,
        )
        return self._issue(conn, wanted)

    def last(self, conn: Connection, phone: str) -> LastCode | None:
        """What became of the last code for this phone; None where there was none within a day."""
        row = self._latest(conn, phone)
        if row is None:
            return None
        message = find_message(conn, message_id_of(message_key(row.id)))
        counts = count_events(conn, self._asked_by(row, phone), self._clock.now())
        limited = exhausted(counts, self._limits, origin_of(phone), named=False)
        return LastCode(row.created_at, message.state if message else "failed", limited)

    def paused(self, conn: Connection) -> Reason | None:
        """Why nobody is sent a code now; None where codes are sent."""
        reason = pause_reason(conn, self._limits, self._clock.now(), self._rubles)
        self._brake.show(reason)
        return reason

    def _most_for(self, purpose: Purpose, *, again: bool) -> int | None:
        if purpose != "call":
            return None
        return self._limits.codes_per_call + (self._limits.resends_per_call if again else 0)

    def tend(self, conn: Connection) -> None:
        """Each minute: drop what codes carry that count no longer, and show the brake as it is."""
        empty_expired(conn, self._clock.now())
        self.paused(conn)

    def _latest(self, conn: Connection, phone: str) -> CodeRow | None:
        return latest_code(conn, self.key_of("phone", phone), self._clock.now() - _DAY)

    def _event_keys(self, request: CodeRequest, phone: str | None, origin: Origin) -> EventKeys:
        """A decoy has a phone of its own, made of what was asked for, so that its limits are counted like others'."""
        about = request.card_number or request.named or request.holder
        phone_key = self.key_of("phone", phone) if phone else self.key_of("decoy", about)
        near = phone or request.named
        source_key, prefix_key = self._asker(origin)
        return EventKeys(
            phone_key=phone_key,
            card_key=self.key_of("card", request.card_number) if request.card_number else phone_key,
            purpose=request.purpose,
            source_key=source_key,
            prefix_key=prefix_key,
            range_key=self.key_of("range", range_of(near)) if near else phone_key,
            decoy=phone is None,
        )

    def _asked_by(self, row: CodeRow, line: str) -> EventKeys:
        """The keys of a code that is asked for anew, from this line."""
        source_key, prefix_key = self._asker(origin_of(line))
        return replace(_keys_of(row), source_key=source_key, prefix_key=prefix_key)

    def _asker(self, origin: Origin) -> tuple[str | None, str]:
        """The keys of who asks, None for a withheld line, and of his neighbours."""
        return self.key_of("source", origin.one) if origin.one else None, self.key_of("prefix", origin.prefix)

    def _issue(self, conn: Connection, wanted: _Wanted) -> Offer:
        keys = wanted.keys
        lock_names(conn, keys.card_key, keys.phone_key, keys.source_key or keys.prefix_key)
        live = live_code(conn, wanted.purpose, wanted.holder)
        outcome = self._outcome(conn, wanted, live)
        CODES.labels(purpose=wanted.purpose, outcome=outcome).inc()
        if outcome == "sent":
            return Offer("sent", self._send(conn, wanted, live))
        if outcome == "early" and live and wanted.carried is not None:
            reseal_code(conn, live.id, self._sealed(wanted, live) or b"")
        return Offer(outcome, None)

    def _outcome(self, conn: Connection, wanted: _Wanted, live: CodeRow | None) -> Outcome:
        """The same statements run whatever comes of them."""
        now, limits = self._clock.now(), self._limits
        counts = count_events(conn, wanted.keys, now)
        held = count_codes(conn, wanted.purpose, wanted.holder, now - _DAY)
        paused = self.paused(conn)
        if guessed_out(counts.wrong_phone_day, counts.wrong_card_day, limits):
            return "limited"
        if live and _same_way(live, wanted.keys) and self._is_fresh(live):
            return "early"
        if paused:  # before the limits: whoever sets the brake off hears one answer for every card
            return "paused"
        if exhausted(counts, limits, wanted.origin, named=wanted.named):
            return "limited"
        return "limited" if wanted.most_for_holder is not None and held >= wanted.most_for_holder else "sent"

    def _is_fresh(self, row: CodeRow) -> bool:
        """True where a code was sent just now and may still be entered."""
        cooldown = timedelta(seconds=self._limits.cooldown_seconds)
        return self._counts(row) and row.created_at > self._clock.now() - cooldown

    def _counts(self, row: CodeRow) -> bool:
        has_tries = row.tries < self._limits.tries_per_code
        return row.used_at is None and has_tries and row.expires_at > self._clock.now()

    def _send(self, conn: Connection, wanted: _Wanted, live: CodeRow | None) -> str:
        now, code = self._clock.now(), self._draw()
        # Sixteen letters are no code: nothing that anybody enters fits them.
        row = self._row(wanted, code if wanted.phone else secrets.token_hex(8), self._sealed(wanted, live))
        insert_code(conn, row)
        add_event(conn, "sent", wanted.keys, now)
        text = code_text(self._hotline, wanted.purpose, code, self._host)
        real = wanted.phone is not None
        return enqueue_sms(
            conn, message_key(row.id), wanted.phone or "", text, at=now, expires_at=row.expires_at, wanted=real
        )

    def _sealed(self, wanted: _Wanted, live: CodeRow | None) -> bytes | None:
        """What the new code carries: its own, or that of the code whose place it takes.

        Who has asked by a message, and then names his phone in the cabinet, asks for a second code: it carries what
        the first one did, unless that went to another phone. Of a decoy nothing is kept, but sealing takes its time.
        """
        if wanted.carried is None:
            return live.sealed if live and live.phone_key == wanted.keys.phone_key and self._counts(live) else None
        return self._keys.seal(wanted.carried if wanted.phone else secrets.token_bytes(len(wanted.carried)))

    def _row(self, wanted: _Wanted, secret: str, sealed: bytes | None) -> CodeRow:
        now, keys = self._clock.now(), wanted.keys
        code_id = secrets.token_hex(16)
        return CodeRow(
            id=code_id,
            holder=wanted.holder,
            card_key=keys.card_key,
            phone_key=keys.phone_key,
            source_key=keys.source_key,
            prefix_key=keys.prefix_key,
            range_key=keys.range_key,
            purpose=wanted.purpose,
            decoy=keys.decoy,
            digest=self._digest(code_id, keys.phone_key, wanted.purpose, secret),
            created_at=now,
            expires_at=now + timedelta(seconds=self._limits.lifetime_seconds),
            tries=0,
            used_at=None,
            voided_at=None,
            sealed=sealed,
        )

    # -- checking -------------------------------------------------------------------------------------------------

    def check(self, conn: Connection, purpose: Purpose, holder: str, card_number: str | None, code: str) -> Verdict:
        """Judge what was entered against the code that this holder was offered for this purpose and card.

        ``card_number`` None: whatever card the code was about.
        """
        return self.redeem(conn, purpose, holder, card_number, code).verdict

    def redeem(self, conn: Connection, purpose: Purpose, holder: str, card_number: str | None, code: str) -> Redeemed:
        """As ``check``; a right code comes with what it was asked for with."""
        row = self._live_and_locked(conn, purpose, holder)
        if row is None or (card_number is not None and row.card_key != self.key_of("card", card_number)):
            return Redeemed("none")
        verdict = self._judged(conn, row, code)
        CODE_TRIES.labels(purpose=purpose, verdict=verdict).inc()
        return Redeemed(verdict, self._keys.open(row.sealed) if verdict == "right" else None)

    def _judged(self, conn: Connection, row: CodeRow, code: str) -> Verdict:
        now = self._clock.now()
        wrong_phone, wrong_card = count_wrong(conn, row.phone_key, row.card_key, now)
        fits = hmac.compare_digest(row.digest, self._digest(row.id, row.phone_key, row.purpose, code))
        if row.used_at or self._no_tries_left(row.tries, wrong_phone, wrong_card):
            return "spent"
        if row.expires_at <= now:
            return "expired"
        if fits:
            return self._right(conn, row)
        miss_code(conn, row.id)
        add_event(conn, "wrong", _keys_of(row), now)
        return "spent" if self._no_tries_left(row.tries + 1, wrong_phone + 1, wrong_card + 1) else "wrong"

    def _live_and_locked(self, conn: Connection, purpose: Purpose, holder: str) -> CodeRow | None:
        """The code, read again once its card and phone are held: both at once, lest two calls wait for each other."""
        row = live_code(conn, purpose, holder)
        if row is not None and lock_names(conn, row.card_key, row.phone_key):
            return live_code(conn, purpose, holder)
        return row

    def _right(self, conn: Connection, row: CodeRow) -> Verdict:
        now = self._clock.now()
        if not use_code(conn, row.id, now):
            return "spent"
        add_event(conn, "right", _keys_of(row), now)
        return "right"

    def _no_tries_left(self, tries: int, wrong_phone: int, wrong_card: int) -> bool:
        return tries >= self._limits.tries_per_code or guessed_out(wrong_phone, wrong_card, self._limits)

    def _digest(self, code_id: str, phone_key: str, purpose: str, code: str) -> str:
        return self._keys.digest("code", code_id, phone_key, purpose, code)

    def key_of(self, kind: str, value: str) -> str:
        """Stands for a card, a phone or another value in the tables: equal for equal ones of a kind, and of no use
        without the pepper."""
        return self._keys.key_of(kind, value)

    def web_holder(self, phone: str | None, card_number: str = "") -> str:
        """Who may enter a code for the web: whoever holds the phone that it went to, on any browser, whether a message
        or the cabinet has asked for it. Where it went to none, one for the card that no phone stands behind."""
        return self.key_of("web", phone) if phone else self.key_of("no_web", card_number)


def _keys_of(row: CodeRow) -> EventKeys:
    return EventKeys(row.phone_key, row.card_key, row.purpose, row.source_key, row.prefix_key, row.range_key, row.decoy)


def _same_way(row: CodeRow, keys: EventKeys) -> bool:
    """True where the code is about the same card and went to the same phone: only then does it stand for another."""
    return (row.card_key, row.phone_key) == (keys.card_key, keys.phone_key)
