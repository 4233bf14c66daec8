"""The JSON schema of scenarios, for editors that complete and check YAML: ``docs/scenario.schema.json``."""

import json
from typing import Any

from ivr.simulator.scenario import ACTS, EVENTS, Scenario

TITLE = "A scripted call to the hotline"
_IGNORED = ("title", "default")


def schema_text() -> str:
    """As the file holds it: ``python -m ivr scenarios schema``."""
    return json.dumps(scenario_schema(), ensure_ascii=False, indent=1) + "\n"


def scenario_schema() -> dict[str, Any]:
    """Made of the models that read scenarios, and of their docstrings."""
    made: dict[str, Any] = _slim(Scenario.model_json_schema(by_alias=True))
    made["$defs"]["Turn"]["anyOf"] = [{"required": [name]} for name in (*EVENTS, *ACTS)]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": TITLE, **made}


def _slim(node: Any, *, names: bool = False) -> Any:  # noqa: ANN401  any part of a schema
    """Without what says nothing to a writer; ``names``: the keys of this node are names of keys, and stay."""
    if isinstance(node, list):
        return [_slim(item) for item in node if item != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    slim = {key: _slim(value, names=key in ("properties", "$defs")) for key, value in node.items()}
    return slim if names else _one_of_one({key: value for key, value in slim.items() if key not in _IGNORED})


def _one_of_one(node: dict[str, Any]) -> dict[str, Any]:
    """A choice of one kind is that kind."""
    kinds = node.get("anyOf", ())
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    return dict(kinds[0]) | rest if len(kinds) == 1 else node
