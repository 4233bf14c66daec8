"""The linter catches what is planted, and knows the library's elements."""

import pytest

from tests.telephony.twiml_linter import lint_twiml, response_kind

LONG = "Ж" * 760


def document(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>'


def test_it_reads_the_elements_out_of_the_library() -> None:
    verbs = response_kind().children
    assert {"Connect", "Dial", "Enqueue", "Gather", "Hangup", "Play", "Redirect", "Say", "Stop"} <= set(verbs)
    assert set(verbs["Gather"].children) == {"Pause", "Play", "Say"}
    assert {"action", "finishOnKey", "numDigits", "actionOnEmptyResult", "timeout"} <= verbs["Gather"].attributes
    assert "message" not in verbs["Say"].attributes
    assert "number" not in verbs["Dial"].attributes
    assert "url" not in verbs["Play"].attributes
    assert {"Number", "Queue", "Conference"} <= set(verbs["Dial"].children)
    assert verbs["Connect"].children["Stream"].children["Parameter"].attributes == {"name", "value"}
    assert "url" in verbs["Connect"].children["Stream"].attributes
    assert "say-as" in verbs["Say"].children
    assert "xml:lang" in verbs["Say"].children["lang"].attributes


GOOD = {
    "nothing": "",
    "a menu": '<Gather input="dtmf" action="/voice/step?s=1" method="POST" timeout="6" finishOnKey="#" numDigits="16">'
    '<Say language="ru-RU" voice="Polly.Tatyana">Наберите номер.</Say><Play>/audio/a.wav?v=1</Play></Gather>'
    '<Redirect method="POST">/voice/step?s=1</Redirect>',
    "a stream": '<Connect><Stream url="wss://voice.example.ru/media"><Parameter name="token" value="x"/></Stream>'
    "</Connect><Redirect>/voice/next</Redirect>",
    "a stream on this machine": '<Connect><Stream url="ws://127.0.0.1:8000/media"/></Connect><Redirect>/n</Redirect>',
    "a transfer": '<Dial action="/d" timeout="25" answerOnBridge="true"><Number>+78002009003</Number></Dial>',
    "a goodbye": '<Say language="ru-RU">До свидания.</Say><Hangup/>',
    "marked up": '<Say language="ru-RU">Код <say-as interpret-as="digits">12</say-as> ваш.</Say><Hangup/>',
    "an answer in any case": '<Gather action="/s" actionOnEmptyResult="true"/>',
}


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD.keys())
def test_good_documents_are_clean(body: str) -> None:
    assert lint_twiml(document(body)) == []


