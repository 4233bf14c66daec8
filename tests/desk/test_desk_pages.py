"""The desk over HTTP: own calls alone, actions and their answers, statuses, results."""

import re

import httpx
import pytest

from ivr.content import current_content
from ivr.dialog.events import Heard, keyed, said
from ivr.dispositions import names_of
from ivr.serving import Serving
from ivr.store.appeals import list_appeals
from tests.desk.desk_world import CALLER, account, in_line, place_of, post, rung, sign_in, talking


@pytest.fixture
async def desk(http: httpx.AsyncClient, serving: Serving) -> httpx.AsyncClient:
    """Pavel, who takes calls on his own telephone, talks with a caller."""
    await sign_in(http, "pavel")
    in_line(serving)
    talking(serving, "pavel")
    return http


async def test_the_screen_is_full_while_the_telephone_rings(http: httpx.AsyncClient, serving: Serving) -> None:
    await sign_in(http, "pavel")
    in_line(serving)
    rung(serving, "pavel")
    page = (await http.get("/desk/now")).text
    assert 'data-phase="ringing"' in page
    assert "звонит ваш телефон: ответьте и нажмите 1" in page
    for part in ("+7 *** ***-01-08", "Не списываются баллы", "4276 0512 0007 0086", "табак", "Отправить код"):
        assert part in page
    assert CALLER not in page


async def test_what_is_typed_into_the_result_stays_while_the_rest_is_shown_anew(desk: httpx.AsyncClient) -> None:
    page = (await desk.get("/desk/now?key=1-talking")).text
    assert 'id="case"' in page
    assert 'id="result"' not in page
    assert 'id="result"' in (await desk.get("/desk/now?key=idle")).text


OTHERS = ("transcript", "clip/card_number", "do/register_appeal", "correct/card_number")


@pytest.mark.parametrize("path", OTHERS)
async def test_another_operators_call_is_not_shown(
    desk: httpx.AsyncClient, other_http: httpx.AsyncClient, path: str
) -> None:
    await sign_in(other_http, "vera")
    answer = await other_http.get(f"/desk/call/1/{path}")
    assert answer.status_code in (404, 409)
    assert "4276" not in answer.text
    assert (await desk.get(f"/desk/call/1/{path}")).status_code == (404 if "clip" in path else 200)


@pytest.mark.parametrize("path", ["end", "code", "finish", "do/reveal", "do/register_appeal"])
async def test_another_operators_call_is_not_touched(
    desk: httpx.AsyncClient, other_http: httpx.AsyncClient, serving: Serving, path: str
) -> None:
    await sign_in(other_http, "boris")
    answer = await post(other_http, f"/desk/call/1/{path}", **{"result": "spam", "in-text": "x", "in-category": "site"})
    assert "уже не ваш" in answer.text
    assert CALLER not in answer.text
    place = place_of(serving)
    assert (place.state, place.result) == ("talking", None)
    with serving.application.db.reading() as conn:
        assert list_appeals(conn) == []


async def test_a_status_is_chosen_and_waits_for_the_end_of_a_call(http: httpx.AsyncClient, serving: Serving) -> None:
    await sign_in(http, "pavel")
    assert 'status ready"' in (await post(http, "/desk/status", status="ready")).text
    assert 'status pause"' in (await post(http, "/desk/status", status="pause")).text
    assert (await post(http, "/desk/status", status="talking")).status_code == 400
    in_line(serving)
    talking(serving, "pavel")
    assert "Во время звонка статус не меняется" in (await post(http, "/desk/status", status="pause")).text


async def test_a_call_is_declined(http: httpx.AsyncClient, serving: Serving) -> None:
    await sign_in(http, "pavel")
    in_line(serving)
    rung(serving, "pavel")
    assert 'data-phase="idle"' in (await post(http, "/desk/decline")).text
    assert place_of(serving).state == "waiting"
    assert "уже не ваш" in (await post(http, "/desk/decline")).text


async def test_a_result_ends_the_call_and_makes_ready(desk: httpx.AsyncClient, serving: Serving) -> None:
    page = (await post(desk, "/desk/call/1/finish", result="told", after="ready")).text
    assert 'data-phase="idle"' in page
    place = place_of(serving)
    assert (place.state, place.outcome, place.result) == ("ended", "answered", "told")
    assert account(serving, "pavel").status == "ready"


async def test_a_result_may_be_followed_by_a_pause(desk: httpx.AsyncClient, serving: Serving) -> None:
    in_line(serving, "CA2", "+79160000102", ("0#",))
    await post(desk, "/desk/call/1/end")
    assert account(serving, "pavel").status == "wrap_up"
    await post(desk, "/desk/call/1/finish", result="told", after="pause")
    assert account(serving, "pavel").status == "pause"
    assert (place_of(serving, 1).result, place_of(serving, 2).state) == ("told", "waiting")


@pytest.mark.parametrize("result", ["", "anything", "told; drop table places"])
async def test_only_a_known_result_is_taken(desk: httpx.AsyncClient, serving: Serving, result: str) -> None:
    assert "Выберите итог" in (await post(desk, "/desk/call/1/finish", result=result)).text
    assert place_of(serving).state == "talking"


