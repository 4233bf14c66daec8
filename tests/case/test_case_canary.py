"""Personal data is planted, operators work on it, and every place where it must not turn up is searched."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import Table, select

from ivr.case.doing import OUTCOMES
from ivr.case.verbs import VERBS
from ivr.errors import RecordError
from ivr.logs import configure_logs
from ivr.store.db import Database
from ivr.store.tables import clips, desk_actions, line_events, questionnaire_changes
from tests.case.case_world import BIRTH, CALLER, CODE, ISSUED, NOT_SPENT, World

NAME, NEW_PHONE, EMAIL, WISH = "мария", "9160000199", "maria@example.ru", "потеряла сумку"
VOICE = b"\x2a\x55" * 8000
FORBIDDEN = {
    "card number": ISSUED,
    "end of the card number": ISSUED[4:],
    "birth date": BIRTH,
    "birth date in ISO form": "1985-05-23",
    "birth date as shown": "23.05.1985",
    "phone": CALLER[2:],
    "new phone": NEW_PHONE,
    "name": NAME,
    "email": EMAIL,
    "wish": WISH,
    "code": CODE,
}


@pytest.fixture(params=["json", "console"])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Everything that is logged, down to DEBUG of the libraries."""
    configure_logs(request.param)
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    text = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(text)
    yield text
    root.setLevel(before)


def found_in(text: str) -> list[str]:
    plain = text.lower()
    return [what for what, canary in FORBIDDEN.items() if canary in plain]


def rows(database: Database, table: Table) -> str:
    """A table as text, bytes and all."""
    with database.reading() as conn:
        found = [[str(value) for value in row] for row in conn.execute(select(table))]
    return json.dumps(found, ensure_ascii=False)


def work(world: World) -> None:
    """A proven caller with a clip, and each action of the desk, done and refused."""
    caller = world.call(number=CALLER).key(*NOT_SPENT)
    words = "сорок два семьдесят шесть ноль пять двенадцать ноль ноль ноль два ноль ноль двадцать четыре"
    caller.say(words, VOICE).say("да")
    world.queued(category="activate")
    world.act("activate")
    world.act("send_code")
    caller.key(BIRTH, CODE)
    assert world.screen().who.verified
    for field, value in {"person_name": NAME, "birth_date": "23.05.1985", "card_number": ISSUED}.items():
        world.act("correct_field", field=field, value=value)
        world.act("correct_field", field=field, value="x")
    world.act("activate")
    world.act("register_appeal", category="activate", text=WISH)
    for field, value in {"phone": NEW_PHONE, "email": EMAIL, "name": NAME, "birth_date": BIRTH}.items():
        world.act("change_field", field=field, value=value)
    world.act("replacement")
    world.act("book_call_back", phone=NEW_PHONE, when="soon")
    world.act("reveal")
    world.act("reveal", what=ISSUED)
    world.act(ISSUED, field=NAME, value=WISH)
    assert ISSUED[-4:] in repr(world.screen())
    assert world.case.clip_wav("CA1", "card_number")


def test_it_leaves_no_personal_data_behind(log: io.StringIO, world: World) -> None:
    work(world)
    written = log.getvalue()
    assert written.count("desk_action") > 15, "the log is empty: the search would prove nothing"
    assert found_in(written) == []
    for table in (desk_actions, line_events, questionnaire_changes):
        text = rows(world.db, table)
        assert len(text) > 100
        assert found_in(text) == []


def test_each_action_is_tried_by_this_test(world: World) -> None:
    work(world)
    with world.db.reading() as conn:
        kinds = set(conn.execute(select(desk_actions.c.kind)).scalars())
    assert kinds == OUTCOMES.keys() == VERBS.keys()


def test_the_sound_is_nowhere_in_the_table(world: World) -> None:
    work(world)
    with world.db.reading() as conn:
        sealed = list(conn.execute(select(clips.c.sound)).scalars())
    assert sealed
    assert not any(VOICE[:50] in one for one in sealed)


def test_errors_hold_nothing_of_the_call(world: World) -> None:
    with pytest.raises(RecordError) as caught:
        world.act("reveal", ISSUED)
    assert found_in(str(caught.value)) == []
