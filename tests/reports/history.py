"""Weeks of a made-up hotline, for tests and for screenshots: every table that reports read, drawn by a seeded chance.

``python -m tests.reports.history sqlite:///sample.db`` fills a database that is empty.
"""

import math
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table

from ivr.clock import SystemClock
from ivr.store.appeals import appeal_number
from ivr.store.db import Database
from ivr.store.person_tables import codes
from ivr.store.tables import answers, appeals, calls, operators, outbox, places, topics

ZONE = ZoneInfo("Europe/Moscow")
CATEGORIES = {
    "activate": 30, "points_late": 16, "points_not_spent": 12, "balance": 11, "card_not_read": 8, "code_not_coming": 8,
    "app_broken": 6, "site_down": 5, "card_not_in_app": 4, "appeal_status": 4, "questionnaire": 3, "points_lost": 3,
}  # fmt: skip
QUESTIONS = {
    "problem": 0.93, "card_number": 0.86, "birth_date": 0.84, "person_name": 0.9, "one_time_code": 0.95,
    "new_phone": 0.82, "more_help": 0.97, "app_login_1": 0.9, "till_kind": 0.88, "which_block": 0.8,
}  # fmt: skip
PEAKS = ((11.5, 1.6), (18.5, 1.8))
OPERATORS = 6


