"""Voice webhooks, as an independent client meets them."""

import itertools

import pytest

from ivr.serving import Serving
from ivr.store.calls import load_call, turns_of
from tests.web.twilio_client import ACCOUNT, CALLER, PUBLIC_URL, TwilioClient, new_call, sign

CARD = "4276051200020024"
TO_THE_NUMBER = ("1", "1")
"""At the first question and at the one of its group: a card, to be activated."""
TO_THE_CODE = (*TO_THE_NUMBER, CARD, "23051985", "52649", "1")


async def test_it_connects_a_new_call_to_a_stream_and_goes_on_behind_it(twilio: TwilioClient) -> None:
    answer = await twilio.incoming(new_call())
    assert answer.verbs == ["Connect", "Redirect"]
    assert answer.stream_url == "wss://voice.example.ru/media"


@pytest.mark.parametrize("signature", ["", "AAAA", sign(PUBLIC_URL + "/voice/incoming", {}, "another-token")])
async def test_it_refuses_what_the_account_has_not_signed(twilio: TwilioClient, signature: str) -> None:
    answer = await twilio.post("/voice/incoming", new_call(), signature=signature)
    assert answer.status == 403


async def test_it_refuses_a_form_that_is_too_long(twilio: TwilioClient) -> None:
    answer = await twilio.post("/voice/incoming", new_call(), Extra="x" * 70_000)
    assert answer.status == 413


async def test_it_refuses_a_body_that_nobody_signs(twilio: TwilioClient) -> None:
    answer = await twilio.http.post("/voice/incoming", json={"CallSid": new_call()})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/voice/incoming", {"CallSid": ""}),
        ("/voice/incoming", {"CallSid": "../../etc"}),
        ("/voice/step?s=1", {"Digits": "12ab"}),
        ("/voice/step?s=one", {}),
        ("/voice/step", {}),
        ("/voice/next?n=-1", {}),
        ("/voice/status", {"CallSid": ""}),
    ],
)
async def test_it_answers_400_to_a_malformed_webhook(twilio: TwilioClient, path: str, form: dict[str, str]) -> None:
    call = form.pop("CallSid", None)
    answer = await twilio.post(path, new_call() if call is None else call, **form)
    assert answer.status == 400


async def test_it_answers_a_duplicate_by_token_with_the_same_document(keypad_twilio: TwilioClient) -> None:
    call = new_call()
    first = await keypad_twilio.incoming(call, "token-a")
    again = await keypad_twilio.incoming(call, "token-a")
    assert again.text == first.text
    taken = await keypad_twilio.post(first.action, call, "token-b", Digits="1")
    repeated = await keypad_twilio.post(first.action, call, "token-b", Digits="1")
    assert taken.text == repeated.text != first.text


async def test_it_re_speaks_for_a_late_step_and_takes_no_second_step(
    keypad_twilio: TwilioClient, keypad_hotline: Serving
) -> None:
    call = new_call()
    asked = await keypad_twilio.incoming(call)
    for digits in TO_THE_NUMBER:
        asked = await keypad_twilio.post(asked.action, call, Digits=digits)
    following = await keypad_twilio.post(asked.action, call, Digits=CARD)
    late = await keypad_twilio.post(asked.action, call, Digits="1111222233334444")
    assert late.text == following.text
    with keypad_hotline.application.db.reading() as conn:
        row = load_call(conn, call, lock=False)
    assert row is not None
    assert row.step == 4
    assert row.state["slots"]["card_number"] == CARD


async def test_it_gives_every_question_a_keypad_twin(keypad_twilio: TwilioClient) -> None:
    call = new_call()
    answer = await keypad_twilio.incoming(call)
    for digits in TO_THE_CODE:
        assert answer.verbs == ["Gather", "Redirect"]
        assert answer.action == answer.redirect, "an entry and its absence come to the same address"
        answer = await keypad_twilio.post(answer.action, call, Digits=digits)
    assert answer.first("Gather").attrib["numDigits"] == "6"


async def test_it_takes_missing_and_empty_digits_for_silence(keypad_twilio: TwilioClient) -> None:
    call = new_call()
    first = await keypad_twilio.incoming(call)
    quiet = await keypad_twilio.post(first.redirect, call)
    quieter = await keypad_twilio.post(quiet.action, call, Digits="")
    assert len({first.action, quiet.action, quieter.action}) == 3
    assert quiet.prompts != quieter.prompts


