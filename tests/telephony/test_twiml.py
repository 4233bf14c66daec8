"""Replies as TwiML. Every document that the renderers give is clean by the linter."""

from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.book.source import all_prompts
from ivr.content import GRAMMARS, load_content
from ivr.dialog.commands import Ending, HangUp, Listen, Reply, Say, Segment, Transfer
from ivr.dialog.render import render
from ivr.telephony.twiml import Telephony, empty_response, render_answer, render_trouble
from tests.telephony.twiml_linter import lint_twiml

KEYS = {"card_number": 16, "person_name": None}
RECORDED = "Здравствуйте!"
TELEPHONY = Telephony(
    stream_url="wss://voice.example.ru/media",
    operators_line="+78002009003",
    operators_timeout_seconds=25,
    voice="Polly.Tatyana",
    recording_url=lambda say: "/audio/prompts/hello.wav?v=1&x=2" if say.text == RECORDED else None,
    silence_seconds=lambda listen: 20 if listen.field == "one_time_code" else 6,
    key_count=lambda listen: 1 if listen.confirming else KEYS.get(listen.field),
)
HELLO = Say("hello", (Segment(RECORDED, "hello"),))
READ_BACK = Say("confirm", (Segment("Номер:", "confirm.1"), Segment("сорок два", secret=True), Segment(". Верно?")))


def answer(then: Ending, *says: Say, token: str | None = None) -> Element:
    reply = Reply(5, says, then, "stream" if token else "keypad")
    xml = render_answer(reply, TELEPHONY, token, 3)
    assert lint_twiml(xml) == []
    return fromstring(xml)


def test_a_question_gathers_keys_and_comes_back_either_way() -> None:
    gather, redirect = answer(Listen("card_number", keypad=True), HELLO, READ_BACK)
    assert gather.tag == "Gather"
    assert gather.attrib == {
        "input": "dtmf",
        "action": "/voice/step?s=5",
        "method": "POST",
        "timeout": "6",
        "finishOnKey": "#",
        "numDigits": "16",
    }
    assert [(prompt.tag, prompt.text) for prompt in gather] == [
        ("Play", "/audio/prompts/hello.wav?v=1&x=2"),
        ("Say", "Номер: сорок два. Верно?"),
    ]
    assert (redirect.tag, redirect.text, redirect.get("method")) == ("Redirect", "/voice/step?s=5", "POST")


@pytest.mark.parametrize(
    ("listen", "count"),
    [(Listen("person_name"), None), (Listen("person_name", confirming=True), "1"), (Listen("card_number"), "16")],
)
def test_keys_are_counted_where_their_number_is_known(listen: Listen, count: str | None) -> None:
    assert answer(listen)[0].get("numDigits") == count


def test_a_call_in_a_stream_says_nothing_by_twiml() -> None:
    connect, redirect = answer(Listen("card_number"), HELLO, token="3.99.abc")
    assert connect[0].get("url") == "wss://voice.example.ru/media"
    assert connect[0][0].attrib == {"name": "token", "value": "3.99.abc"}
    assert redirect.text == "/voice/next?n=3"


def test_a_transfer_speaks_and_dials_the_operators() -> None:
    play, dial = answer(Transfer(), HELLO)
    assert play.tag == "Play"
    assert dial.attrib == {"action": "/voice/dialed?s=5", "method": "POST", "timeout": "25", "answerOnBridge": "true"}
    assert dial[0].text == "+78002009003"


def test_the_end_speaks_and_hangs_up() -> None:
    assert [verb.tag for verb in answer(HangUp("solved"), HELLO, READ_BACK)] == ["Play", "Say", "Hangup"]
    assert [verb.tag for verb in answer(HangUp("solved"))] == ["Hangup"]


def test_slow_speech_is_asked_for_where_it_is_synthesized() -> None:
    slow = Say("confirm", READ_BACK.segments, slow=True)
    say, _ = answer(HangUp("solved"), slow)
    assert say.text is None
    assert (say[0].tag, say[0].get("rate"), say[0].text) == ("prosody", "slow", "Номер: сорок два. Верно?")


def test_what_a_caller_said_never_becomes_part_of_an_address() -> None:
    xml = render_answer(Reply(5, (READ_BACK,), Listen("card_number"), "keypad"), TELEPHONY, None, 0)
    addresses = [value for node in fromstring(xml).iter() for value in (*node.attrib.values(), node.text or "")]
    assert not [address for address in addresses if address.startswith("/") and "сорок" in address]
    assert "сорок два" in xml


def test_trouble_apologizes_and_dials_the_operators() -> None:
    xml = render_trouble("Извините, у нас неполадка.", "+78002009003", 25, "Polly.Tatyana")
    assert lint_twiml(xml) == []
    assert [verb.tag for verb in fromstring(xml)] == ["Say", "Dial"]


def test_an_empty_response_is_valid() -> None:
    assert lint_twiml(empty_response()) == []
    assert len(fromstring(empty_response())) == 0


def test_every_delivered_prompt_fits_into_a_say() -> None:
    content = load_content(GRAMMARS, 2026)
    longest = "пятьдесят девять " * 8
    for prompt in all_prompts(content.book):
        say = render(prompt, lambda _: (Segment(longest, secret=True),))
        for then in (Listen("card_number"), Transfer(), HangUp("solved")):
            assert answer(then, say) is not None


letters = st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"])
texts = st.text(letters, min_size=1, max_size=40).filter(str.strip)
says = st.builds(lambda text: Say("p", (Segment(text),)), texts)
endings: st.SearchStrategy[Ending] = (
    st.builds(Listen, st.sampled_from(["card_number", "person_name"]), st.booleans(), st.booleans())
    | st.just(Transfer())
    | st.builds(HangUp, st.sampled_from(["solved", "operator"]))
)


@given(then=endings, spoken=st.lists(says, max_size=4))
def test_whatever_is_said_the_document_is_clean(then: Ending, spoken: list[Say]) -> None:
    document = answer(then, *spoken)
    said = [node.text for node in document.iter("Say")]
    assert said == [say.text for say in spoken]
