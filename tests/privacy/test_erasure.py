"""Erasing one person: gone from every table and file, while others and the sums stay."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Text, func, insert, select, update

from ivr.clock import SetClock
from ivr.erasure import (
    CABINET,
    ELSEWHERE,
    Act,
    ErasureRefused,
    ErasureSetting,
    erase,
    erase_person,
    person_to_erase,
    search,
)
from ivr.erasure_act import TABLES
from ivr.hotline import Hotline
from ivr.loyalty.protocol import CARDS_AT_MOST
from ivr.store.cards import Card, find_card
from ivr.store.db import Database
from ivr.store.erasures import find_erasure
from ivr.store.person_tables import code_events, codes
from ivr.store.schema import metadata
from ivr.store.tables import appeals, calls, cards, desk_actions, places, questionnaire_changes, turns
from tests.privacy.persons import DAY, NOW, Person, codes_of, dump, rows_of, setting_of, settle_in

NOBODYS = {
    "incidents": "about outages",
    "operators": "employees",
    "topics": "names a call, which gets another name",
    "answers": "names a call, which gets another name",
    "desk_actions": "names a call, which gets another name; the digests go",
    "line_events": "names places",
    "offers": "names places and operators",
    "consent_texts": "what was agreed to, not by whom",
    "erasures": "the acts themselves",
    "wrong_entries": "addresses of the web, for two days",
}
"""Tables that no erasure takes rows from, and why."""
KEPT = ("calls", "topics", "answers", "places", "appeals", "desk_actions", "line_events", "code_events", "cards")
"""Tables whose rows are counted in reports or limits."""


@pytest.fixture
def setting(hotline: Hotline, clock: SetClock) -> ErasureSetting:
    return setting_of(codes_of(hotline, clock), clock)


@pytest.fixture
def people(database: Database, hotline: Hotline, clock: SetClock) -> tuple[Person, Person]:
    codes = codes_of(hotline, clock)
    both = Person(1, codes), Person(2, codes)
    settle_in(database, *both)
    return both


def erased(database: Database, setting: ErasureSetting, phone: str, **options: Any) -> Act:
    by, even_open = options.pop("by", "anna"), options.pop("even_open", False)
    with database.reading() as conn:
        person = person_to_erase(conn, setting, phone, by, even_open=even_open)
    return erase_person(database, setting, person, "request", by, even_open=even_open)


def change(database: Database, table: Any, **values: Any) -> None:
    with database.transaction() as conn:
        conn.execute(update(table).values(**values))


def sizes(database: Database) -> dict[str, int]:
    with database.reading() as conn:
        return {
            name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_nothing_of_the_person_is_left_in_any_table(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person]
) -> None:
    gone, stays = people
    before = dump(database)
    assert sum(trace in text for trace in gone.traces() for text in before.values()) > 20
    erased(database, setting, gone.phone)
    after = dump(database)
    left = {(table, trace) for trace in gone.traces() for table, text in after.items() if trace in text}
    assert left == {("erasures", gone.key("phone"))}
    assert {table for table, text in after.items() if gone.card in text} == {"cards"}
    for trace in stays.traces():
        assert [trace in text for text in after.values()] == [trace in text for text in before.values()]


def test_what_is_counted_stays_counted(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person]
) -> None:
    before = sizes(database)
    erased(database, setting, people[0].phone)
    after = sizes(database)
    assert [after[name] for name in KEPT] == [before[name] for name in KEPT]
    with database.reading() as conn:
        joined = select(func.count()).select_from(calls.join(places, places.c.call_sid == calls.c.sid))
        assert conn.execute(joined.where(calls.c.disposition == "solved")).scalar_one() == 2


def test_the_file_of_the_database_holds_nothing_either(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person]
) -> None:
    if database.kind != "sqlite":
        pytest.skip("PostgreSQL overwrites by its own vacuum")
    erased(database, setting, people[0].phone)
    database.settle()
    folder = Path(str(database.url.database)).parent
    raw = b"".join(path.read_bytes() for path in folder.glob("hotline.db*"))
    assert [trace for trace in people[0].traces() if trace.encode() in raw] == [people[0].key("phone")]
    assert people[1].name.encode() in raw


def test_the_act_counts_each_table_and_tells_nothing_of_the_person(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person]
) -> None:
    act = erased(database, setting, people[0].phone)
    assert set(act.counts) == set(TABLES)
    assert (act.counts["calls"], act.counts["outbox"], act.counts["seen"], act.counts["ways"]) == (1, 2, 2, 2)
    assert (act.number, act.reason, act.asked_by, act.at) == (1, "request", "anna", NOW)
    told = repr(act)
    assert [trace for trace in people[0].traces() if trace in told] == [act.subject]
    with database.reading() as conn:
        row = find_erasure(conn, 1)
    assert row is not None
    assert row.counts == act.counts
    assert erased(database, setting, people[0].phone).counts == {}


def test_every_table_is_erased_from_or_is_nobodys() -> None:
    assert set(metadata.tables) == set(TABLES) | set(NOBODYS)
    assert set(TABLES) & set(NOBODYS) == set()


def test_the_two_people_stand_in_every_table_that_is_erased_from(hotline: Hotline, clock: SetClock) -> None:
    person = Person(1, codes_of(hotline, clock))
    assert set(TABLES) <= {table for table, _ in rows_of(person, 1)}


def test_a_card_without_a_holder_is_closed(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person]
) -> None:
    erased(database, setting, people[0].phone)
    with database.reading() as conn:
        card = find_card(conn, people[0].card)
    assert card == Card(people[0].card, "excluded", None, None, None, 0, "erased", None, None, None)


def test_a_call_of_somebody_else_that_named_the_card_is_emptied_but_stays_theirs(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person]
) -> None:
    gone, other = people
    change(database, calls, state=gone.state())
    change(database, desk_actions, data={"card": gone.key("card", gone.card)})
    erased(database, setting, gone.phone)
    with database.reading() as conn:
        row = conn.execute(select(calls).where(calls.c.sid == other.sid)).one()
        assert row.from_number == other.phone
        assert conn.execute(select(func.count()).select_from(turns)).scalar_one() == 0
        assert conn.execute(select(appeals.c.text).where(appeals.c.call_sid == other.sid)).scalar_one()
    assert gone.card not in str(row.state)
    assert gone.key("card", gone.card) not in dump(database)["desk_actions"]


GOING_ON: dict[str, tuple[Any, dict[str, Any]]] = {
    "call": (calls, {"ended_at": None}),
    "line": (places, {"state": "waiting"}),
    "appeal": (appeals, {"status": "open", "ended_at": None}),
}


@pytest.mark.parametrize("why", GOING_ON)
def test_what_goes_on_is_not_erased(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person], why: str
) -> None:
    table, values = GOING_ON[why]
    change(database, table, **values)
    before = dump(database)
    with pytest.raises(ErasureRefused) as refused:
        erased(database, setting, people[0].phone)
    assert refused.value.why == why
    assert not [trace for trace in people[0].traces() if trace in str(refused.value)]
    assert dump(database) == before


def test_open_appeals_are_closed_where_that_is_asked_for(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person]
) -> None:
    change(database, appeals, status="open", ended_at=None)
    erased(database, setting, people[0].phone, even_open=True)
    with database.reading() as conn:
        rows = conn.execute(select(appeals.c.status, appeals.c.ended_at).order_by(appeals.c.serial)).all()
    assert [tuple(row) for row in rows] == [("closed", NOW), ("open", None)]


def test_a_call_whose_end_was_never_told_blocks_no_erasure_for_long(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person], clock: SetClock
) -> None:
    change(database, calls, ended_at=None)
    clock.move(timedelta(hours=4))
    assert erased(database, setting, people[0].phone).counts["calls"] == 1


def test_the_cabinet_erases_once_a_day_so_that_counts_of_codes_are_not_reset_by_it(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person], clock: SetClock
) -> None:
    erased(database, setting, people[0].phone, by=CABINET)
    clock.move(timedelta(hours=23))
    with pytest.raises(ErasureRefused) as refused:
        erased(database, setting, people[0].phone, by=CABINET)
    assert refused.value.why == "again"
    erased(database, setting, people[1].phone, by=CABINET)
    clock.move(DAY)
    assert erased(database, setting, people[0].phone, by=CABINET).number == 3


def test_a_base_behind_http_is_named_as_still_to_be_told(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person], clock: SetClock
) -> None:
    person = people[0]

    class Elsewhere:
        kind = "http"

        def base(self, _: object) -> "Elsewhere":
            return self

        def cards_of(self, _: str, most: int) -> list[Card]:
            assert most > CARDS_AT_MOST
            return [Card(person.card, "active", person.name, None, person.phone, 0, None, None, None, None)]

    change(database, cards, phone=None)
    away: Any = Elsewhere()
    act = erased(database, ErasureSetting(setting.key_of, clock, away), person.phone)
    assert act.counts[ELSEWHERE] == 1
    assert act.counts["codes"] == 1


def test_a_person_with_more_calls_than_a_statement_takes_is_erased_whole(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.store.traces.AT_ONCE", 5)
    call = next(values for table, values in rows_of(people[0], 1) if table == "calls")
    more = [call | {"sid": f"CA{number:032}"} for number in range(11)]
    with database.transaction() as conn:
        conn.execute(insert(calls), more)
    assert erased(database, setting, people[0].phone).counts["calls"] == 12


def test_the_limits_of_others_whom_the_person_tried_stay(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person]
) -> None:
    mine, victim = people
    theirs = {name: kept_of(database, code_events, victim, name) for name in ("phone_key", "card_key")}
    for table in (code_events, codes):
        change_of(database, table, victim, source_key=mine.key("source"))
    erased(database, setting, mine.phone)
    assert {name: kept_of(database, code_events, victim, name) for name in theirs} == theirs
    assert theirs["phone_key"] == victim.key("phone")
    assert mine.key("source") not in "".join(dump(database).values())


def kept_of(database: Database, table: Any, person: Person, name: str) -> Any:
    """A column of the one row with the person's phone or card."""
    whose = (table.c.phone_key == person.key("phone")) | (table.c.card_key == person.key("card", person.card))
    with database.reading() as conn:
        return conn.execute(select(table.c[name]).where(whose)).scalar_one()


