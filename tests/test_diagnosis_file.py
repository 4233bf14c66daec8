"""``grammars/diagnosis.yaml``: what it decides, and what is said of a mistake in it."""

from itertools import product
from pathlib import Path

import pytest

from ivr.actions import load_actions
from ivr.actions.rules import decide
from ivr.actions.situation import COLUMNS, TABLES
from ivr.diagnosis import WAYS_KEPT_DAYS, Diagnosis, load_diagnosis
from ivr.errors import BookError
from ivr.settings import ROOT

DELIVERED = ROOT / "grammars" / "diagnosis.yaml"
OUTCOMES = {name: action.outcomes for name, action in load_actions().items()}


@pytest.fixture(scope="module")
def diagnosis() -> Diagnosis:
    return load_diagnosis(DELIVERED, OUTCOMES)


@pytest.mark.parametrize("table", TABLES)
def test_every_situation_has_one_declared_reason(diagnosis: Diagnosis, table: str) -> None:
    columns = sorted(TABLES[table])
    situations = [dict(zip(columns, values, strict=True)) for values in product(*(COLUMNS[c] for c in columns))]
    found = {decide(diagnosis.rules.tables[table], situation) for situation in situations}
    assert found == OUTCOMES[table] - {"unverified", "unavailable"}


def test_reasons_are_looked_for_in_the_mission_s_order(diagnosis: Diagnosis) -> None:
    """Status, then exclusion, balance, tobacco in the last receipt, the till; of several the first counts."""
    situation = {"status": "issued", "cause": "questionnaire", "points": "none", "receipt": "tobacco"}
    mended = [
        ({}, "inactive"),
        ({"status": "excluded"}, "questionnaire"),
        ({"cause": "other"}, "excluded"),
        ({"status": "active"}, "no_points"),
        ({"points": "some"}, "tobacco"),
        ({"receipt": "refused"}, "till"),
        ({"receipt": "plain"}, "nothing"),
    ]
    for change, reason in mended:
        situation |= change
        assert decide(diagnosis.rules.tables["diagnose_points"], situation) == reason


def test_the_file_rules_and_not_the_program(tmp_path: Path) -> None:
    changed = DELIVERED.read_text("utf-8").replace("    - {reason: no_points, points: [none]}\n", "", 1)
    rules = load_diagnosis(written(tmp_path, changed), OUTCOMES).rules
    situation = {"status": "active", "cause": "other", "points": "none", "receipt": "tobacco"}
    assert decide(rules.tables["diagnose_points"], situation) == "tobacco"


def test_words_are_read(diagnosis: Diagnosis) -> None:
    assert diagnosis.points == ("балл", "балла", "баллов")
    assert diagnosis.rules.activation_ways == ("app", "site", "sms", "phone")
    assert diagnosis.rules.limits.ways_days <= WAYS_KEPT_DAYS


def written(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "diagnosis.yaml"
    path.write_text(content, "utf-8")
    return path


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("minimum_points: 1", "minimum_points: 0", "`minimum_points` is no whole number from 1"),
        ("ways_days: 30", "ways_days: 91", "`ways_days` is no whole number from 1 to 90"),
        ("minimum_points: 1", "minimum: 1", "unknown key `minimum`"),
        ("  receipt_days: 30\n", "", "the key `receipt_days` is missing"),
        ("reason: tobacco", "reason: smoke", "`smoke` is no outcome of diagnose_points"),
        ("receipt: [tobacco]", "recipe: [tobacco]", "diagnose_points knows no `recipe`"),
        ("receipt: [tobacco]", "receipt: [wine]", "`receipt` holds an unknown value"),
        ("receipt: [tobacco]", "receipt: tobacco", "`receipt` holds an unknown value"),
        ("receipt: [tobacco]", "receipt: []", "`receipt` holds an unknown value"),
        ("    - {reason: active}\n", "", "only the last row"),
        ("{reason: inactive, status: [issued]}", "{reason: inactive}", "only the last row"),
        ("[app, site, sms, phone]", "[app, site, sms]", "`activation_ways` lacks a way"),
        ("[app, site, sms, phone]", "[app, site, sms, phone, app]", "`activation_ways` lacks a way"),
        ("  other: причину", "  another: причину", "`reasons` lacks the code `other`"),
        ("[балл, балла, баллов]", "[балл, балла]", "`points` is no list of three words"),
        ("credited: начислено", "credited: 5", "`credited` is no text"),
        ("tables:\n", "tables: 5\nother:\n", "unknown key `other`"),
        ("limits:\n", "limits: []\nother:\n", "unknown key `other`"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, good: str, bad: str, told: str) -> None:
    content = DELIVERED.read_text("utf-8")
    assert good in content
    with pytest.raises(BookError) as caught:
        load_diagnosis(written(tmp_path, content.replace(good, bad, 1)), OUTCOMES)
    message = str(caught.value)
    assert told in message
    assert "diagnosis.yaml:" in message
    assert "\n" not in message
