"""Diagnosis, proofs, ways and steps by SMS, on the real services and the fictional cards."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from ivr.actions.services import Context
from ivr.clock import SetClock
from ivr.dialog.events import Finished
from ivr.hotline import Hotline
from ivr.loyalty.http import HttpLoyalty
from ivr.store.cards import find_card
from ivr.store.db import Database
from ivr.store.histories import take_operations, take_receipts
from ivr.store.outbox import find_message
from tests.actions.card_world import ACTIONS, CALLER, World, make_world

OTHER_CALLER = "+79160000555"
NOT_IN_USE = {"blocked": "4276051200080093", "replaced": "4276051200100116"}
ISSUED, ACTIVE, EMPTY, TOBACCO = "4276051200020024", "4276051200050062", "4276051200060079", "4276051200070086"
REFUSED, LATE, UNKNOWN = "4276051200120130", "4276051200130147", "4276051299999999"
WRONG_DATA, RULES_BROKEN = "4276051200090109", "4276051200140154"
TELLS_OF_CARDS = sorted(name for name, action in ACTIONS.items() if "unverified" in action.outcomes)


@pytest.fixture
def world(database: Database, hotline: Hotline, clock: SetClock) -> World:
    return make_world(database, hotline, clock)


def spoken(finished: Finished, name: str) -> str:
    return finished.facts[name].replace("|", " ")


# -- diagnosis ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "outcome"),
    [
        (ISSUED, "inactive"),
        (NOT_IN_USE["blocked"], "blocked"),
        (NOT_IN_USE["replaced"], "blocked"),
        (RULES_BROKEN, "blocked"),
        (ACTIVE, "active"),
    ],
)
def test_a_card_is_told_from_a_till(world: World, card: str, outcome: str) -> None:
    assert world.proven("diagnose_till", card).outcome == outcome


@pytest.mark.parametrize(
    ("card", "outcome"),
    [
        (ISSUED, "inactive"),
        (RULES_BROKEN, "excluded"),
        (WRONG_DATA, "questionnaire"),
        (NOT_IN_USE["blocked"], "blocked"),
        (NOT_IN_USE["replaced"], "blocked"),
        (EMPTY, "no_points"),
        (TOBACCO, "tobacco"),
        (REFUSED, "till"),
        (ACTIVE, "nothing"),
    ],
)
def test_points_are_not_taken_for_one_reason(world: World, card: str, outcome: str) -> None:
    assert world.proven("diagnose_points", card).outcome == outcome


@pytest.mark.parametrize(
    ("card", "outcome"),
    [
        (ISSUED, "inactive"),
        (WRONG_DATA, "blocked"),
        (LATE, "were_inactive"),
        (EMPTY, "spent"),
        (ACTIVE, "nothing"),
    ],
)
def test_points_have_gone_for_one_reason(world: World, card: str, outcome: str) -> None:
    assert world.proven("diagnose_lost_points", card).outcome == outcome


@pytest.mark.parametrize(
    ("card", "birth_date", "outcome"),
    [
        (ACTIVE, "1990-08-14", "taken"),
        (WRONG_DATA, "1978-09-19", "blocked"),
        (ISSUED, "1985-05-24", "mistyped"),
        (ISSUED, "1985-05-23", "good"),
        ("4276051200010017", "1985-05-23", "good"),
    ],
)
def test_data_are_refused_for_one_reason(world: World, card: str, birth_date: str, outcome: str) -> None:
    assert world.proven("diagnose_refused", card, birth_date=birth_date).outcome == outcome


@pytest.mark.parametrize("name", ["diagnose_till", "diagnose_points", "diagnose_lost_points", "diagnose_refused"])
def test_every_reason_has_a_fictional_card(world: World, name: str) -> None:
    with world.database.reading() as conn:
        numbers = list(conn.execute(text("SELECT number FROM cards")).scalars())
    dates = ("1985-05-23", "1999-12-31")
    found = {world.proven(name, number, birth_date=day).outcome for number in numbers for day in dates}
    assert found == ACTIONS[name].outcomes - {"unverified", "unavailable"}


def test_the_reason_comes_with_its_facts(world: World) -> None:
    tobacco, till = world.proven("diagnose_points", TOBACCO), world.proven("diagnose_till", ACTIVE)
    assert spoken(tobacco, "balance") == "семьдесят шесть баллов"
    assert spoken(tobacco, "receipt_date").startswith("двадцать первое ноября")
    assert spoken(tobacco, "receipt_shop") == "на Садовой улице"
    assert spoken(tobacco, "since") == "давно"
    assert spoken(till, "since") == "третье марта две тысячи двадцать шестого года"
    assert spoken(world.proven("diagnose_till", ISSUED), "since").startswith("второе октября")
    assert (till.facts["balance"], till.facts["reason"]) == ("четыре тысячи|восемьсот|двадцать|баллов", "")
    assert spoken(world.proven("diagnose_till", NOT_IN_USE["blocked"]), "reason") == "заявлено, что она потеряна"
    assert spoken(world.proven("diagnose_points", EMPTY), "balance") == "ноль баллов"


def test_lost_points_come_with_their_facts(world: World) -> None:
    late, spent = world.proven("diagnose_lost_points", LATE), world.proven("diagnose_lost_points", EMPTY)
    assert spoken(late, "lost") == "двести двадцать пять баллов"
    assert spoken(late, "since").startswith("пятнадцатое ноября")
    assert spoken(spent, "last_spent").startswith("десятое ноября")
    assert spoken(spent, "spent") == "шестьсот сорок баллов"


def test_an_exclusion_outweighs_a_receipt_and_a_receipt_a_till(world: World, clock: SetClock) -> None:
    add_receipt(world, RULES_BROKEN, clock.now(), tobacco=True)
    add_receipt(world, REFUSED, clock.now(), tobacco=True, spend="refused")
    add_receipt(world, EMPTY, clock.now(), tobacco=True)
    assert world.proven("diagnose_points", RULES_BROKEN).outcome == "excluded"
    assert world.proven("diagnose_points", REFUSED).outcome == "tobacco"
    assert world.proven("diagnose_points", EMPTY).outcome == "no_points"


def test_only_the_last_receipt_counts_and_only_while_it_is_new(world: World, clock: SetClock) -> None:
    add_receipt(world, TOBACCO, clock.now())
    assert world.proven("diagnose_points", TOBACCO).outcome == "nothing"
    add_receipt(world, ACTIVE, clock.now(), tobacco=True)
    assert world.proven("diagnose_points", ACTIVE).outcome == "tobacco"
    clock.move(timedelta(days=31))
    assert world.proven("diagnose_points", ACTIVE).outcome == "nothing"


def test_a_receipt_in_which_points_were_taken_explains_nothing(world: World, clock: SetClock) -> None:
    add_receipt(world, ACTIVE, clock.now(), tobacco=True, spend="spent")
    assert world.proven("diagnose_points", ACTIVE).outcome == "nothing"


def test_what_was_long_ago_is_not_missed_today(world: World, clock: SetClock) -> None:
    clock.move(timedelta(days=91))
    assert world.proven("diagnose_lost_points", EMPTY).outcome == "nothing"
    assert world.proven("diagnose_lost_points", LATE).outcome == "were_inactive"
    clock.move(timedelta(days=120))
    assert world.proven("diagnose_lost_points", LATE).outcome == "nothing"


def add_receipt(world: World, card: str, at: datetime, tobacco: bool = False, spend: str = "none") -> None:
    row = {"id": f"{card}-{at}", "card_number": card, "at": at, "shop": "рядом", "total": 100, "points_due": 1}
    with world.database.transaction() as conn:
        take_receipts(conn, [row | {"tobacco": tobacco, "spend": spend}])


# -- balance -----------------------------------------------------------------------------------------------------------


def test_the_balance_comes_with_the_last_operations(world: World) -> None:
    told = world.proven("tell_balance", ACTIVE)
    assert told.outcome == "told"
    assert spoken(told, "operations") == (
        "шестое ноября начислено девяносто два балла пятнадцатое августа начислено пятьсот баллов "
        "двадцать второе июня списано двести баллов"
    )
    assert spoken(world.proven("tell_balance", ISSUED), "operations") == "операций не было"


def test_no_more_operations_are_told_than_the_file_allows(world: World, clock: SetClock) -> None:
    rows = [
        {"id": f"o{n}", "card_number": ISSUED, "at": clock.now(), "points": 1 + n, "cause": "gift"} for n in range(5)
    ]
    with world.database.transaction() as conn:
        take_operations(conn, rows)
    assert world.proven("tell_balance", ISSUED).facts["operations"].count("начислено") == 3


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (0, "ноль баллов"),
        (1, "один|балл"),
        (2, "два|балла"),
        (11, "одиннадцать|баллов"),
        (21, "двадцать один|балл"),
        (112, "сто|двенадцать|баллов"),
        (1000, "одна тысяча|баллов"),
        (2003, "две тысячи|три|балла"),
        (1_021_400, "один миллион|двадцать одна тысяча|четыреста|баллов"),
    ],
)
def test_points_are_said_in_words(world: World, points: int, words: str) -> None:
    with world.services() as services:
        assert services.points_in_words(points) == words


# -- proofs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TELLS_OF_CARDS)
@pytest.mark.parametrize("proven", [None, ISSUED])
def test_nothing_is_told_without_a_proof_for_this_very_card(world: World, name: str, proven: str | None) -> None:
    args, slots = {"field": "phone"}, {"new_phone": "9160000999"}
    for card in (ACTIVE, WRONG_DATA, UNKNOWN):
        finished = world.run(name, card, proven=proven, args=args, slots=slots)
        assert finished == Finished(name, "unverified", facts={"verified": ""})
    assert world.run(name, proven=ACTIVE, args=args, slots=slots).outcome == "unverified"


def test_a_proof_is_none_in_another_call(world: World) -> None:
    with world.services(call="CA1") as services:
        proof = services.proof_of(ACTIVE)
    with world.services(call="CA2") as services:
        context = Context("CA2", CALLER, {"card_number": ACTIVE}, facts={"verified": proof})
        assert ACTIONS["tell_balance"].run(context, services).outcome == "unverified"
        forged = Context("CA2", CALLER, {"card_number": ACTIVE}, facts={"verified": "yes"})
        assert ACTIONS["tell_balance"].run(forged, services).outcome == "unverified"
    assert ACTIVE not in proof


def code_for(world: World, card: str, caller: str = CALLER) -> str:
    """What the SMS says."""
    with world.services(caller=caller) as services:
        context = Context("CA1", world.desk.caller_phone(caller), {"card_number": card})
        assert ACTIONS["send_code"].run(context, services).outcome == "sent"
        (sms_id,) = services.outbox_ids
    with world.database.reading() as conn:
        sms = find_message(conn, sms_id)
    assert sms is not None
    return (sms.body or "").partition(": ")[2][:6]


def test_the_right_code_proves_the_caller_for_the_call(world: World) -> None:
    code = code_for(world, ACTIVE)
    finished = world.run("check_identity", ACTIVE, slots={"one_time_code": code})
    with world.services() as services:
        assert finished == Finished("check_identity", "verified", facts={"verified": services.proof_of(ACTIVE)})
    assert world.run("check_identity", ACTIVE, slots={"one_time_code": code}).outcome == "code_spent"


def test_a_wrong_code_proves_nothing(world: World) -> None:
    wrong = f"{(int(code_for(world, ACTIVE)) + 1) % 10**6:06}"
    assert world.run("check_identity", ACTIVE, slots={"one_time_code": wrong}) == (
        Finished("check_identity", "wrong_code")
    )
    assert world.run("check_identity", ISSUED, slots={"one_time_code": wrong}).outcome == "code_expired"
    assert world.run("check_identity", ACTIVE).outcome == "not_possible"
    assert world.run("check_identity", slots={"one_time_code": wrong}).outcome == "not_possible"


# -- activation --------------------------------------------------------------------------------------------------------


def test_a_proven_caller_activates_without_a_second_code(world: World, clock: SetClock) -> None:
    assert world.proven("activate_verified", ISSUED, person_name="маша").outcome == "activated"
    with world.database.reading() as conn:
        card = find_card(conn, ISSUED)
    assert card is not None
    assert (card.status, card.name, card.birth_date) == ("active", "маша", date(1985, 5, 23))
    again = world.proven("activate_verified", ISSUED)
    assert (again.outcome, spoken(again, "since")[:8]) == ("already_active", "двадцать")
    assert world.proven("activate_verified", TOBACCO).outcome == "long_active"


@pytest.mark.parametrize(
    ("card", "slots"),
    [
        (NOT_IN_USE["blocked"], {}),
        (ISSUED, {"birth_date": "1985-05-24"}),
        ("4276051200010017", {"birth_date": "1985-05-24"}),
        ("4276051200010017", {"person_name": "мария"}),
    ],
)
def test_a_card_is_not_activated_against_its_data_or_without_any(
    world: World, card: str, slots: dict[str, str]
) -> None:
    assert world.proven("activate_verified", card, **slots).outcome == "not_possible"
    with world.database.reading() as conn:
        found = find_card(conn, card)
    assert found is not None
    assert found.status != "active"


# -- the base is away --------------------------------------------------------------------------------------------------


def test_every_action_that_asks_a_silent_base_says_so(world: World) -> None:
    silent = World(world.database, replace(world.desk, loyalty=HttpLoyalty("http://127.0.0.1:9", "t")))
    slots = {"birth_date": "1985-05-23", "person_name": "мария", "one_time_code": "012345", "new_phone": "9160000999"}
    args = {"field": "phone", "way": "app", "result": "failed", "sms": "text"}
    facts = {"text_fault": "no_date"}
    unavailable = {
        name
        for name in ACTIONS
        if silent.run(name, ISSUED, proven=ISSUED, slots=slots, args=args, facts=facts).outcome == "unavailable"
    }
    assert set(TELLS_OF_CARDS) | {"send_code"} == unavailable


def test_a_card_that_has_left_the_base_is_not_told_of(world: World) -> None:
    assert world.proven("tell_balance", UNKNOWN) == Finished("tell_balance", "unavailable")


# -- ways --------------------------------------------------------------------------------------------------------------


def note(world: World, way: str, result: str, **more: str) -> None:
    world.run("note_way", args={"way": way, "result": result}, **more)  # type: ignore[arg-type]


def is_new(world: World, way: str, **more: str) -> bool:
    return world.run("way_is_new", args={"way": way}, **more).outcome == "new"  # type: ignore[arg-type]


def test_a_way_that_did_not_help_is_not_offered_again(world: World, clock: SetClock) -> None:
    assert is_new(world, "other_browser")
    note(world, "other_browser", "failed")
    assert not is_new(world, "other_browser")
    assert not is_new(world, "other_browser", call="CA2")
    assert is_new(world, "clear_cache")
    assert is_new(world, "other_browser", caller=OTHER_CALLER)
    clock.move(timedelta(days=31))
    assert is_new(world, "other_browser")


def test_a_way_that_has_helped_is_offered_again(world: World, clock: SetClock) -> None:
    note(world, "reinstall", "failed")
    clock.move(timedelta(minutes=1))
    note(world, "reinstall", "helped")
    assert is_new(world, "reinstall")


def test_a_proven_card_brings_its_memory_along(world: World) -> None:
    note(world, "site", "failed", card=ACTIVE, proven=ACTIVE)
    assert not is_new(world, "site", card=ACTIVE, proven=ACTIVE, caller=OTHER_CALLER, call="CA2")
    assert is_new(world, "site", card=ACTIVE, caller=OTHER_CALLER, call="CA2")
    assert is_new(world, "site", card=ISSUED, proven=ISSUED, caller=OTHER_CALLER, call="CA2")


def test_a_stranger_spoils_no_way_of_a_card(world: World) -> None:
    note(world, "site", "failed", card=ACTIVE, caller=OTHER_CALLER)
    assert is_new(world, "site", card=ACTIVE, proven=ACTIVE)


@pytest.mark.parametrize("withheld", ["anonymous", "+266696687", ""])
def test_without_a_number_ways_are_remembered_for_the_call(world: World, withheld: str) -> None:
    note(world, "site", "failed", caller=withheld)
    assert not is_new(world, "site", caller=withheld)
    assert is_new(world, "site", caller=withheld, call="CA2")


def test_ways_are_kept_without_phone_and_card(world: World) -> None:
    note(world, "site", "failed", card=ACTIVE, proven=ACTIVE)
    with world.database.reading() as conn:
        told = str(conn.execute(text("SELECT * FROM ways")).all())
    assert told.count("site") == 2
    assert not any(value in told for value in (ACTIVE, CALLER))


def test_untried_ways_are_offered_one_after_another(world: World) -> None:
    offered = []
    for _ in range(5):
        offered.append(world.run("offer_untried_way").outcome)
        note(world, offered[-1], "failed")
    assert offered == ["app", "site", "sms", "phone", "none"]


# -- steps by SMS ------------------------------------------------------------------------------------------------------


def messages(conn: Connection) -> list[tuple[str, str]]:
    return [
        (row[0], row[1]) for row in conn.execute(text("SELECT to_number, body FROM outbox ORDER BY created_at, id"))
    ]


def text_caller(world: World, sms: str, call: str = "CA1", caller: str = CALLER) -> str:
    return world.run("text_caller", args={"sms": sms}, call=call, caller=caller).outcome


def test_steps_are_texted_to_the_phone_that_calls(world: World, hotline: Hotline) -> None:
    assert text_caller(world, "Сайт: {site}, {unknown}") == "sent"
    with world.database.reading() as conn:
        assert messages(conn) == [(CALLER, f"Сайт: {hotline.site}, {{unknown}}")]


def test_the_same_steps_are_texted_once_in_a_call(world: World) -> None:
    assert [text_caller(world, "Шаг") for _ in range(12)] == ["sent"] * 12
    with world.services() as services:
        services.text_steps(CALLER, "Шаг")
        assert services.outbox_ids == []
    with world.database.reading() as conn:
        assert len(messages(conn)) == 1


def test_nobody_can_have_a_phone_flooded(world: World, clock: SetClock) -> None:
    sent = [text_caller(world, f"Шаг {n}", call=f"CA{n}") for n in range(12)]
    assert sent == ["sent"] * 10 + ["limited"] * 2
    assert text_caller(world, "Шаг", caller=OTHER_CALLER) == "sent"
    clock.move(timedelta(days=1, seconds=1))
    assert text_caller(world, "Шаг", call="CA99") == "sent"


@pytest.mark.parametrize("caller", ["anonymous", "+74951234567", "+12025550123"])
def test_who_cannot_receive_an_sms_gets_none(world: World, caller: str) -> None:
    assert text_caller(world, "Шаг", caller=caller) == "no_phone"


def test_a_code_counts_as_no_steps(world: World) -> None:
    for n in range(10):
        text_caller(world, f"Шаг {n}")
    assert code_for(world, ISSUED)


def test_a_replacement_is_registered(world: World) -> None:
    finished = world.run("register_replacement", ACTIVE)
    assert finished.outcome == "registered"
    assert finished.facts["appeal_number"].count("|") == 3


def test_moments_are_told_in_the_hotline_s_zone(world: World) -> None:
    with world.services() as services:
        assert services.since_in_words(datetime(2026, 11, 24, 22, 30, tzinfo=UTC)).startswith("двадцать пятое|ноября")
