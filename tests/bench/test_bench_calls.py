import json
import math
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import phonenumbers
import pytest

from ivr.bench.calls.callers import Dialled, Ended, News, Warm
from ivr.bench.calls.ear import Turned
from ivr.bench.calls.people import Wanted, person, write_cards
from ivr.bench.calls.report import Buckets, CallsReport
from ivr.bench.calls.script import MIX, Script, UnfitScenarioError, load_scripts
from ivr.bench.calls.tally import Tally, lost_calls
from ivr.bench.served import listening_at
from ivr.bench.streams import MEGABYTE
from ivr.dialog.forms import SlotType
from ivr.errors import HotlineError
from ivr.settings import ROOT
from ivr.slots import load_slot_types
from ivr.store.calls import insert_call, save_step
from ivr.store.cards import find_card, import_cards
from ivr.store.db import Database

CALLS = ROOT / "tests" / "calls"
MARIA = "4276051200020024"


@pytest.fixture(scope="module")
def card_number() -> SlotType:
    return load_slot_types(ROOT / "grammars" / "lexicon")["card_number"]


def scripts_of(card_number: SlotType, *names: str) -> tuple[Script, ...]:
    return load_scripts((CALLS / f"{name}.yaml" for name in names), card_number)


def test_it_gives_every_call_a_telephone_and_a_card_of_its_own() -> None:
    people = [person(1, index) for index in range(3000)]
    assert len({one.phone for one in people}) == len({one.card(MARIA) for one in people}) == 3000
    assert len({one.phone[:-4] for one in people}) == 3000, "codes are counted by the beginnings of numbers as well"
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(one.phone)) for one in people[:50])
    assert person(1, 7) == people[7] != person(2, 7)


def test_it_copies_the_fictional_card_for_the_caller(tmp_path: Path) -> None:
    db, who, friend = Database(f"sqlite:///{tmp_path}/cards.db"), person(1, 0), person(1, 1)
    db.migrate()
    wanted = [Wanted(MARIA, who, "+79160000102"), Wanted(MARIA, friend, "+79990000000")]
    write_cards(tmp_path / "cards.csv", wanted)
    with db.transaction() as conn:
        assert import_cards(conn, tmp_path / "cards.csv") == 2
        copy, other = find_card(conn, who.card(MARIA)), find_card(conn, friend.card(MARIA))
    db.close()
    assert copy is not None
    assert (copy.number[:8], copy.name, copy.status, copy.phone) == (MARIA[:8], "Мария", "issued", who.phone)
    assert other is not None
    assert other.phone == "+79160000102", "a card with somebody else's number keeps it"


def test_it_leaves_a_number_open_that_is_read_out_and_keys_the_callers_own(card_number: SlotType) -> None:
    spoken, halves = scripts_of(card_number, "activate_by_voice", "activate_mixed")
    who = person(1, 3)
    assert spoken.sample == halves.sample == MARIA
    assert [turn.caller for turn in spoken.turns if turn.caller and "card" in turn.caller] == ["{card}"]
    keyed = [halves.keys(turn, who, "123456") for turn in halves.turns if turn.keys and not turn.caller]
    assert keyed == [who.tail, "1", "23051985"]
    assert (spoken.disposition, spoken.status) == ("solved", "active")


def test_it_plays_a_call_about_no_card(card_number: SlotType) -> None:
    (script,) = scripts_of(card_number, "site_down")
    assert (script.sample, script.status) == (None, None)
    assert not any(turn.only == "keys" for turn in script.turns)


def test_its_own_mix_can_be_played(card_number: SlotType) -> None:
    assert {script.disposition for script in load_scripts(MIX, card_number)} == {"solved"}


@pytest.mark.parametrize(("name", "named"), [("line_at_peak", "operators"), ("site_down_known_outage", "incident")])
def test_it_refuses_a_scenario_that_needs_more_than_a_caller(card_number: SlotType, name: str, named: str) -> None:
    with pytest.raises(UnfitScenarioError, match=named):
        scripts_of(card_number, name)


