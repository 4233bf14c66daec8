"""What actions get of appeals, outages and sent codes, bound to the transaction of one step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ivr.actions.appeal_services import Resent
from ivr.appeals import AppealDesk, Wish
from ivr.clock import Clock
from ivr.codes import CodeDesk, LastCode
from ivr.dialog.forms import SlotType
from ivr.dialog.walk import PIECE
from ivr.errors import RecordError
from ivr.hotline import Hotline
from ivr.incidents import IncidentDesk
from ivr.line.desk import LineDesk
from ivr.outbox import enqueue_sms
from ivr.phones import is_number, sms_phone
from ivr.received import last_received
from ivr.store.appeals import Appeal
from ivr.store.messages import ReceivedText
from ivr.store.questionnaires import ChangedBy, QuestionnaireChange, add_change

LAST_TEXT_WITHIN = timedelta(days=1)
"""A caller is told of no older message to the short number."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all steps share."""

    hotline: Hotline
    codes: CodeDesk
    clock: Clock
    zone: ZoneInfo
    slot_types: Mapping[str, SlotType]
    line: LineDesk
    """One for all steps: it remembers what four weeks of calls were read for."""


class AppealServices:
    """Services of one step of one call. ``outbox_ids``: messages that the step has promised."""

    changed_by: ChangedBy = "caller"
    """Who changes the questionnaire."""

    def __init__(self, setting: Setting, conn: Connection, call_sid: str, from_number: str) -> None:
        self._setting = setting
        self._conn = conn
        self._call_sid = call_sid
        self._from_number = from_number
        self._appeals = AppealDesk(setting.hotline, setting.zone, setting.clock)
        self._incidents = IncidentDesk(setting.hotline, setting.clock)
        self.outbox_ids: list[str] = []

    def known_incident(self, category: str) -> str | None:
        incident = self._incidents.known(self._conn, category)
        return incident.say if incident else None

    def register_appeal(
        self,
        category: str,
        card_number: str | None,
        kind: str | None = None,
        text: str = "",
        *,
        gathered: bool = False,
    ) -> Appeal:
        incident = self._incidents.known(self._conn, category) if gathered else None
        wish = Wish(
            call_sid=self._call_sid,
            phone=self._from_number,
            category=category,
            kind=kind,
            card_number=card_number,
            text=text,
            incident=incident.number if incident else None,
        )
        appeal, promised = self._appeals.register(self._conn, wish)
        self.outbox_ids += promised
        return appeal

    def own_appeals(self) -> Sequence[Appeal]:
        return self._appeals.of_phone(self._conn, self._from_number)

    def reopen_appeal(self, number: str) -> Appeal | None:
        own = next((appeal for appeal in self.own_appeals() if appeal.number == number), None)
        if own is None or not self._appeals.may_reopen(own):
            return None
        try:
            return self._appeals.reopen(self._conn, number)
        except RecordError:  # another call of the same person was faster
            return None

    def last_code(self) -> LastCode | None:
        phone = sms_phone(self._from_number)
        return self._setting.codes.last(self._conn, phone) if phone else None

    def last_text(self) -> ReceivedText | None:
        if not is_number(self._from_number):
            return None
        since = self._setting.clock.now() - LAST_TEXT_WITHIN
        return last_received(self._conn, self._setting.codes, self._from_number, since)

    def resend_code(self) -> Resent:
        phone = sms_phone(self._from_number)
        offer = self._setting.codes.resend(self._conn, self._call_sid, phone) if phone else None
        if offer is None:
            return "nothing"
        self.promise(offer.outbox_id)
        return offer.told

    def mobile_phone(self, digits: str) -> str | None:
        return sms_phone(f"+7{digits}")

    def note_change(self, card_number: str, field: str, old: str | None, new: str) -> None:
        codes, now = self._setting.codes, self._setting.clock.now()
        kind = f"questionnaire.{field}"
        change = QuestionnaireChange(
            card_key=codes.key_of("card", card_number),
            field=field,
            old_key=codes.key_of(kind, old) if old else None,
            new_key=codes.key_of(kind, new),
            changed_by=self.changed_by,
            call_sid=self._call_sid,
            at=now,
        )
        add_change(self._conn, change)
        if field == "phone" and old and sms_phone(old):
            text = self._setting.hotline.sms_text("phone_changed")
            self.promise(enqueue_sms(self._conn, f"phone_changed:{self._call_sid}:{now}", old, text, at=now))

    def day_in_words(self, day: date) -> str:
        return PIECE.join(self._setting.slot_types["birth_date"].spoken(f"--{day:%m-%d}"))

    def moment_in_words(self, moment: datetime) -> str:
        local, today = self.local_moment(moment), self.local_moment(self._setting.clock.now())
        day = "" if local.date() == today.date() else f"{self.day_in_words(local.date())},{PIECE}"
        spoken = self._setting.slot_types["card_number"].spoken
        return day + PIECE.join((*spoken(str(local.hour)), *spoken(f"{local:%M}")))

    def local_moment(self, moment: datetime) -> datetime:
        """On the clock of the hotline's zone."""
        return moment.astimezone(self._setting.zone)

    def promise(self, outbox_id: str | None) -> None:
        """Let the message be sent after the commit; None: there is none."""
        if outbox_id is not None:
            self.outbox_ids.append(outbox_id)