PLANTED = {
    "<gather/>": "<gather> cannot stand in <Response>",
    "<Speak>a</Speak>": "<Speak> cannot stand",
    '<Gather foo_bar="x"/><Hangup/>': "no attribute foo_bar",
    '<Gather Timeout="5"/><Hangup/>': "no attribute Timeout",
    '<Gather minDigits="2"/><Hangup/>': "no attribute minDigits",
    "<Gather><Dial>+78002009003</Dial></Gather><Hangup/>": "<Dial> cannot stand in <Gather>",
    "<Gather><Redirect>/a</Redirect></Gather><Hangup/>": "<Redirect> cannot stand in <Gather>",
    '<Gather input="keys"/><Hangup/>': "input='keys'",
    '<Gather timeout="0"/><Hangup/>': "not between 1 and",
    '<Gather numDigits="many"/><Hangup/>': "numDigits='many'",
    '<Gather finishOnKey="##"/><Hangup/>': "not one key",
    '<Gather actionOnEmptyResult="True"/><Hangup/>': "neither true nor false",
    '<Gather method="post"/><Hangup/>': "neither GET nor POST",
    '<Gather><Play digits="1"/></Gather><Hangup/>': "plays tones",
    '<Gather action=""/><Hangup/>': "empty address",
    "<Gather/>": "no answer ends the call",
    "<Gather>text</Gather><Hangup/>": "text where none is read",
    "text": "text where none is read",
    "<Hangup/>tail": "text where none is read",
    f'<Say language="ru-RU">{LONG}</Say>': "characters URL-encoded",
    f"<Say>{'a' * 3001}</Say>": "3001 bytes",
    "<Say>Здравствуйте</Say>": "without language",
    '<Say language="ru-RU"/>': "says nothing",
    '<Say loop="-1">a</Say>': "not between 0 and",
    "<Play/>": "empty address",
    "<Play>ftp://example.ru/a.wav</Play>": "no web address",
    "<Play>https://my_host.example.ru/a.wav</Play>": "underscore",
    "<Redirect/>": "empty address",
    "<Redirect>/a</Redirect><Hangup/>": "<Hangup> behind <Redirect> is never reached",
    '<Hangup/><Say language="ru-RU">а</Say>': "<Say> behind <Hangup> is never reached",
    '<Record action="/a"/><Hangup/>': "<Hangup> behind <Record> is never reached",
    "<Record/>": "for ever",
    '<Dial action="/a">+78002009003</Dial><Hangup/>': "<Hangup> behind <Dial> is never reached",
    '<Gather action="/s" actionOnEmptyResult="true"/><Hangup/>': "behind <Gather> is never reached",
    "<Say>a</Say><Reject/>": "<Reject> is not first",
    "<Dial/>": "dials nobody",
    "<Dial><Number>88002009003</Number></Dial>": "no number in E.164",
    '<Dial timeout="1000">+78002009003</Dial>': "not between 5 and",
    '<Dial><Number statusCallback="/s">+78002009003</Number></Dial>': "must be absolute",
    '<Connect><Stream url="wss://a.ru/media"/></Connect>': "the call ends with its stream",
    '<Connect><Stream url="wss://a.ru/media"/></Connect><Hangup/>': "the call ends with its stream",
    '<Connect><Stream url="wss://a.ru/media?t=1"/></Connect><Redirect>/n</Redirect>': "has a query",
    '<Connect><Stream url="ws://a.ru/media"/></Connect><Redirect>/n</Redirect>': "not encrypted",
    '<Connect><Stream url="https://a.ru/media"/></Connect><Redirect>/n</Redirect>': "no absolute wss://",
    '<Connect><Stream url="/media"/></Connect><Redirect>/n</Redirect>': "no absolute wss://",
    "<Connect/><Redirect>/n</Redirect>": "connects to 0 things",
    '<Connect><Stream url="wss://a.ru/m" track="both_tracks"/></Connect><Redirect>/n</Redirect>': "inbound track only",
    f'<Connect><Stream url="wss://a.ru/m"><Parameter name="t" value="{"x" * 500}"/></Stream></Connect>'
    "<Redirect>/n</Redirect>": "shorter than 500",
    '<Connect><Stream url="wss://a.ru/m"><Parameter name="t"/></Stream></Connect><Redirect>/n</Redirect>': "needs",
    '<Pause length="soon"/>': "length='soon'",
}


@pytest.mark.parametrize(("body", "fault"), PLANTED.items())
def test_it_catches_what_is_planted(body: str, fault: str) -> None:
    found = lint_twiml(document(body))
    assert [line for line in found if fault in line], found


@pytest.mark.parametrize(
    ("xml", "fault"),
    [
        ("", "not XML"),
        ("<Response>", "not XML"),
        ("<Response><Say>a</Say>", "not XML"),
        ("<response/>", "plain <Response>"),
        ('<Response version="2"/>', "plain <Response>"),
        (document("<Play>/a.wav</Play>" * 4000), "64 kB"),
    ],
)
def test_it_wants_one_document_of_a_reasonable_size(xml: str, fault: str) -> None:
    assert [line for line in lint_twiml(xml) if fault in line]


def test_every_mistake_is_one_line() -> None:
    found = lint_twiml(document('<Gather a="1" timeout="0"><Dial/></Gather>'))
    assert len(found) == 4
    assert not any("\n" in line for line in found)
