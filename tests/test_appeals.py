"""The life of appeals, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from ivr.appeals import AppealDesk, Wish, in_pairs
from ivr.clock import SetClock
from ivr.errors import RecordError
from ivr.hotline import Hotline
from ivr.store.appeals import Appeal, find_appeal, list_appeals
from ivr.store.db import Database
from ivr.store.tables import outbox

PHONE = "+79160000102"
OTHER = "+79160000103"
LANDLINE = "+74951234567"


@pytest.fixture
def desk(hotline: Hotline, clock: SetClock) -> AppealDesk:
    return AppealDesk(hotline, ZoneInfo("Europe/Moscow"), clock)


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    with database.transaction() as conn:
        yield conn


def register(desk: AppealDesk, conn: Connection, phone: str = PHONE, call: str = "CA1", **more: str) -> Appeal:
    return desk.register(conn, Wish(call, phone, "site", **more))[0]  # type: ignore[arg-type]


def texts(conn: Connection) -> list[tuple[str, str]]:
    found = conn.execute(select(outbox.c.to_number, outbox.c.body).order_by(outbox.c.created_at, outbox.c.body))
    return [(to, body) for to, body in found]


def now_in(conn: Connection, appeal: Appeal) -> Appeal:
    found = find_appeal(conn, appeal.number)
    assert found is not None
    return found


def test_it_registers_and_texts_the_number_and_the_day(desk: AppealDesk, conn: Connection, clock: SetClock) -> None:
    appeal, promised = desk.register(conn, Wish("CA1", PHONE, "site", "till", "4276051200020024", "till_day: today"))
    assert now_in(conn, appeal) == appeal
    assert (appeal.status, appeal.kind, appeal.text) == ("open", "till", "till_day: today")
    assert appeal.due_at == datetime(2026, 11, 27, 20, 0, tzinfo=UTC)
    assert len(promised) == 1
    number = in_pairs(appeal.number)
    assert texts(conn) == [(PHONE, f"Обращение {number} принято. Ответ до 27.11.2026. 8-800-200-90-02")]
    assert len(number) == 11


def test_a_call_that_asks_again_gets_the_same_appeal(desk: AppealDesk, conn: Connection) -> None:
    first = register(desk, conn)
    assert desk.register(conn, Wish("CA1", PHONE, "site")) == (first, [])
    others = [register(desk, conn, call="CA2"), register(desk, conn, kind="till"), register(desk, conn, text="more")]
    assert len({first.number, *(one.number for one in others)}) == 4
    assert len(texts(conn)) == 4


def test_it_texts_nothing_where_no_sms_arrives(desk: AppealDesk, conn: Connection) -> None:
    for phone in (LANDLINE, "anonymous", "+12025550123"):
        _, promised = desk.register(conn, Wish(f"CA{phone}", phone, "site"))
        assert promised == []
    assert texts(conn) == []


def test_it_answers_and_texts_the_answer(desk: AppealDesk, conn: Connection, clock: SetClock) -> None:
    appeal = register(desk, conn)
    clock.move(timedelta(hours=1))
    assert len(desk.answer(conn, appeal.number, "Баллы начислены.")) == 1
    answered = now_in(conn, appeal)
    assert (answered.status, answered.answer, answered.ended_at) == ("answered", "Баллы начислены.", clock.now())
    assert texts(conn)[-1] == (PHONE, f"Ответ на обращение {in_pairs(appeal.number)}: Баллы начислены.")


def test_a_second_answer_is_texted_too(desk: AppealDesk, conn: Connection, clock: SetClock) -> None:
    appeal = register(desk, conn)
    for answer in ("Баллы будут завтра.", "Баллы начислены."):
        clock.move(timedelta(hours=1))
        desk.answer(conn, appeal.number, answer)
    assert len(texts(conn)) == 3
    assert now_in(conn, appeal).answer == "Баллы начислены."


def test_merged_appeals_share_the_answer_and_keep_their_numbers(
    desk: AppealDesk, conn: Connection, clock: SetClock
) -> None:
    first, again, other = register(desk, conn), register(desk, conn, call="CA2"), register(desk, conn, OTHER, "CA3")
    clock.move(timedelta(hours=1))
    desk.merge(conn, again.number, first.number)
    desk.merge(conn, other.number, first.number)
    promised = desk.answer(conn, first.number, "Сайт работает.")
    assert len(promised) == 2, "one SMS a phone"
    assert [now_in(conn, one).answer for one in (first, again, other)] == ["Сайт работает."] * 3
    last = {to: body for to, body in texts(conn) if body.startswith("Ответ")}
    assert in_pairs(other.number) in last[OTHER]


def test_a_merged_appeal_brings_along_what_was_merged_into_it(desk: AppealDesk, conn: Connection) -> None:
    one, two, three = (register(desk, conn, call=f"CA{number}") for number in range(3))
    desk.merge(conn, three.number, two.number)
    desk.merge(conn, two.number, one.number)
    assert [now_in(conn, appeal).parent for appeal in (one, two, three)] == [None, one.number, one.number]


def test_what_is_merged_into_an_answered_appeal_is_answered(desk: AppealDesk, conn: Connection) -> None:
    first, again = register(desk, conn), register(desk, conn, call="CA2")
    desk.answer(conn, first.number, "Готово.")
    desk.merge(conn, again.number, first.number)
    assert (now_in(conn, again).status, now_in(conn, again).answer) == ("answered", "Готово.")


def test_it_reopens_with_a_new_due_date_and_on_its_own(desk: AppealDesk, conn: Connection, clock: SetClock) -> None:
    first, again = register(desk, conn), register(desk, conn, call="CA2")
    desk.merge(conn, again.number, first.number)
    desk.answer(conn, first.number, "Готово.")
    clock.move(timedelta(days=7))
    reopened = desk.reopen(conn, again.number)
    assert reopened == now_in(conn, again)
    assert (reopened.status, reopened.parent, reopened.reopened, reopened.ended_at) == ("open", None, 1, None)
    assert reopened.due_at == first.due_at + timedelta(days=7)
    assert now_in(conn, first).status == "answered"


def test_a_caller_may_reopen_for_thirty_days(desk: AppealDesk, conn: Connection, clock: SetClock) -> None:
    appeal = register(desk, conn)
    assert not desk.may_reopen(appeal)
    desk.answer(conn, appeal.number, "Готово.")
    clock.move(timedelta(days=30) - timedelta(seconds=1))
    assert desk.may_reopen(now_in(conn, appeal))
    clock.move(timedelta(seconds=1))
    assert not desk.may_reopen(now_in(conn, appeal))


def test_closing_keeps_the_answer_and_texts_nobody(desk: AppealDesk, conn: Connection) -> None:
    appeal = register(desk, conn)
    desk.answer(conn, appeal.number, "Готово.")
    before = texts(conn)
    desk.close(conn, appeal.number)
    assert (now_in(conn, appeal).status, now_in(conn, appeal).answer) == ("closed", "Готово.")
    assert texts(conn) == before


def test_it_says_what_cannot_be_done_and_what_to_do(desk: AppealDesk, conn: Connection) -> None:
    closed, merged, one = register(desk, conn), register(desk, conn, call="CA2"), register(desk, conn, call="CA3")
    desk.close(conn, closed.number)
    desk.merge(conn, merged.number, one.number)
    for mistake, hint in (
        (lambda: desk.answer(conn, "10000000", "Да."), "appeals list"),
        (lambda: desk.answer(conn, closed.number, "Да."), "reopen"),
        (lambda: desk.answer(conn, merged.number, "Да."), one.number),
        (lambda: desk.close(conn, closed.number), "closed already"),
        (lambda: desk.reopen(conn, one.number), "open already"),
        (lambda: desk.reopen(conn, "10000000"), "appeals list"),
        (lambda: desk.merge(conn, one.number, one.number), "itself"),
        (lambda: desk.merge(conn, one.number, merged.number), one.number),
    ):
        with pytest.raises(RecordError, match=hint):
            mistake()


def test_it_knows_the_appeals_of_a_phone_but_of_no_withheld_number(desk: AppealDesk, conn: Connection) -> None:
    mine, _, hidden = register(desk, conn), register(desk, conn, OTHER, "CA2"), register(desk, conn, "anonymous", "CA3")
    register(desk, conn, "+266696687", "CA4")
    landline = register(desk, conn, LANDLINE, "CA5")
    assert desk.of_phone(conn, PHONE) == [mine]
    assert desk.of_phone(conn, LANDLINE) == [landline]
    assert desk.of_phone(conn, "anonymous") == desk.of_phone(conn, "+266696687") == []
    assert list_appeals(conn, "anonymous") == [hidden]
