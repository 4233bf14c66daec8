"""What a scenario can expect, and what it says where the hotline does otherwise: short calls on a whole hotline."""

from pathlib import Path
from typing import Any

import pytest

from ivr.settings import ROOT
from ivr.simulator.result import Result
from ivr.simulator.runner import play
from ivr.simulator.scenario import Expected, Mode, Scenario, load_scenario
from ivr.simulator.voices import caller_voices

CALLS = ROOT / "tests" / "calls"
CARD = "4276051200020024"
HOLDER = "+79160000102"


async def played(
    turns: list[dict[str, Any]], expect: dict[str, Any] | None = None, mode: Mode = "keys", **keys: Any
) -> Result:
    head = {"call": "short", "title": "Короткий звонок", "caller": HOLDER, "turns": turns}
    expected = {"disposition": "hung_up"} if expect is None else expect
    return await play(Scenario.model_validate(head | {"expect": expected} | keys), mode, caller_voices())


def pressed(keys: str, **expected: Any) -> list[dict[str, Any]]:
    """The first menu, keys, and the end."""
    return [{"hotline": "карта — один"}, {"keys": keys} | expected, {"hotline": ""}, {"hang_up": True}]


async def test_it_tells_what_was_heard_and_read_from_a_turn() -> None:
    result = await played(pressed("2", heard="2", value="group_points"))
    assert result.failures == ()
    first = result.understood[0]
    assert (first.question, first.text, first.value, first.turn) == ("problem", "2", "group_points", 2)
    assert (first.result, first.by_keys, first.noisy) == ("keys", True, False)


async def test_it_fails_where_something_else_was_heard_or_read() -> None:
    result = await played(pressed("2", heard="3", value="group_card"))
    assert result.failures == (
        "turn 2: expected to be heard as «3», heard «2»",
        "turn 2: expected to be read as 'group_card', read 'group_points'",
    )


async def test_it_counts_milliseconds_of_the_call() -> None:
    result = await played(pressed("2", within_ms=100))
    assert result.failures == ()
    late = await played(pressed("2", within_ms=10))
    assert late.failures == (f"turn 2: answered after {late.replies[0].milliseconds} ms, expected within 10 ms",)
    assert [reply.milliseconds for reply in late.replies] == [reply.milliseconds for reply in result.replies]


async def test_a_silence_is_answered_from_its_beginning() -> None:
    result = await played([{"hotline": "карта — один"}, {"silence": 9, "within_ms": 9000}, {"hang_up": True}])
    assert result.failures == ()
    assert 3000 < result.replies[0].milliseconds < 9000
    assert (result.understood[0].text, result.understood[0].result) == ("", "silence")


def expecting(scenario: Scenario, **expect: Any) -> Scenario:
    """The scenario with other expectations."""
    return scenario.model_copy(update={"expect": Expected.model_validate(expect)})


async def test_it_looks_into_cards_and_messages() -> None:
    cards = {CARD: {"status": "issued", "phone": HOLDER}, "1": "active"}
    scenario = load_scenario(CALLS / "activate_by_keys.yaml")
    wanted = expecting(scenario, disposition="solved", sms=["код"], cards=cards)
    result = await play(wanted, "keys", caller_voices())
    told = [failure for failure in result.failures if "SMS" not in failure]
    assert told == ["card …0024: status is 'active', expected 'issued'", "card …1 is unknown, expected status active"]


async def test_it_looks_into_appeals() -> None:
    scenario = load_scenario(CALLS / "site_down_appeal.yaml")
    right = {"category": "site_down", "status": "open", "phone": scenario.caller}
    for appeal in (right, right | {"category": "points_late"}):
        result = await play(expecting(scenario, disposition="appeal", appeals=[appeal]), "keys", caller_voices())
        wrong = () if appeal is right else ("appeal 1: category is 'site_down', expected 'points_late'",)
        assert result.failures == wrong


async def test_an_sms_to_the_hotline_comes_before_the_call() -> None:
    turns: list[dict[str, Any]] = [
        {"text_to_hotline": f"{CARD} Мария 23.05.1985"},
        {"sms": "код для сайта"},
        {"sms": "принято"},
        *pressed("2"),
    ]
    result = await played(turns, {"disposition": "hung_up", "sms": ["принято", "код для сайта"]})
    assert result.failures == ()
    notes = [line.text for line in result.lines if line.who == "note"]
    assert notes[0].startswith("SMS -> 4276")
    assert [note[:8] for note in notes[1:]] == ["SMS: Код", "SMS: При"]


async def test_no_call_is_made_where_there_is_none_in_the_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.simulator.telephone.SMS_SECONDS", 0.5)
    result = await played([{"text_to_hotline": "привет"}, {"sms": "другого"}], expect={})
    assert result.records == ()
    assert "expected an SMS with «другого»" in result.failures[0]


async def test_a_turn_that_fails_names_its_line_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    text = "call: x\ntitle: t\nturns:\n  - hotline: карта — один\n  - hotline: пароль\n  - hang_up: true\n"
    path.write_text(text + "expect: {disposition: hung_up}\n", "utf-8")
    result = await play(load_scenario(path), "keys", caller_voices())
    assert result.failures[0].startswith("turn 2, line 5: expected «пароль», heard «")


async def test_a_bad_day_is_no_failure_of_the_hotline() -> None:
    result = await played(pressed("2"), faults=["webhook_lost"])
    assert result.failures == ()
    errors = [error.code for record in result.records for error in record.errors]
    assert errors == [11205]


async def test_speech_goes_through_voices_noise_and_recordings() -> None:
    fixture = ROOT / "audio" / "fixtures" / "festival-man-02.wav"
    turns: list[dict[str, Any]] = [
        {"hotline": "карта — один"},
        {"caller": "баллы", "voice": "espeak-woman", "speed": 1.1, "with": "babble:20", "value": "group_points"},
        {"hotline": ""},
        {"audio": fixture, "with": "echo_of_prompt:150:20", "within_ms": 3000},
        {"hotline": ""},
        {"hang_up": True},
    ]
    result = await played(turns, mode="voice", by=["voice"])
    assert result.failures == ()
    assert [(one.text, one.noisy, one.by_keys) for one in result.understood[:1]] == [("баллы", True, False)]
    caller, hotline = ([frame[side] for frame in result.tapes[0]] for side in (0, 1))
    assert any(caller)
    assert any(hotline)
