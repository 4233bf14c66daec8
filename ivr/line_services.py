"""What actions get of the line to the operators, bound to the transaction of one step."""

from datetime import datetime

from sqlalchemy import Connection

from ivr.actions.line_services import LineMode
from ivr.appeal_services import Setting
from ivr.phones import callable_phone
from ivr.store.line import Place


class LineServices:
    """The part of one step's services that is about the line."""

    def __init__(self, setting: Setting, conn: Connection, call_sid: str, from_number: str) -> None:
        self._line_desk = setting.line
        self._conn = conn
        self._call_sid = call_sid
        self._from_number = from_number

    def line_mode(self) -> LineMode:
        return self._line_desk.mode(self._conn, self._call_sid)

    def join_line(self, category: str | None) -> None:
        self._line_desk.join(self._conn, self._call_sid, self._from_number, category)

    def book_call_back(
        self, phone: str | None = None, due_at_opening: bool = False, due_at: datetime | None = None
    ) -> Place | None:
        desk = self._line_desk
        due_at = desk.schedule.next_opening(due_at or desk.clock.now()) if due_at_opening else due_at
        return desk.book(self._conn, self._call_sid, phone or self._from_number, due_at)

    def call_back_booked(self) -> bool:
        return self._line_desk.booked_for(self._conn, self._from_number) is not None

    def cancel_call_back(self) -> bool:
        return self._line_desk.cancel(self._conn, self._from_number)

    def call_back_phone(self, digits: str) -> str | None:
        return callable_phone(f"+7{digits}")

    def own_callable_phone(self) -> str | None:
        return callable_phone(self._from_number)

    def quieter_time(self) -> datetime | None:
        quieter = self._line_desk.quieter(self._conn)
        return quieter.at if quieter else None