def change_of(database: Database, table: Any, person: Person, **values: Any) -> None:
    with database.transaction() as conn:
        conn.execute(update(table).where(table.c.phone_key == person.key("phone")).values(**values))


def test_a_card_that_has_moved_on_keeps_its_changes_without_the_old_phone(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person]
) -> None:
    mine, other = people
    key = mine.key("questionnaire.phone")
    with database.transaction() as conn:
        theirs = questionnaire_changes.c.card_key == other.key("card", other.card)
        conn.execute(update(questionnaire_changes).where(theirs).values(field="phone", old_key=key))
    erased(database, setting, mine.phone)
    with database.reading() as conn:
        rows = conn.execute(select(questionnaire_changes.c.old_key).where(theirs)).scalars().all()
    assert rows == [None]


def test_all_is_read_outside_the_writing_transaction_and_what_comes_later_is_found_too(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person], clock: SetClock
) -> None:
    gone, other = people
    change(database, calls, updated_at=NOW - DAY, started_at=NOW - DAY)
    with database.reading() as conn:
        found = search(conn, setting, person_to_erase(conn, setting, gone.phone, "anna"))
    clock.move(timedelta(minutes=3))
    late = {"state": other.state() | {"slots": {"card_number": gone.card}}, "updated_at": clock.now()}
    call = next(values for table, values in rows_of(other, 2) if table == "calls")
    unread = call | {"sid": "CAunread", "started_at": NOW - DAY, "updated_at": NOW - DAY, "state": gone.state()}
    with database.transaction() as conn:
        conn.execute(insert(calls), [call | {"sid": "CAlate", "started_at": NOW} | late, unread])
        conn.execute(insert(turns), {"call_sid": "CAlate", "step": 1, "who": "caller", "text": gone.card, "at": NOW})
        act = erase(conn, setting, found, "request", "anna")
        left = conn.execute(select(calls.c.sid).where(calls.c.state.cast(Text).contains(gone.card))).scalars().all()
        said = conn.execute(select(turns.c.call_sid).where(turns.c.text.contains(gone.card))).scalars().all()
    assert act.counts["calls"] == 2
    assert (left, said) == (["CAunread"], [])


@pytest.mark.parametrize("why", GOING_ON)
def test_what_is_plain_is_refused_before_any_search(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person], why: str
) -> None:
    table, values = GOING_ON[why]
    change(database, table, **values)
    with database.reading() as conn, pytest.raises(ErasureRefused) as refused:
        person_to_erase(conn, setting, people[0].phone, "anna")
    assert refused.value.why == why


def test_cards_that_changed_after_the_search_are_no_longer_erased_by_it(
    database: Database, setting: ErasureSetting, people: tuple[Person, Person]
) -> None:
    with database.reading() as conn:
        found = search(conn, setting, person_to_erase(conn, setting, people[0].phone, "anna"))
    change(database, cards, phone=people[0].phone)
    with database.transaction() as conn, pytest.raises(ErasureRefused, match="changed"):
        erase(conn, setting, found, "request", "anna")
