"""The wallboard over hand-made rows: what it counts, and what it marks."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ivr.clock import SetClock
from ivr.reports.figures import Count, Share, Span
from ivr.reports.ledger import ReportGround
from ivr.reports.service import Reports
from ivr.reports.wallboard import Figure
from ivr.store.code_events import EventKeys, add_event
from ivr.store.db import Database
from ivr.store.operators import Operator, Status, add_operator
from ivr.store.person_tables import codes
from ivr.store.tables import outbox, places
from tests.reports.conftest import NOW

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


class Hall:
    """A hotline's present state, row by row."""

    def __init__(self, database: Database, ground: ReportGround) -> None:
        self._database = database
        self._ground = ground
        self._number = 0

    def place(self, joined: datetime, *, kind: str = "holding", state: str = "waiting", **more: Any) -> None:
        self._number += 1
        row: dict[str, Any] = {
            "number": self._number, "call_sid": f"CA{self._number}", "phone": "+79160000102", "kind": kind,
            "state": state, "queue": None, "category": None, "joined_at": joined, "due_at": joined, "seen_at": joined,
            "tries": 0, "announced": None, "operator": None, "answered_at": None, "ended_at": None, "outcome": None,
            "result": None, "result_at": None,
        }  # fmt: skip
        with self._database.transaction() as conn:
            conn.execute(places.insert(), row | more)

    def answered(self, waited: float, ended: datetime | None = None) -> None:
        over = ended or NOW - MINUTE
        answered_at = over - 2 * MINUTE
        joined = answered_at - timedelta(seconds=waited)
        self.place(joined, state="ended", answered_at=answered_at, ended_at=over, outcome="answered")

    def abandoned(self, waited: float) -> None:
        self.place(NOW - MINUTE - timedelta(seconds=waited), state="ended", ended_at=NOW - MINUTE, outcome="abandoned")

    def operator(self, name: str, status: Status) -> None:
        with self._database.transaction() as conn:
            assert add_operator(conn, Operator(name, name, "operator", None, None, None, "browser", status, NOW, None))

    def code(self, ago: timedelta, *, state: str = "delivered", used: bool = False, took: float = 1.0) -> None:
        self._number += 1
        key, at = f"{self._number:032}", NOW - ago
        with self._database.transaction() as conn:
            conn.execute(
                codes.insert(),
                {
                    "id": key, "holder": "CA1", "card_key": key, "phone_key": key, "purpose": "call", "prefix_key": key,
                    "range_key": key, "decoy": state == "decoy",
                    "digest": "0" * 64, "created_at": at, "expires_at": at + 5 * MINUTE, "tries": 0,
                    "used_at": at + 30 * SECOND if used else None, "voided_at": None,
                },
            )  # fmt: skip
            if state == "decoy":
                return
            conn.execute(
                outbox.insert(),
                {
                    "id": key, "kind": "sms", "unique_key": f"code:{key}", "to_number": "+79160000102", "body": None,
                    "state": state, "provider_sid": None, "provider_status": None, "error": None, "attempts": 1,
                    "due_at": at, "expires_at": at + 5 * MINUTE, "created_at": at,
                    "sent_at": at + timedelta(seconds=took), "updated_at": at,
                },
            )  # fmt: skip

    def figure(self, group: str, metric: str) -> Figure:
        return Reports(self._database, SetClock(NOW), self._ground).wallboard().figure(group, metric)


@pytest.fixture
def hall(database: Database, ground: ReportGround) -> Hall:
    return Hall(database, ground)


def test_an_empty_hall_is_quiet_and_claims_nothing(hall: Hall, empty_reports: Reports) -> None:
    board = empty_reports.wallboard()
    assert hall.figure("line", "in_line").value == Count(0)
    assert hall.figure("service_today", "service_all").value == Share(0, 0)
    assert hall.figure("codes", "codes_used").value == Share(0, 0)
    assert [one.metric for group in board.groups for one in group.figures if one.attention] == []


def test_it_counts_who_holds_and_the_longest_wait(hall: Hall) -> None:
    hall.operator("anna", "talking")
    hall.place(NOW - 2 * MINUTE)
    hall.place(NOW - 4 * MINUTE, state="offered")
    hall.place(NOW - 9 * MINUTE, state="talking", answered_at=NOW - 8 * MINUTE)
    assert hall.figure("line", "in_line") == Figure("in_line", Count(2))
    assert hall.figure("line", "longest_wait") == Figure("longest_wait", Span(240, 2))
    hall.place(NOW - 5 * MINUTE - SECOND)
    assert hall.figure("line", "longest_wait").attention


def test_callers_who_wait_for_nobody_are_marked(hall: Hall) -> None:
    hall.operator("anna", "off")
    hall.place(NOW - SECOND)
    assert hall.figure("line", "in_line").attention
    hall.operator("boris", "pause")
    assert not hall.figure("line", "in_line").attention