async def test_it_dials_the_operators_line_for_zero(keypad_twilio: TwilioClient) -> None:
    call = new_call()
    first = await keypad_twilio.incoming(call)
    answer = await keypad_twilio.post(first.action, call, Digits="0")
    assert answer.first("Number").text == "+78002009003"
    dial = answer.first("Dial")
    after = await keypad_twilio.post(dial.attrib["action"], call, DialCallStatus="completed")
    assert after.verbs[-1] == "Hangup"


async def test_it_registers_an_appeal_when_no_operator_answers(
    keypad_twilio: TwilioClient, keypad_hotline: Serving
) -> None:
    call = new_call()
    first = await keypad_twilio.incoming(call)
    dial = await keypad_twilio.post(first.action, call, Digits="0")
    action = dial.first("Dial").attrib["action"]
    after = await keypad_twilio.post(action, call, DialCallStatus="no-answer")
    again = await keypad_twilio.post(action, call, DialCallStatus="no-answer")
    assert after.text == again.text
    assert after.verbs[-1] == "Hangup"
    with keypad_hotline.application.db.reading() as conn:
        assert conn.exec_driver_sql("select count(*) from appeals").scalar() == 1


async def test_it_begins_a_call_that_it_has_never_seen(keypad_twilio: TwilioClient) -> None:
    answer = await keypad_twilio.post("/voice/step?s=5", new_call(), Digits=CARD)
    assert answer.verbs == ["Gather", "Redirect"]


@pytest.mark.parametrize("order", list(itertools.permutations(["ringing", "in-progress", "completed"])))
async def test_it_ends_alike_for_every_order_of_status_callbacks(
    keypad_twilio: TwilioClient, keypad_hotline: Serving, order: tuple[str, ...]
) -> None:
    call = new_call()
    await keypad_twilio.incoming(call)
    numbers = {"ringing": "1", "in-progress": "2", "completed": "3"}
    for status in order:
        answer = await keypad_twilio.post("/voice/status", call, CallStatus=status, SequenceNumber=numbers[status])
        assert answer.status == 200
    with keypad_hotline.application.db.reading() as conn:
        row = load_call(conn, call, lock=False)
    assert row is not None
    assert (row.status, row.disposition) == ("completed", "hung_up")


async def test_it_never_writes_a_code_into_the_dialogue(keypad_twilio: TwilioClient, keypad_hotline: Serving) -> None:
    call = new_call()
    answer = await keypad_twilio.incoming(call)
    for digits in (*TO_THE_CODE, "314159"):
        answer = await keypad_twilio.post(answer.action, call, Digits=digits)
    with keypad_hotline.application.db.reading() as conn:
        texts = [turn.text for turn in turns_of(conn, call)]
    assert not any("314159" in text for text in texts)
    assert "***" in texts


async def test_it_serves_recordings_by_a_hashed_address(keypad_twilio: TwilioClient) -> None:
    call = new_call()
    first = await keypad_twilio.incoming(call)
    silent = await keypad_twilio.post(first.redirect, call)
    url = next(text for text in silent.prompts if text.startswith("/audio/"))
    assert "?v=" in url
    wav = await keypad_twilio.http.get(url)
    assert wav.content[:4] == b"RIFF"
    assert (await keypad_twilio.http.get("/audio/prompts/..%2Findex.wav")).status_code == 404


async def test_it_keeps_the_phone_page_to_itself_when_an_account_is_set(twilio: TwilioClient) -> None:
    assert (await twilio.http.get("/phone")).status_code == 404
    assert (await twilio.http.post(f"/exchange/2010-04-01/Accounts/{ACCOUNT}/Messages.json")).status_code == 404


async def test_it_tells_health_and_metrics_without_a_callers_data(twilio: TwilioClient) -> None:
    await twilio.incoming(new_call())
    assert (await twilio.http.get("/livez")).text == "ok\n"
    assert (await twilio.http.get("/readyz")).json() == {"ready": True, "problems": []}
    metrics = (await twilio.http.get("/metrics")).text
    assert "ivr_webhook_seconds_count" in metrics
    assert CALLER not in metrics