class History:
    """Gathers rows and writes them at once."""

    def __init__(self, now: datetime, days: int, calls_a_day: int, seed: int = 1) -> None:
        self.now = now
        self._chance = random.Random(seed)
        self._rows: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._serial = 0
        for number in range(days, -1, -1):
            self._day(now.astimezone(ZONE).date() - timedelta(days=number), calls_a_day)
        self._staff()

    def write(self, db: Database) -> None:
        with db.transaction() as conn:
            for table, rows in self._rows.items():
                for begin in range(0, len(rows), 500):
                    conn.execute(table.insert(), rows[begin : begin + 500])

    def _day(self, day: Any, calls_a_day: int) -> None:
        usual = calls_a_day * (0.75 if day.weekday() >= 5 else 1.1)
        count = round(self._chance.gauss(usual, math.sqrt(usual)))
        starts = sorted(self._moment(day) for _ in range(count))
        for start in starts:
            if start < self.now:
                self._call(start)

    def _moment(self, day: Any) -> datetime:
        while True:
            middle, spread = self._chance.choice(PEAKS)
            hour = self._chance.gauss(middle, spread) if self._chance.random() < 0.8 else self._chance.uniform(7, 23)
            if 7 <= hour < 23:
                local = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(hours=hour)
                return local.astimezone(UTC)

    def _call(self, start: datetime) -> None:
        self._serial += 1
        sid = f"CA{self._serial:032x}"
        length = timedelta(seconds=self._chance.lognormvariate(4.8, 0.5))
        phone = f"+7916{self._chance.randrange(2500):07}"
        ended = start + length
        disposition = self._chance.choices(("solved", "appeal", "hung_up", "operator"), (52, 8, 14, 26))[0]
        if disposition == "operator":
            ended = self._place(sid, phone, start + length * 0.5)
        category = self._chance.choices(list(CATEGORIES), list(CATEGORIES.values()))[0]
        if self._chance.random() < 0.93:
            self._rows[topics].append({"call_sid": sid, "category": category, "at": start + timedelta(seconds=15)})
        self._answers(sid, start)
        self._code(sid, start)
        if disposition == "appeal":
            self._appeal(sid, phone, category, ended)
        over = ended <= self.now
        self._rows[calls].append(
            {
                "sid": sid, "step": 5, "state": {}, "reply": None, "driver": "stream", "from_number": phone,
                "to_number": "+78002009002", "status": "completed" if over else "in-progress", "status_sequence": 3,
                "stream_serial": 1, "disposition": disposition if over else None, "started_at": start,
                "updated_at": min(ended, self.now), "ended_at": ended if over else None,
            }
        )  # fmt: skip

    def _place(self, sid: str, phone: str, joined: datetime) -> datetime:
        """A place in the line; returns when the call ends."""
        wait = timedelta(seconds=self._chance.expovariate(1 / 25))
        patience = timedelta(seconds=self._chance.expovariate(1 / 240))
        talk = timedelta(seconds=self._chance.lognormvariate(5.2, 0.4))
        call_back = self._chance.random() < 0.08
        lost = not call_back and patience < wait
        answered = None if lost else joined + (timedelta(minutes=20) if call_back else wait)
        ended = joined + patience if lost else (answered or joined) + talk
        written = None if lost else ended + timedelta(seconds=self._chance.uniform(10, 50))
        known = ended <= self.now
        state = "ended" if known else "talking" if answered and answered <= self.now else "waiting"
        number = len(self._rows[places]) + 1
        self._rows[places].append(
            {
                "number": number, "call_sid": sid, "phone": phone, "kind": "call_back" if call_back else "holding",
                "state": state, "queue": None if known or call_back else f"line-{number}", "category": "activate",
                "joined_at": joined, "due_at": joined, "seen_at": min(ended, self.now), "tries": int(call_back),
                "announced": 1, "operator": "anna" if answered else None,
                "answered_at": answered if answered and answered <= self.now else None,
                "ended_at": ended if known else None,
                "outcome": (("abandoned" if lost else "answered") if known else None), "result": None,
                "result_at": written if written and written <= self.now else None,
            }
        )  # fmt: skip
        return joined + timedelta(seconds=30) if call_back else ended

    def _answers(self, sid: str, start: datetime) -> None:
        for field in self._chance.sample(list(QUESTIONS), 4):
            for result in self._results(field):
                self._rows[answers].append({"call_sid": sid, "field": field, "result": result, "at": start})

    def _results(self, field: str) -> Iterator[str]:
        if self._chance.random() < 0.06:
            yield "silence"
        if self._chance.random() > QUESTIONS[field]:
            yield "not_understood"
        if self._chance.random() < 0.1:
            yield "keys"
        else:
            yield "understood"
            yield "confirmed" if self._chance.random() < 0.96 else "denied"

    def _code(self, sid: str, start: datetime) -> None:
        if start < self.now - timedelta(days=2) or self._chance.random() > 0.4:
            return
        used = self._chance.random() < 0.85
        key = f"{self._serial:032x}"
        self._rows[codes].append(
            {
                "id": key, "holder": sid, "card_key": key, "phone_key": key, "purpose": "call", "prefix_key": key,
                "range_key": key, "decoy": False,
                "digest": "0" * 64, "created_at": start, "expires_at": start + timedelta(minutes=5), "tries": 0,
                "used_at": start + timedelta(seconds=40) if used else None, "voided_at": None,
            }
        )  # fmt: skip
        self._rows[outbox].append(
            {
                "id": key, "kind": "sms", "unique_key": f"code:{key}", "to_number": "+79160000000", "body": None,
                "state": "delivered", "provider_sid": f"SM{key}", "provider_status": "delivered", "error": None,
                "attempts": 1, "due_at": start, "expires_at": start + timedelta(minutes=5), "created_at": start,
                "sent_at": start + timedelta(seconds=self._chance.uniform(0.3, 2.5)), "updated_at": start,
            }
        )  # fmt: skip

    def _appeal(self, sid: str, phone: str, category: str, at: datetime) -> None:
        serial = len(self._rows[appeals]) + 1
        took = timedelta(hours=self._chance.lognormvariate(3.4, 0.7))
        answered = at + took if self._chance.random() < 0.96 and at + took < self.now else None
        self._rows[appeals].append(
            {
                "serial": serial, "number": appeal_number(serial), "call_sid": sid, "phone": phone, "card_number": None,
                "category": category, "text": "", "status": "answered" if answered else "open", "created_at": at,
                "due_at": at + timedelta(days=3), "kind": None, "incident": None, "parent": None, "answer": None,
                "ended_at": answered, "reopened": 0,
            }
        )  # fmt: skip

    def _staff(self) -> None:
        statuses = ("ready", "talking", "wrap_up", "pause", "ready", "off")
        for number in range(OPERATORS):
            self._rows[operators].append(
                {
                    "name": f"operator{number}", "shown": f"Оператор {number}", "role": "operator",
                    "password_hash": None, "subject": None, "phone": None, "device": "browser",
                    "status": statuses[number], "status_since": self.now, "seen_at": self.now,
                }
            )  # fmt: skip


if __name__ == "__main__":
    store = Database(sys.argv[1])
    store.migrate()
    History(SystemClock().now(), days=35, calls_a_day=220).write(store)
    store.close()
