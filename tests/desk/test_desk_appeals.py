"""Appeals on the desk: what is due first, answers by SMS, merging, outages; who did it is written down."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from ivr.serving import Serving
from ivr.store.appeals import Appeal, find_appeal
from ivr.store.desk_actions import desk_actions_of
from ivr.store.incidents import insert_incident
from ivr.store.tables import appeals
from tests.desk.desk_world import CALLER, post, register, sign_in


@pytest.fixture
async def desk(http: httpx.AsyncClient) -> httpx.AsyncClient:
    await sign_in(http, "olga")
    return http


def now_of(serving: Serving, number: str) -> Appeal:
    with serving.application.db.reading() as conn:
        found = find_appeal(conn, number)
    assert found is not None
    return found


async def received(serving: Serving, text: str) -> None:
    """Wait until the caller's telephone has the message."""
    assert serving.exchange is not None
    async with asyncio.timeout(10):
        while not any(text in sms.body for sms in serving.exchange.inbox(CALLER)):
            await asyncio.sleep(0.05)


async def test_the_soonest_due_stands_first_and_what_is_late_is_told(desk: httpx.AsyncClient, serving: Serving) -> None:
    first, second = register(serving, "раз"), register(serving, "два", sid="CA9")
    with serving.application.db.transaction() as conn:
        late = serving.application.clock.now() - timedelta(hours=1)
        conn.execute(appeals.update().where(appeals.c.number == second.number).values(due_at=late))
    page = (await desk.get("/desk/appeals")).text
    assert page.index(f"/desk/appeals/{second.number}") < page.index(f"/desk/appeals/{first.number}")
    assert page.count("просрочено") == 1
    assert CALLER not in page


async def test_an_answer_goes_out_by_sms_and_is_written_down(desk: httpx.AsyncClient, serving: Serving) -> None:
    appeal = register(serving)
    answer = await post(desk, f"/desk/appeals/{appeal.number}/answer", answer="  Баллы   списаны. ")
    assert answer.status_code == 303
    changed = now_of(serving, appeal.number)
    assert (changed.status, changed.answer) == ("answered", "Баллы списаны.")
    await received(serving, "Баллы списаны.")
    with serving.application.db.reading() as conn:
        done = desk_actions_of(conn, appeal.call_sid)
    assert [(one.operator, one.kind, one.data) for one in done] == [
        ("olga", "answer_appeal", {"appeal": appeal.number})
    ]
    assert "Баллы списаны." not in str(done)


@pytest.mark.parametrize("text", ["", "   ", "а" * 501])
async def test_an_answer_is_neither_empty_nor_endless(desk: httpx.AsyncClient, serving: Serving, text: str) -> None:
    appeal = register(serving)
    answer = await post(desk, f"/desk/appeals/{appeal.number}/answer", answer=text)
    assert answer.status_code == 422
    assert now_of(serving, appeal.number).status == "open"


async def test_a_repetition_is_merged_and_answered_together(desk: httpx.AsyncClient, serving: Serving) -> None:
    first, second = register(serving, "раз"), register(serving, "два", sid="CA9")
    spaced = f"{first.number[:4]} {first.number[4:]}"
    await post(desk, f"/desk/appeals/{second.number}/merge", into=spaced)
    assert now_of(serving, second.number).parent == first.number
    page = (await desk.get("/desk/appeals")).text
    assert page.count("<tr>") == 2  # the heading, and the one that the other follows
    await post(desk, f"/desk/appeals/{first.number}/answer", answer="Готово.")
    assert now_of(serving, second.number).answer == "Готово."


async def test_what_cannot_be_done_is_told_and_changes_nothing(desk: httpx.AsyncClient, serving: Serving) -> None:
    appeal = register(serving)
    for path, form in (("merge", {"into": appeal.number}), ("merge", {"into": "12345678"}), ("reopen", {})):
        answer = await post(desk, f"/desk/appeals/{appeal.number}/{path}", **form)
        assert answer.status_code == 422
        assert "Так не получится" in answer.text
    assert now_of(serving, appeal.number) == appeal
    with serving.application.db.reading() as conn:
        assert desk_actions_of(conn, appeal.call_sid) == []


async def test_it_is_closed_and_taken_up_again(desk: httpx.AsyncClient, serving: Serving) -> None:
    appeal = register(serving)
    await post(desk, f"/desk/appeals/{appeal.number}/close")
    assert now_of(serving, appeal.number).status == "closed"
    assert appeal.number in (await desk.get("/desk/appeals?status=closed")).text
    await post(desk, f"/desk/appeals/{appeal.number}/reopen")
    assert now_of(serving, appeal.number).status == "open"


async def test_an_outage_stands_with_its_appeals(desk: httpx.AsyncClient, serving: Serving) -> None:
    appeal, clock = register(serving), serving.application.clock
    with serving.application.db.transaction() as conn:
        times = {"opened_at": clock.now(), "expires_at": clock.now() + timedelta(hours=4)}
        outage = insert_incident(conn, category="site", title="Сайт не открывается", say="Чиним.", **times)
        conn.execute(appeals.update().where(appeals.c.number == appeal.number).values(incident=outage.number))
    assert "Сайт не открывается" in (await desk.get("/desk/appeals")).text
    assert "Сайт не открывается" in (await desk.get(f"/desk/appeals/{appeal.number}")).text


async def test_words_of_callers_are_no_html(desk: httpx.AsyncClient, serving: Serving) -> None:
    appeal = register(serving, "<img src=x onerror=alert(1)>")
    page = (await desk.get(f"/desk/appeals/{appeal.number}")).text
    assert "<img" not in page
    assert "&lt;img" in page


async def test_an_unknown_number_is_told(desk: httpx.AsyncClient) -> None:
    assert (await desk.get("/desk/appeals/12345678")).status_code == 404
    assert (await post(desk, "/desk/appeals/12345678/close")).status_code == 404
