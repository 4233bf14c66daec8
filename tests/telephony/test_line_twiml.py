"""The documents of the line: clean by the linter, and nothing but ids in their addresses."""

from xml.etree.ElementTree import Element, fromstring

import pytest

from ivr.dialog.commands import Reply, Say, Segment, Transfer
from ivr.telephony.line_twiml import (
    LinePhone,
    render_bridge,
    render_call_back,
    render_called,
    render_goodbye,
    render_leave,
    render_music,
    render_next_round,
    render_round,
    render_say,
    render_whisper,
    wait_address,
)
from ivr.telephony.twiml import Queue, Telephony, render_answer
from tests.telephony.twiml_linter import lint_twiml

TELEPHONY = Telephony(
    stream_url="wss://voice.example.ru/media",
    operators_line="+78002009003",
    operators_timeout_seconds=25,
    voice="Polly.Tatyana",
    recording_url=lambda say: f"/audio/prompts/{say.prompt}.wav" if say.prompt != "unrecorded" else None,
    silence_seconds=lambda _: 6,
    key_count=lambda _: 1,
)
PHONE = LinePhone(TELEPHONY, "/audio/music/hold.wav?v=1", ("перезвоните", "меню"), "+78002009002")
KEYS_ONLY = LinePhone(TELEPHONY, "/audio/music/hold.wav?v=1", (), "+78002009002")
HELLO, ASK = Say("hello", (Segment("Здравствуйте."),)), Say("unrecorded", (Segment("Нажмите один."),))
ALLOWED_IN_QUEUE = {"Play", "Say", "Pause", "Gather", "Redirect", "Hangup", "Leave"}


def verbs(xml: str) -> Element:
    assert lint_twiml(xml) == []
    return fromstring(xml)


def test_a_transfer_with_a_place_waits_in_a_queue_of_its_own() -> None:
    reply = Reply(5, (HELLO,), Transfer(), "keypad")
    play, enqueue = verbs(render_answer(reply, TELEPHONY, None, 0, Queue("line-7", wait_address(12, 0))))
    assert (play.tag, enqueue.tag, enqueue.text) == ("Play", "Enqueue", "line-7")
    assert enqueue.attrib == {
        "action": "/voice/line/left?s=5",
        "method": "POST",
        "waitUrl": "/voice/line/wait?p=12&r=0",
        "waitUrlMethod": "POST",
    }


def test_a_place_is_never_kept_for_the_next_caller() -> None:
    reply = Reply(5, (HELLO,), Transfer(), "keypad")
    for name in ("line-1", "line-2"):
        assert verbs(render_answer(reply, TELEPHONY, None, 0, Queue(name, "/w")))[1].text == name
    assert verbs(render_answer(reply, TELEPHONY, None, 0))[1].tag == "Dial"


def test_a_round_hears_keys_and_words_during_all_of_it() -> None:
    gather, redirect = verbs(render_round(PHONE, [HELLO, ASK], 12, 3))
    assert gather.attrib["input"] == "dtmf speech"
    assert gather.attrib["hints"] == "перезвоните,меню"
    assert (gather.attrib["numDigits"], gather.attrib["finishOnKey"]) == ("1", "")
    assert gather.attrib["action"] == "/voice/line/key?p=12&r=4"
    assert [child.tag for child in gather] == ["Play", "Say", "Play"]
    assert redirect.text == "/voice/line/wait?p=12&r=4"


def test_words_may_be_left_out() -> None:
    gather, _ = verbs(render_round(KEYS_ONLY, [], 1, 0))
    assert gather.attrib["input"] == "dtmf"
    assert not {"hints", "speechTimeout", "language"} & set(gather.attrib)


@pytest.mark.parametrize(
    "xml",
    [
        render_round(PHONE, [HELLO], 1, 0),
        render_next_round(1, 5),
        render_music(PHONE, wait_address(1, 0)),
        render_leave(),
    ],
)
def test_on_hold_only_verbs_of_a_queue_are_used(xml: str) -> None:
    assert {verb.tag for verb in verbs(xml)} <= ALLOWED_IN_QUEUE


def test_a_whisper_asks_for_one_key_and_takes_silence_for_an_answer() -> None:
    gather, redirect = verbs(render_whisper(PHONE, [HELLO], ASK, "f00"))
    assert gather.attrib["input"] == "dtmf"
    assert gather.attrib["action"] == redirect.text == "/voice/operator/key?o=f00"


def test_an_operator_takes_one_caller_and_no_other() -> None:
    (dial,) = verbs(render_bridge("line-7", 12, "f00"))
    assert dial.attrib == {"action": "/voice/operator/done?o=f00", "method": "POST", "timeout": "5"}
    assert (dial[0].text, dial[0].attrib["url"]) == ("line-7", "/voice/line/joining?p=12")


def test_a_call_back_shows_the_hotlines_number_and_asks_first() -> None:
    _, dial = verbs(render_call_back(PHONE, HELLO, "+79160000102", "f00"))
    assert (dial.attrib["callerId"], dial[0].text) == ("+78002009002", "+79160000102")
    assert dial[0].attrib["url"] == "/voice/call_back/whisper?o=f00"
    assert "7916" not in "".join((*dial.attrib.values(), *dial[0].attrib.values()))


def test_a_called_person_who_presses_nothing_is_not_bridged() -> None:
    document = verbs(render_called(PHONE, [HELLO, ASK], "f00"))
    assert [verb.tag for verb in document] == ["Gather", "Gather", "Hangup"]
    assert [verb.tag for verb in verbs(render_say(PHONE, HELLO))] == ["Play"]
    assert [verb.tag for verb in verbs(render_goodbye(PHONE, HELLO))] == ["Play", "Hangup"]