def test_it_finds_who_listens_and_says_where_nobody_does() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listening_at(f"http://127.0.0.1:{port}").pid == os.getpid()
    with pytest.raises(HotlineError, match=f"port {port}"):
        listening_at(f"http://127.0.0.1:{port}")


def test_it_reads_a_percentile_from_buckets_as_a_bound() -> None:
    before = Buckets(((0.02, 10), (0.05, 10), (math.inf, 10)))
    lag = Buckets(((0.02, 100), (0.05, 106), (math.inf, 110))).since(before)
    assert lag.count == 100
    assert (lag.percentile(50), lag.percentile(95), lag.percentile(99)) == (0.02, 0.05, math.inf)
    assert math.isnan(Buckets().percentile(50))
    assert json.dumps(lag.in_milliseconds(), allow_nan=False)


def test_it_groups_answers_by_question_and_by_way() -> None:
    tally = Tally()
    news: list[News] = [Warm(), Dialled(), Turned("first prompt", "dialled", 0.1), Turned("дат", "spoken", 0.3)]
    news += [Turned("имя", "spoken", 0.9), Turned("дат", "keyed", 0.1), Ended("CA1", 1, "")]
    for one in news:
        tally.take(one)
    rows = {(turn.asked, turn.how): (turn.times.count, turn.times.longest) for turn in tally.turns()}
    assert rows[("all together", "spoken")] == (2, 0.9)
    assert rows[("all together", "keyed")] == (1, 0.1)
    assert ("all together", "dialled") not in rows
    assert (tally.warm, tally.dialled, len(tally.ended)) == (True, 1, 1)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path}/calls.db")
    database.migrate()
    return database


def test_it_loses_no_call_that_ended_otherwise_than_its_script(card_number: SlotType, db: Database) -> None:
    """Whole and solved; broken; unknown to the base; solved, but the card was left as it was."""
    scripts, now = scripts_of(card_number, "site_down", "activate_by_voice"), datetime(2026, 11, 24, 12, tzinfo=UTC)
    with db.transaction() as conn:
        for sid in ("CA0", "CA3"):
            insert_call(conn, sid, state={}, driver="stream", from_number="+79160000102", to_number="9002", at=now)
            save_step(conn, sid, 0, state={}, reply=None, driver="stream", at=now, disposition="solved")
    ended = [Ended("CA0", 0, ""), Ended("CA0", 0, "Twilio error 11200"), Ended("CA9", 2, ""), Ended("CA3", 3, "")]
    assert lost_calls(ended, scripts, 1, db) == {
        "site_down: Twilio error 11200": 1,
        "site_down: the call ended None, not solved": 1,
        "activate_by_voice: the card is None, not active": 1,
    }
    db.close()


def report(lost: dict[str, int], ended: int = 4) -> CallsReport:
    tally = Tally()
    tally.take(Turned("first prompt", "dialled", 0.05))
    return CallsReport(
        concurrency=2,
        seconds=100,
        dialled=5,
        lost=lost,
        ended=ended,
        turns=tally.turns(),
        recognition_lag=Buckets(((0.02, 9), (0.5, 9), (math.inf, 9))),
        idle_bytes=100 * MEGABYTE,
        loaded_bytes=108 * MEGABYTE,
        cores=0.5,
        load_cores=0.2,
        other_cores=0.0,
        interrupted=False,
        webhooks=None,
    )


def verdicts(one: CallsReport) -> dict[str, bool]:
    written = json.loads(json.dumps(one.as_json(), allow_nan=False))
    return {target["name"]: target["met"] for target in written["targets"]}


def test_it_judges_calls_by_loss_lag_and_memory() -> None:
    good = report({})
    assert (good.calls_per_second, good.bytes_per_call, good.under_way) == (0.04, 4 * MEGABYTE, 1)
    assert all(verdicts(good).values())
    assert not verdicts(report({"site_down: Twilio error 11200": 1}))["lost calls"]
    assert not verdicts(report({}, ended=0))["lost calls"], "no call is no proof"
