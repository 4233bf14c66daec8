"""Every scripted call of ``tests/calls``, by voice and by keys, against the real webhooks and the real media socket."""

from pathlib import Path

import pytest

from ivr.simulator.bad_days import BAD_DAYS, FaultName
from ivr.simulator.runner import play
from ivr.simulator.scenario import Mode, Scenario, load_scenario
from ivr.simulator.voices import ASTERISK, caller_voices
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


ON_THE_KEYPAD = sorted(set(BAD_DAYS) - {"stream_breaks", "sms_undelivered", "webhook_lost"})
"""Not a lost webhook: the key in it is lost as well, and the caller has to press it again."""


@pytest.mark.parametrize("fault", ON_THE_KEYPAD)
async def test_it_serves_the_caller_on_a_bad_day(fault: FaultName) -> None:
    scenario = load_scenario(CALLS / "activate_by_keys.yaml").model_copy(update={"faults": (fault,)})
    result = await play(scenario, "keys", caller_voices())
    assert result.failures == ()


IN_LINE = ["webhook_twice", "webhook_twice_at_once", "webhook_again_later", "status_lost"]


@pytest.mark.parametrize("fault", IN_LINE)
@pytest.mark.parametrize("name", ["line_broke_off", "line_call_back"])
async def test_nobody_in_line_is_lost_on_a_bad_day(name: str, fault: FaultName) -> None:
    scenario = load_scenario(CALLS / f"{name}.yaml").model_copy(update={"faults": (fault,)})
    result = await play(scenario, "keys", caller_voices())
    assert result.failures == ()


async def test_it_resumes_when_a_stream_breaks_in_the_middle() -> None:
    scenario = load_scenario(CALLS / "activate_by_keys.yaml").model_copy(update={"faults": ("stream_breaks",)})
    result = await play(scenario, "voice", caller_voices())
    broken = [error for record in result.records for error in record.errors if error.code == 31921]
    assert len(broken) == 1
    assert result.failures == ()
    assert any("прервалась" in line.text for line in result.lines)


async def test_it_tells_which_expectation_was_not_met() -> None:
    scenario = load_scenario(CALLS / "operator_at_card_number.yaml")
    wrong = scenario.model_copy(update={"expect": scenario.expect.model_copy(update={"disposition": "solved"})})
    result = await play(wrong, "keys", caller_voices())
    assert result.failures == ("the call ended as operator, expected solved",)


@pytest.mark.parametrize("mode", ["voice", "keys"])
async def test_it_serves_the_caller_on_either_database(mode: Mode, database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    result = await play(load_scenario(CALLS / "activate_by_voice.yaml"), mode, caller_voices(), database_url=url)
    assert result.failures == ()
