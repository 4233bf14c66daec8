"""Every scripted call of ``tests/calls``, by voice and by keys, against the real webhooks and the real media socket."""

from pathlib import Path

import pytest

from ivr.commands.call import caller_voices
from ivr.exchange.faults import Fault, FaultKind, Faults
from ivr.simulator.runner import play
from ivr.simulator.scenario import Mode, Scenario, load_scenario
from ivr.simulator.voices import ASTERISK
from ivr.store.db import Database

CALLS = Path(__file__).parent / "calls"
SCENARIOS = [load_scenario(path) for path in sorted(CALLS.glob("**/*.yaml"))]
PLAYED = [pytest.param(s, mode, id=f"{s.call}-{mode}") for s in SCENARIOS for mode in s.by]


@pytest.mark.parametrize(("scenario", "mode"), PLAYED)
async def test_it_serves_the_caller(scenario: Scenario, mode: Mode) -> None:
    voices = caller_voices()
    for turn in scenario.turns:
        if not voices.has_voice(turn.voice):
            pytest.skip(f"NOT TESTED: real recordings, asterisk-core-sounds-ru-wav is not installed ({ASTERISK})")
    result = await play(scenario, mode, voices)
    assert result.failures == ()


BAD_DAYS = {
    "each webhook twice": Fault(FaultKind.DUPLICATE, "/voice/*", times=0),
    "each webhook twice at the same moment": Fault(FaultKind.TWIN, "/voice/*", times=0),
    "each webhook again after two seconds": Fault(FaultKind.REPLAY, "/voice/*", times=0, seconds=2),
    "the call's status is lost": Fault(FaultKind.LOST, "/voice/status", times=0),
    "SMS callbacks are late": Fault(FaultKind.LATE, "/sms/status", times=0, seconds=3),
    "the SMS is taken but the answer is 500": Fault(FaultKind.SMS_ERROR),
    "Twilio is busy for the first SMS": Fault(FaultKind.SMS_BUSY),
}


@pytest.mark.parametrize("fault", BAD_DAYS.values(), ids=BAD_DAYS.keys())
async def test_it_serves_the_caller_on_a_bad_day(fault: Fault) -> None:
    scenario = load_scenario(CALLS / "activate_by_keys.yaml")
    result = await play(scenario, "keys", caller_voices(), faults=Faults(fault))
    assert result.failures == ()


IN_LINE = {name: fault for name, fault in BAD_DAYS.items() if fault.path.startswith("/voice/")}


@pytest.mark.parametrize("fault", IN_LINE.values(), ids=IN_LINE.keys())
@pytest.mark.parametrize("name", ["line_broke_off", "line_call_back"])
async def test_nobody_in_line_is_lost_on_a_bad_day(name: str, fault: Fault) -> None:
    result = await play(load_scenario(CALLS / f"{name}.yaml"), "keys", caller_voices(), faults=Faults(fault))
    assert result.failures == ()


async def test_it_resumes_when_a_stream_breaks_in_the_middle() -> None:
    scenario = load_scenario(CALLS / "activate_by_keys.yaml")
    dropped = Faults(Fault(FaultKind.STREAM_DROP, seconds=3))
    result = await play(scenario, "voice", caller_voices(), faults=dropped)
    broken = [error for record in result.records for error in record.errors if error.code == 31921]
    assert len(broken) == 1
    assert [failure for failure in result.failures if "31921" not in failure] == []
    assert any("прервалась" in line.text for line in result.lines)


async def test_it_tells_which_expectation_was_not_met() -> None:
    scenario = load_scenario(CALLS / "operator_at_card_number.yaml")
    wrong = scenario.model_copy(update={"expect": scenario.expect.model_copy(update={"disposition": "solved"})})
    result = await play(wrong, "keys", caller_voices())
    assert result.failures == ("the call ended as operator, expected solved",)


async def test_it_plays_a_recorded_call_the_same_way_twice() -> None:
    scenario = load_scenario(CALLS / "operator_at_card_number_read_back.yaml")
    first, second = [await play(scenario, "voice", caller_voices()) for _ in range(2)]
    assert [(line.who, line.text) for line in first.lines] == [(line.who, line.text) for line in second.lines]
    assert [r.seconds for r in first.records] == [r.seconds for r in second.records]


@pytest.mark.parametrize("mode", ["voice", "keys"])
async def test_it_serves_the_caller_on_either_database(mode: Mode, database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    result = await play(load_scenario(CALLS / "activate_by_voice.yaml"), mode, caller_voices(), database_url=url)
    assert result.failures == ()
