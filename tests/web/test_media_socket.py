"""The media socket, as an independent client meets it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.exceptions import InvalidStatus

from ivr.serving import Serving
from ivr.store.calls import load_call
from tests.web.twilio_client import Document, MediaClient, TwilioClient, new_call, open_media

CARD = "4276051200020024"
TO_THE_NUMBER = ("1", "1")
"""At the first question and at the one of its group: a card, to be activated."""
POLICY_VIOLATION = 1008


@asynccontextmanager
async def speaking_stream(hotline: Serving, call: str, answer: Document) -> AsyncIterator[MediaClient]:
    """A stream that has begun to play its prompt."""
    async with open_media(hotline.url, call) as media:
        await media.start(answer.stream_token)
        await media.until("media")
        yield media


async def press_over_prompts(media: MediaClient, *entries: str) -> None:
    """Each entry cuts the prompt that is playing, and begins another."""
    for keys in entries:
        await media.press(keys)
        await media.until("clear")
        await media.until("media")


async def test_it_plays_the_first_prompt_and_takes_keys_over_it(hotline: Serving, twilio: TwilioClient) -> None:
    call = new_call()
    answer = await twilio.incoming(call)
    async with speaking_stream(hotline, call, answer) as media:
        await press_over_prompts(media, *TO_THE_NUMBER, CARD)
        await media.until("mark")
    following = await twilio.post(answer.redirect, call)
    assert following.verbs == ["Connect", "Redirect"], "the stream was lost, so another one resumes the call"


@pytest.mark.parametrize("signature", ["", "AAAA"])
async def test_it_refuses_an_unsigned_socket(hotline: Serving, signature: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with open_media(hotline.url, new_call(), signature):
            pass
    assert refused.value.response.status_code == 403


async def test_it_takes_a_token_once(hotline: Serving, twilio: TwilioClient) -> None:
    call = new_call()
    token = (await twilio.incoming(call)).stream_token
    async with open_media(hotline.url, call) as media:
        await media.start(token)
        await media.until("media")
        async with open_media(hotline.url, call) as second:
            await second.start(token)
            assert await second.close_code() == POLICY_VIOLATION


@pytest.mark.parametrize("token", ["", "0.9999999999.forged", "nonsense"])
async def test_it_closes_a_socket_without_a_good_token(hotline: Serving, twilio: TwilioClient, token: str) -> None:
    call = new_call()
    await twilio.incoming(call)
    async with open_media(hotline.url, call) as media:
        await media.start(token)
        assert await media.close_code() == POLICY_VIOLATION


async def test_it_closes_a_socket_of_another_account(hotline: Serving, twilio: TwilioClient) -> None:
    call = new_call()
    token = (await twilio.incoming(call)).stream_token
    async with open_media(hotline.url, call) as media:
        await media.start(token, account="AC" + "2" * 32)
        assert await media.close_code() == POLICY_VIOLATION


@pytest.mark.parametrize(
    "frame", ["{", "[]", '{"event":"media","media":{}}', '{"event":"dtmf","dtmf":{"digit":"x"}}', b"\0"]
)
async def test_it_closes_on_a_malformed_message_and_the_call_goes_on(
    hotline: Serving, twilio: TwilioClient, frame: str | bytes
) -> None:
    call = new_call()
    answer = await twilio.incoming(call)
    async with speaking_stream(hotline, call, answer) as media:
        await media.raw(frame)
        assert await media.close_code() == POLICY_VIOLATION
    following = await twilio.post(answer.redirect, call)
    assert following.verbs == ["Connect", "Redirect"]


async def test_it_goes_on_by_keypad_when_streams_break_twice(hotline: Serving, twilio: TwilioClient) -> None:
    call = new_call()
    answer = await twilio.incoming(call)
    for _ in range(2):
        async with speaking_stream(hotline, call, answer) as media:
            await media.drop()
        answer = await twilio.post(answer.redirect, call)
    assert answer.verbs == ["Gather", "Redirect"]


async def test_it_counts_one_lost_stream_once_however_often_it_is_told(hotline: Serving, twilio: TwilioClient) -> None:
    call = new_call()
    first = await twilio.incoming(call)
    again = [await twilio.post(first.redirect, call) for _ in range(4)]
    assert {answer.redirect for answer in again} == {again[0].redirect}
    assert again[-1].verbs == ["Connect", "Redirect"]


async def test_it_keeps_what_was_said_when_a_stream_breaks(hotline: Serving, twilio: TwilioClient) -> None:
    call = new_call()
    answer = await twilio.incoming(call)
    async with speaking_stream(hotline, call, answer) as media:
        await press_over_prompts(media, *TO_THE_NUMBER, CARD)
        await media.drop()
    resumed = await twilio.post(answer.redirect, call)
    with hotline.application.db.reading() as conn:
        row = load_call(conn, call, lock=False)
    assert row is not None
    assert row.state["slots"]["card_number"] == CARD
    async with speaking_stream(hotline, call, resumed) as media:
        await media.press("0#")
        assert await media.close_code() == 1000
    last = await twilio.post(resumed.redirect, call)
    assert last.verbs == ["Dial"]


async def test_it_serves_by_keypad_when_all_streams_are_taken(hotline: Serving, twilio: TwilioClient) -> None:
    slots = hotline.application.slots
    while slots.take():
        pass
    try:
        assert (await twilio.incoming(new_call())).verbs == ["Gather", "Redirect"]
    finally:
        for _ in range(hotline.application.settings.max_streams):
            slots.give_back()
