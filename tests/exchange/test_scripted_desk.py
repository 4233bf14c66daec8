"""Scripted operators and a scripted telephone that rings: the whole hotline, by keys, in virtual time."""

from typing import Any

import pytest

from ivr.errors import BookError
from ivr.simulator.result import Result
from ivr.simulator.runner import play
from ivr.simulator.scenario import DeskOperator, Scenario, load_scenario
from ivr.simulator.voices import caller_voices

CALLER = "+79160000102"
IN_LINE: list[dict[str, Any]] = [{"hotline": "карта — один"}, {"keys": "0"}, {"hotline": "Вы первый в очереди"}]

BOOKED: list[dict[str, Any]] = [
    {"keys": "1"},
    {"hotline": "Перезвонить на него — один"},
    {"keys": "1"},
    {"hotline": "Записали"},
]


async def played(
    operators: list[dict[str, Any]],
    turns: list[dict[str, Any]],
    *,
    in_line: list[dict[str, Any]] = IN_LINE,
    speed: float | None = None,
    **expect: Any,
) -> Result:
    scenario = Scenario.model_validate(
        {
            "call": "desk",
            "title": "Операторы",
            "caller": CALLER,
            "operators": operators,
            "turns": [*in_line, *turns],
            "expect": {"disposition": "operator"} | expect,
        }
    )
    result = await play(scenario, "keys", caller_voices(), speed=speed)
    assert result.failures == ()
    return result


def legs_to(result: Result, address: str) -> list[tuple[str, bool]]:
    """How the calls to an address went: their status, and whether they were bridged."""
    legs = [leg for leg in result.legs if leg.to_number == address]
    return [(leg.status, any(entry.what == "bridged" for entry in leg.entries)) for leg in legs]


async def test_it_rings_until_an_operator_takes_the_caller() -> None:
    anna = {"name": "anna", "does": ["decline", "busy", "no_answer", "ignore", "accept"], "talks": 5}
    result = await played([anna], [{"operator": True}, {"silence": 2}], places=["answered"])
    taken = [("completed", False), ("busy", False), ("no-answer", False), ("completed", False), ("completed", True)]
    assert legs_to(result, "client:anna") == taken
    assert "завершён" in result.lines[-1].text


async def test_it_calls_the_operators_own_telephone() -> None:
    boris = {"name": "boris", "phone": "+79161112233", "talks": 5}
    result = await played([boris], [{"operator": True}], places=["answered"])
    assert legs_to(result, "+79161112233") == [("completed", True)]


async def test_it_breaks_off_and_joins_again() -> None:
    anna = {"name": "anna", "does": ["break_off", "accept"], "talks": 5}
    turns: list[dict[str, Any]] = [{"operator": True}, {"hotline": "прервалась"}, {"keys": "2"}, {"operator": True}]
    result = await played([anna], turns, places=["answered"])
    assert legs_to(result, "client:anna") == [("completed", True), ("completed", True)]


async def test_it_sends_a_code_and_takes_the_caller_back() -> None:
    anna = {"name": "anna", "does": ["send_code", "accept"], "talks": 5}
    turns: list[dict[str, Any]] = [
        {"hotline": "карта — один"},
        *({"keys": "1"}, {"hotline": "Активировать карту"}, {"keys": "1"}, {"hotline": "шестнадцать цифр"}),
        *({"keys": "4276051200020024"}, {"hotline": "рождения"}, {"keys": "0#"}),
        *({"operator": True}, {"sms": True}, {"keys": "{code}"}, {"hotline": "Код верный"}, {"operator": True}),
    ]
    result = await played([anna], turns, in_line=[], places=["answered"], sms=1)
    assert [leg.ended_by for leg in result.legs] == ["rest", "rest"]


async def test_it_plays_at_the_speed_of_life_and_faster() -> None:
    anna = {"name": "anna", "does": ["decline", "accept"], "talks": 5}
    await played([anna], [{"operator": True}], speed=40, places=["answered"])


async def test_it_lets_the_callers_telephone_ring() -> None:
    anna = {"name": "anna", "does": ["no_answer", "accept"], "talks": 5}
    called: list[dict[str, Any]] = [
        {"answer": True},
        {"hotline": "Вы просили перезвонить"},
        {"keys": "1"},
        {"operator": True},
    ]
    result = await played([anna], [*BOOKED, *called], places=["answered"])
    assert [record.direction for record in result.records] == ["inbound", "outbound-dial"]
    assert legs_to(result, CALLER) == [("completed", True)]


async def test_it_declines_a_call_back() -> None:
    anna = {"name": "anna", "does": ["no_answer", "accept"], "talks": 5}
    result = await played([anna], [*BOOKED, {"answer": False}], places=["waiting"])
    assert legs_to(result, CALLER) == [("busy", False)]


async def test_it_plays_a_call_with_operators_the_same_way_twice() -> None:
    anna = {"name": "anna", "does": ["decline", "accept"], "talks": 5}
    first, second = [await played([anna], [{"operator": True}]) for _ in range(2)]
    assert [line.text for line in first.lines] == [line.text for line in second.lines]
    assert [record.seconds for record in first.records] == [record.seconds for record in second.records]
    assert [leg.seconds for leg in first.legs] == [leg.seconds for leg in second.legs]


async def test_it_tells_how_the_places_really_ended() -> None:
    scenario = Scenario.model_validate(
        {
            "call": "desk",
            "title": "Операторы",
            "operators": [{"name": "anna", "does": ["no_answer"]}],
            "turns": [*IN_LINE, {"hang_up": True}],
            "expect": {"disposition": "operator", "places": ["answered"]},
        }
    )
    result = await play(scenario, "keys", caller_voices())
    assert "places in the line ended as ['abandoned'], expected ['answered']" in result.failures


@pytest.mark.parametrize("wrong", [{"name": "Анна"}, {"name": "anna", "does": ["sleep"]}, {"name": "anna", "age": 5}])
def test_it_refuses_operators_that_cannot_be(wrong: dict[str, Any], tmp_path: Any) -> None:
    path = tmp_path / "call.yaml"
    path.write_text(
        f"call: x\ntitle: x\noperators:\n  - {wrong}\nturns: []\nexpect: {{disposition: operator}}\n".replace("'", '"'),
        "utf-8",
    )
    with pytest.raises(BookError, match=r"call\.yaml"):
        load_scenario(path)
    assert DeskOperator(name="anna").does == ("accept",)