async def test_every_result_is_on_the_page(desk: httpx.AsyncClient) -> None:
    page = (await desk.get("/desk/now")).text
    names = re.findall(r'name="result" value="(\w+)"', page)
    assert names == list(names_of(current_content().dispositions))


async def test_a_caller_is_handed_back_to_key_a_code(desk: httpx.AsyncClient, serving: Serving) -> None:
    page = (await post(desk, "/desk/call/1/code")).text
    assert "вводит код" in page
    assert place_of(serving).state == "away"


async def test_an_answer_is_corrected_by_typed_words(desk: httpx.AsyncClient) -> None:
    page = (await desk.get("/desk/call/1/correct/birth_date")).text
    assert 'value="12.12.1955"' in page
    form = {"in-field": "birth_date", "in-value": "тринадцатое декабря пятьдесят пятого"}
    answer = await post(desk, "/desk/call/1/do/correct_field", **form)
    assert answer.headers["hx-trigger"] == "desk:changed"
    now = (await desk.get("/desk/now")).text
    assert "13.12.1955" in now
    assert "исправлено" in now


async def test_what_cannot_be_understood_stays_in_the_form(desk: httpx.AsyncClient) -> None:
    form = {"in-field": "birth_date", "in-value": '"><script>alert(1)</script>'}
    answer = await post(desk, "/desk/call/1/do/correct_field", **form)
    assert "hx-trigger" not in answer.headers
    assert 'role="alert"' in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "<script" not in answer.text


async def test_an_appeal_is_registered_after_a_question(desk: httpx.AsyncClient, serving: Serving) -> None:
    question = (await desk.get("/desk/call/1/do/register_appeal")).text
    assert "<textarea" in question
    category = re.findall(r'<option value="(\w+)" selected', question)[0]
    form = {"in-category": category, "in-text": "Списать баллы"}
    done = await post(desk, "/desk/call/1/do/register_appeal", **form)
    assert "Выполнено" in done.text
    with serving.application.db.reading() as conn:
        assert [one.text for one in list_appeals(conn)] == ["Списать баллы"]


async def test_an_action_that_cannot_be_done_now_is_not_asked_for(desk: httpx.AsyncClient) -> None:
    assert (await desk.get("/desk/call/1/do/activate")).status_code == 409
    assert (await desk.get("/desk/call/1/do/anything")).status_code == 409
    assert (await post(desk, "/desk/call/1/do/anything")).headers.get("hx-trigger") is None


async def test_the_number_is_shown_whole_only_when_asked_for(desk: httpx.AsyncClient) -> None:
    assert CALLER not in (await desk.get("/desk/now")).text
    shown = (await post(desk, "/desk/call/1/do/reveal")).text
    assert re.sub(r"\D", "", CALLER) in re.sub(r"\D", "", shown)


async def test_this_machines_browser_needs_no_token(desk: httpx.AsyncClient) -> None:
    assert (await desk.get("/desk/token")).status_code == 404


async def test_a_heartbeat_says_that_the_page_is_open(desk: httpx.AsyncClient, serving: Serving) -> None:
    before = account(serving, "pavel").seen_at
    assert (await post(desk, "/desk/seen")).status_code == 204
    after = account(serving, "pavel").seen_at
    assert before is not None
    assert after is not None
    assert after > before


async def test_the_queue_tells_nothing_personal(desk: httpx.AsyncClient, serving: Serving) -> None:
    in_line(serving, "CA2", "+79160000102", ("0#",))
    page = (await desk.get("/desk/queue")).text
    assert "Не списываются баллы" in page
    assert "Павел Сидоров" in page
    assert "+7" not in page
    assert "CA2" not in page


async def test_the_sound_behind_an_answer_is_heard_until_the_call_is_written_up(
    http: httpx.AsyncClient, serving: Serving
) -> None:
    await sign_in(http, "pavel")
    calls = serving.application.calls
    answer = calls.begin("CA1", CALLER, "+78002009002")
    for key in ("2", "1", "4276051200070086"):
        answer = calls.step("CA1", answer.reply.step, Heard(keyed(key)))
    spoken = Heard(said("двенадцатое декабря пятьдесят пятого"))
    answer = calls.step("CA1", answer.reply.step, spoken, None, b"\x7f" * 16_000)
    calls.step("CA1", answer.reply.step, Heard(keyed("0#")))
    serving.application.line.on_hold("CA1")
    talking(serving, "pavel")
    assert 'data-clip="/desk/call/1/clip/birth_date"' in (await http.get("/desk/now")).text
    sound = await http.get("/desk/call/1/clip/birth_date")
    assert sound.headers["content-type"] == "audio/wav"
    assert sound.headers["cache-control"] == "no-store"
    assert sound.content.startswith(b"RIFF")
    await post(http, "/desk/call/1/finish", result="told", after="ready")
    with serving.application.db.reading() as conn:
        assert serving.application.case.setting.clips.wav(conn, "CA1", "birth_date") is None
