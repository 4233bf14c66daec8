"""The command that erases a person, as somebody at a terminal uses it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.clock import SystemClock
from ivr.codes import CodeDesk
from ivr.hotline import Hotline
from ivr.settings import load_settings
from ivr.store.db import Database
from tests.commands.typing_in import Type, typist
from tests.privacy.persons import Person, dump, settle_in


@pytest.fixture
def type_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    monkeypatch.chdir(tmp_path)
    return typist(monkeypatch, capsys)


@pytest.fixture
def base(type_in: Type) -> Iterator[Database]:
    db = Database(load_settings().database_url)
    db.migrate()
    yield db
    db.close()


@pytest.fixture
def person(base: Database, hotline: Hotline) -> Person:
    person = Person(1, CodeDesk(hotline, load_settings().derived("codes"), SystemClock()))
    settle_in(base, person)
    return person


def test_it_erases_prints_the_act_and_prints_it_again(type_in: Type, base: Database, person: Person) -> None:
    local = f"8 ({person.phone[2:5]}) {person.phone[5:]}"
    with capture_logs() as logs:
        act = type_in("forget", "--phone", "-", "--yes", "--by", "petrova", "--out", "act.md", stdin=local)
    assert act.startswith("# Акт об уничтожении персональных данных\n")
    for told in (
        "организация, которая ведёт программу «Мой Магнит»",
        "Требование субъекта",
        "Сотрудник petrova",
        "| Номер телефона, ответы и ход звонков (`calls`) | 1 |",
    ):
        assert told in act
    assert Path("act.md").read_text("utf-8") == act
    assert type_in("forget", "--act", "1") == act
    plain = json.loads(type_in("forget", "--act", "1", "--json"))
    assert plain["records"] == sum(row["records"] for row in plain["categories"]) > 20
    assert plain["reason"]["code"] == "request"
    told_everywhere = act + json.dumps(plain) + str(logs)
    own = {person.key("phone")}
    assert {trace for trace in person.traces() if trace in told_everywhere} == own
    assert {trace for trace in person.traces() if trace in "".join(dump(base).values())} == own
    assert [(log["event"], log["act"]) for log in logs if log["event"] == "erased"] == [("erased", 1)]


def test_it_tells_what_would_go_and_asks_again(type_in: Type, base: Database, person: Person) -> None:
    before = dump(base)
    assert type_in("forget", "--phone", person.phone, "--dry-run") == ""
    assert type_in("forget", stdin=f"{person.phone}\nn").strip() == ""
    assert dump(base) == before
    assert "Акт" in type_in("forget", "--reason", "withdrawn", stdin=f"{person.phone}\ny")
    assert dump(base) != before


def test_its_mistakes_are_one_line_without_the_number(type_in: Type, base: Database, person: Person) -> None:
    assert "no phone number" in (told := type_in("forget", "--phone", "-", stdin="91677"))
    assert "91677" not in told
    assert "--reason request, withdrawn" in type_in("forget", "--phone", person.phone, "--reason", "whim")
    assert "--by NAME" in type_in("forget", "--phone", person.phone, "--by", person.phone)
    assert "no act" in type_in("forget", "--act", "7")
    unwritable = type_in("forget", "--phone", person.phone, "--yes", "--out", "no/such/act.md")
    assert "python -m ivr forget --act 1" in unwritable


def test_the_retention_command_wants_to_be_told_what_to_do(type_in: Type, base: Database) -> None:
    assert "--dry-run, or --apply" in type_in("retention", "run")
    assert "--dry-run, or --apply" in type_in("retention", "run", "--dry-run", "--apply")
    looked = json.loads(type_in("retention", "run", "--dry-run", "--json"))
    assert len(looked) > 15
    assert {row["rows"] for row in looked} == {0}
    assert "outbox" in type_in("retention", "run", "--apply")
    assert "| `erasures` | 3 years" in type_in("retention", "rules")
