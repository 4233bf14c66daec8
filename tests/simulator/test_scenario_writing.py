"""Scenarios as files: the JSON schema for editors, and calls written down as scenarios."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ivr.book.strict_yaml import load_yaml
from ivr.settings import ROOT
from ivr.simulator.bad_days import BAD_DAYS
from ivr.simulator.scenario import (
    DeskOperator,
    Expected,
    ExpectedAppeal,
    ExpectedCard,
    Scenario,
    Turn,
    load_scenario,
)
from ivr.simulator.schema import scenario_schema, schema_text
from ivr.simulator.writing import written

CALLS = sorted((ROOT / "tests" / "calls").glob("**/*.yaml"))
EVERYTHING: dict[str, Any] = {
    "call": "everything",
    "title": "Всё, что умеет язык: с двоеточием и «кавычками»",
    "caller": "+79160000102",
    "time": "2026-05-12T23:30",
    "incident": {"category": "all", "say": "Сайт не работает, чиним."},
    "operators": [{"name": "anna", "does": ["decline", "accept"], "talks": 2.5}],
    "faults": ["webhook_twice", "sms_busy"],
    "by": ["voice"],
    "turns": [
        {"text_to_hotline": "4276 Мария"},
        {"sms": "код"},
        {"hotline": "yes"},
        {"caller": "да, конечно… {code}", "keys": "{code}#", "with": "babble:10,hum:20", "speed": 1.2, "noise": 15.0},
        {"silence": 7.5, "within_ms": 6500, "only": "voice"},
        {"keys": "0*#", "barge_in": True, "heard": "ноль", "value": "1985-05-23"},
        {"sms": True},
        {"sms": "код: 1"},
        {"answer": False},
        {"dial": True},
    ],
    "expect": {
        "disposition": "solved",
        "cards": {"4276051200020024": "active", "4276051200020032": {"balance": 5, "phone": "+79160000102"}},
        "sms": ["код", "true"],
        "appeals": [{"category": "site_down", "text": "не работает"}],
        "places": ["answered"],
    },
}


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_that_editors_read_is_that_of_the_loader() -> None:
    stored = (ROOT / "docs" / "scenario.schema.json").read_text("utf-8")
    assert stored == schema_text(), "write it anew: python -m ivr scenarios schema > docs/scenario.schema.json"


def test_the_schema_takes_every_scenario_that_is_there(validator: jsonschema.Draft202012Validator) -> None:
    assert len(CALLS) > 50
    assert [f"{path.name}: {e.message}" for path in CALLS for e in validator.iter_errors(load_yaml(path))] == []


def test_the_schema_describes_every_key() -> None:
    schema = scenario_schema()
    objects = [schema, *schema["$defs"].values()]
    keys = [(name, key) for one in objects for name, key in one["properties"].items()]
    assert len(keys) > 40
    assert [name for name, key in keys if "description" not in key and "$ref" not in key] == []


def test_the_documentation_names_every_key_and_every_bad_day() -> None:
    text = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
    models = (Scenario, Turn, Expected, ExpectedCard, ExpectedAppeal, DeskOperator)
    keys = {field.alias or name for model in models for name, field in model.model_fields.items()}
    assert sorted(name for name in keys | set(BAD_DAYS) if not re.search(rf"[`{{ ]{name}[`:]", text)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"turns": [{"hotlin": "a"}]},
        {"turns": [{"keys": 0}]},
        {"turns": [{"only": "voice"}]},
        {"expect": {"disposition": "solvd"}},
        {"faults": ["bad_day"]},
        {"operators": "away"},
    ],
    ids=str,
)
def test_the_schema_refuses_what_the_loader_refuses(
    wrong: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    assert not validator.is_valid(json.loads(json.dumps(EVERYTHING | wrong)))
    with pytest.raises(ValueError, match="validation error"):
        Scenario.model_validate(EVERYTHING | wrong)


def test_what_is_written_reads_back_as_it_was(tmp_path: Path) -> None:
    scenario = Scenario.model_validate(EVERYTHING)
    path = tmp_path / "everything.yaml"
    path.write_text(written(scenario, tmp_path), "utf-8")
    assert load_scenario(path).model_dump() == scenario.model_dump()
    assert "\n  - sms: true\n" in path.read_text("utf-8")


@pytest.mark.parametrize("path", CALLS[::9], ids=lambda path: path.stem)
def test_a_scenario_of_the_repository_survives_being_written(path: Path, tmp_path: Path) -> None:
    scenario = load_scenario(path)
    copy = tmp_path / path.name
    copy.write_text(written(scenario, tmp_path), "utf-8")
    assert load_scenario(copy).model_dump() == scenario.model_dump()


def test_recordings_and_the_schema_are_named_from_the_file(tmp_path: Path) -> None:
    sound = tmp_path / "one" / "turn-1.wav"
    sound.parent.mkdir()
    sound.touch()
    turns = {"turns": [{"hotline": "карта"}, {"caller": "да", "audio": sound, "only": "voice"}]}
    head = {"call": "one", "title": "Записанный звонок", "expect": {"disposition": "hung_up"}}
    path = tmp_path / "one.yaml"
    path.write_text(written(Scenario.model_validate(head | turns), tmp_path), "utf-8")
    schema, _, rest = path.read_text("utf-8").partition("\n")
    assert "audio: one/turn-1.wav" in rest
    assert (tmp_path / schema.partition("$schema=")[2]).samefile(ROOT / "docs" / "scenario.schema.json")
    assert load_scenario(path).turns[1].audio == sound