def test_a_call_back_is_due_then_overdue(hall: Hall) -> None:
    hall.place(NOW - 60 * MINUTE, kind="call_back", due_at=NOW + MINUTE)
    hall.place(NOW - 60 * MINUTE, kind="call_back", due_at=NOW - 15 * MINUTE)
    assert hall.figure("line", "call_backs_waiting").value == Count(1)
    assert hall.figure("line", "call_backs_overdue") == Figure("call_backs_overdue", Count(0))
    hall.place(NOW - 60 * MINUTE, kind="call_back", due_at=NOW - 15 * MINUTE - SECOND)
    assert hall.figure("line", "call_backs_overdue") == Figure("call_backs_overdue", Count(1), attention=True)
    assert hall.figure("line", "in_line").value == Count(0)


def test_it_counts_operators_by_status(hall: Hall) -> None:
    for name, status in (("anna", "ready"), ("boris", "ready"), ("vera", "missed"), ("olga", "off")):
        hall.operator(name, status)  # type: ignore[arg-type]
    assert hall.figure("operators", "operators_ready").value == Count(2)
    assert hall.figure("operators", "operators_missed") == Figure("operators_missed", Count(1), attention=True)
    assert hall.figure("operators", "operators_pause").value == Count(0)


def test_a_late_answer_counts_at_its_moment_not_at_its_joining(hall: Hall) -> None:
    hall.answered(3000)
    hall.answered(5)
    hall.answered(5, ended=NOW - 40 * MINUTE)
    assert hall.figure("service_recent", "service_answered").value == Share(1, 2)
    assert hall.figure("service_today", "service_answered").value == Share(2, 3)


def test_a_share_is_marked_only_where_chance_does_not_explain_it(hall: Hall) -> None:
    for _ in range(9):
        hall.abandoned(60)
    assert not hall.figure("service_today", "abandonment").attention, "nine are too few to judge by"
    hall.answered(100)
    assert hall.figure("service_today", "abandonment").attention
    assert hall.figure("service_today", "service_all").attention


def test_codes_are_those_that_left_and_used_those_that_can_be_used_no_longer(hall: Hall) -> None:
    hall.code(60 * MINUTE, used=True, took=2)
    hall.code(60 * MINUTE, state="sent")
    hall.code(MINUTE, used=True)
    hall.code(MINUTE)
    hall.code(60 * MINUTE, state="failed")
    hall.code(60 * MINUTE, state="decoy")
    hall.code(timedelta(hours=20), used=True)
    assert hall.figure("codes", "codes_sent").value == Count(4)
    assert hall.figure("codes", "codes_used").value == Share(2, 3)
    assert hall.figure("codes", "sms_p95").value == Span(2, 4)


def test_places_of_recognition_are_marked_when_all_are_taken(database: Database, ground: ReportGround) -> None:
    for taken, marked in ((23, False), (24, True)):
        full = replace(ground, slots=lambda taken=taken: Share(taken, 24))  # type: ignore[misc]
        board = Reports(database, SetClock(NOW), full).wallboard()
        assert board.figure("machine", "slots_taken") == Figure("slots_taken", Share(taken, 24), marked)


def test_a_wallboard_is_read_once_a_second(database: Database, ground: ReportGround) -> None:
    clock = SetClock(NOW)
    reports = Reports(database, clock, ground)
    first = reports.wallboard()
    Hall(database, ground).place(NOW)
    clock.move(timedelta(milliseconds=999))
    assert reports.wallboard() is first
    clock.move(timedelta(milliseconds=1))
    assert reports.wallboard().figure("line", "in_line").value == Count(1)


def test_an_unknown_figure_is_refused(empty_reports: Reports) -> None:
    with pytest.raises(KeyError):
        empty_reports.wallboard().figure("line", "callers")


def test_it_marks_that_codes_are_stopped_and_the_neighbours_who_enter_none(
    database: Database, ground: ReportGround
) -> None:
    with database.transaction() as conn:
        for number in range(60):
            near = "pumped" if number < 40 else "usual"
            keys = EventKeys(f"{number}", f"{number}", "web", None, near, near, decoy=False)
            add_event(conn, "sent", keys, NOW)
            if number % 20 == 0 or near == "usual":
                add_event(conn, "right", keys, NOW)
    board = Reports(database, SetClock(NOW), replace(ground, codes_paused=lambda _conn, _now: True)).wallboard()
    assert board.figure("codes", "codes_paused") == Figure("codes_paused", Count(1), attention=True)
    for metric in ("codes_worst_range", "codes_worst_askers"):
        assert board.figure("codes", metric) == Figure(metric, Share(2, 40), attention=True)
