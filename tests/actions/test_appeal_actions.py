"""Appeals, outages, sent codes and questionnaires, on the real services."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from ivr.actions import load_actions
from ivr.actions.services import Context
from ivr.appeals import AppealDesk, in_pairs
from ivr.clock import SetClock
from ivr.codes import CodeRequest
from ivr.dialog.events import Finished
from ivr.hotline import Hotline
from ivr.incidents import IncidentDesk, Outage
from ivr.outbox import note_status
from ivr.services import CallServices, Desk
from ivr.store.appeals import Appeal, list_appeals
from ivr.store.cards import find_card, sample_cards
from ivr.store.db import Database
from ivr.store.outbox import claim_message
from ivr.store.questionnaires import list_changes
from ivr.store.tables import outbox
from tests.assembly import services_desk

ACTIONS = load_actions()
CALLER, OTHER, LANDLINE, HIDDEN = "+79160000102", "+79160000555", "+74951234567", "anonymous"
CARD = "4276051200050062"


class Hall:
    """Calls; every action runs in a transaction of its own."""

    def __init__(self, database: Database, desk: Desk, clock: SetClock) -> None:
        self.database, self.desk, self.clock = database, desk, clock
        self.appeal_desk = AppealDesk(desk.hotline, desk.zone, clock)
        self.incident_desk = IncidentDesk(desk.hotline, clock)

    def run(self, name: str, caller: str = CALLER, call: str = "CA1", **given: dict[str, str]) -> Finished:
        context = Context(call, self.desk.caller_phone(caller), **{"slots": {}, **given})  # type: ignore[arg-type]
        with self.database.transaction() as conn:
            return ACTIONS[name].run(context, self.desk(conn, call, caller))

    def register(self, caller: str = CALLER, call: str = "CA1", category: str = "site") -> Appeal:
        self.run("register_appeal", caller, call, facts={"category": category})
        return self.appeals()[-1]

    def appeals(self) -> list[Appeal]:
        with self.database.reading() as conn:
            return list_appeals(conn)

    def answer(self, appeal: Appeal, text: str = "Баллы начислены.") -> None:
        with self.database.transaction() as conn:
            self.appeal_desk.answer(conn, appeal.number, text)

    def open_incident(self, category: str, say: str = "Сайт сейчас не работает.") -> int:
        with self.database.transaction() as conn:
            return self.incident_desk.open(conn, Outage(category, "", say)).number

    def texts(self) -> list[tuple[str, str]]:
        with self.database.reading() as conn:
            found = conn.execute(select(outbox.c.to_number, outbox.c.body).order_by(outbox.c.created_at))
            return [(to, body) for to, body in found]


@pytest.fixture
def hall(database: Database, hotline: Hotline, clock: SetClock) -> Hall:
    with database.transaction() as conn:
        sample_cards(conn)
    return Hall(database, services_desk(hotline, clock), clock)


def said(finished: Finished, name: str) -> str:
    return finished.facts[name].replace("|", " ").replace(",", "")


def named(number: str) -> dict[str, str]:
    """What the caller has answered."""
    return {"appeal_number": number}


# -- known outages -----------------------------------------------------------------------------------------------------


def test_a_known_outage_is_told_to_whom_it_concerns(hall: Hall) -> None:
    assert hall.run("known_incident", facts={"category": "site"}) == Finished("known_incident", "no")
    hall.open_incident("site")
    told = Finished("known_incident", "yes", facts={"incident_say": "Сайт сейчас не работает."})
    assert hall.run("known_incident", facts={"category": "site"}) == told
    assert hall.run("known_incident", facts={"category": "points"}, args={"category": "site"}) == told
    assert hall.run("known_incident", facts={"category": "nobody_helps"}) == told
    assert hall.run("known_incident", facts={"category": "points"}).outcome == "no"
    assert hall.run("known_incident").outcome == "no"


def test_a_call_begins_with_the_outages(hall: Hall) -> None:
    hall.open_incident("site")
    with hall.database.reading() as conn:
        facts = hall.desk.starting_facts(conn, CALLER)
    assert facts["greeting_incident"] == "Сайт сейчас не работает."


# -- registering -------------------------------------------------------------------------------------------------------


def test_an_appeal_holds_what_is_known_of_the_call(hall: Hall) -> None:
    slots = {"card_number": CARD, "till_day": "today", "till_time": "evening", "birth_date": "1985-05-23"}
    finished = hall.run("register_appeal", facts={"category": "till"}, args={"kind": "till"}, slots=slots)
    (appeal,) = hall.appeals()
    assert (appeal.category, appeal.kind, appeal.card_number, appeal.phone) == ("till", "till", CARD, CALLER)
    assert appeal.text == "till_day: today; till_time: evening"
    assert finished.outcome == "registered"
    assert said(finished, "appeal_number") == "сорок четыре тридцать семь шестьдесят девять сорок один"
    assert said(finished, "due") == "двадцать седьмое ноября"
    assert [to for to, _ in hall.texts()] == [CALLER]
    assert in_pairs(appeal.number) in hall.texts()[0][1]


def test_a_call_that_named_nothing_may_appeal_too(hall: Hall) -> None:
    assert hall.run("register_appeal", HIDDEN).outcome == "registered"
    assert [(one.category, one.text) for one in hall.appeals()] == [("other", "")]
    assert hall.texts() == []


@pytest.mark.parametrize(("kind", "outcome"), [(None, "joined"), ("operator", "joined"), ("points_lost", "registered")])
def test_an_appeal_joins_the_outage_that_explains_it(hall: Hall, kind: str | None, outcome: str) -> None:
    number = hall.open_incident("site")
    finished = hall.run("register_appeal", facts={"category": "site"}, args={"kind": kind} if kind else {})
    assert finished.outcome == outcome
    assert hall.appeals()[0].incident == (number if outcome == "joined" else None)
    assert hall.register(category="points", call="CA2").incident is None


# -- status ------------------------------------------------------------------------------------------------------------


def test_the_status_is_told_by_the_phone(hall: Hall) -> None:
    assert hall.run("find_appeal") == Finished("find_appeal", "none")
    appeal = hall.register()
    found = hall.run("find_appeal", call="CA2")
    assert (found.outcome, said(found, "due")) == ("open", "двадцать седьмое ноября")
    hall.answer(appeal)
    found = hall.run("find_appeal")
    assert (found.outcome, found.facts["appeal_answer"]) == ("answered", "Баллы начислены.")
    with hall.database.transaction() as conn:
        hall.appeal_desk.close(conn, appeal.number)
    assert hall.run("find_appeal").outcome == "closed"


def test_it_is_overdue_after_the_end_of_its_last_day(hall: Hall) -> None:
    hall.register()
    hall.clock.move(datetime.fromisoformat("2026-11-27T23:00:00+03:00") - hall.clock.now())
    assert hall.run("find_appeal").outcome == "open"
    hall.clock.move(timedelta(seconds=1))
    assert hall.run("find_appeal").outcome == "overdue"


def test_of_several_open_ones_the_number_tells_which(hall: Hall) -> None:
    first, second = hall.register(), hall.register(call="CA2")
    assert hall.run("find_appeal") == Finished("find_appeal", "several")
    hall.answer(first)
    assert hall.run("find_appeal").outcome == "open"
    assert hall.run("find_appeal", slots=named(first.number)).outcome == "answered"
    assert hall.run("find_appeal", slots=named(second.number)).outcome == "open"


def test_of_ended_ones_the_last_is_told(hall: Hall) -> None:
    first, second = hall.register(), hall.register(call="CA2")
    for appeal, text in ((second, "Раз."), (first, "Два.")):
        hall.clock.move(timedelta(hours=1))
        hall.answer(appeal, text)
    assert hall.run("find_appeal").facts["appeal_answer"] == "Два."


def test_repetitions_count_as_one(hall: Hall) -> None:
    first, again = hall.register(), hall.register(call="CA2")
    with hall.database.transaction() as conn:
        hall.appeal_desk.merge(conn, again.number, first.number)
    assert hall.run("find_appeal").outcome == "open"
    assert hall.run("find_appeal", slots=named(again.number)).outcome == "open"


@pytest.mark.parametrize("caller", [OTHER, HIDDEN, LANDLINE, "+266696687"])
def test_nobody_hears_of_another_person_s_appeal(hall: Hall, caller: str) -> None:
    appeal = hall.register()
    hall.answer(appeal)
    nothing = Finished("find_appeal", "none")
    assert hall.run("find_appeal", caller, slots=named(appeal.number)) == nothing
    assert hall.run("find_appeal", caller, slots=named("10000000")) == nothing
    assert hall.run("find_appeal", caller) == nothing
    assert hall.run("reopen_appeal", caller, slots=named(appeal.number)).outcome == "not_possible"
    assert hall.appeals()[0].status == "answered"


def test_withheld_numbers_do_not_hear_of_one_another(hall: Hall) -> None:
    appeal = hall.register(HIDDEN)
    assert hall.run("find_appeal", HIDDEN).outcome == "none"
    assert hall.run("find_appeal", HIDDEN, slots=named(appeal.number)).outcome == "none"


# -- taking up again ---------------------------------------------------------------------------------------------------


def test_an_answer_that_was_not_enough_is_taken_up_again(hall: Hall) -> None:
    appeal = hall.register()
    assert hall.run("reopen_appeal").outcome == "open_already"
    hall.answer(appeal)
    hall.clock.move(timedelta(days=7))
    reopened = hall.run("reopen_appeal", call="CA2")
    assert (reopened.outcome, said(reopened, "due")) == ("reopened", "четвёртое декабря")
    assert [(one.status, one.reopened) for one in hall.appeals()] == [("open", 1)]


def test_it_is_too_late_to_take_up_what_was_answered_long_ago(hall: Hall) -> None:
    hall.answer(hall.register())
    hall.clock.move(timedelta(days=31))
    assert hall.run("reopen_appeal", call="CA2") == Finished("reopen_appeal", "not_possible")
    assert hall.run("reopen_appeal", OTHER).outcome == "not_possible"


# -- sent codes --------------------------------------------------------------------------------------------------------


def offer(hall: Hall, phone: str | None = CALLER, call: str = "CA1") -> str | None:
    with hall.database.transaction() as conn:
        return hall.desk.codes.offer(conn, CodeRequest("call", call, CARD, phone, phone)).outbox_id


def fold(hall: Hall, sms_id: str | None, status: str) -> None:
    assert sms_id
    with hall.database.transaction() as conn:
        assert claim_message(conn, sms_id, hall.clock.now())
        assert note_status(conn, sms_id, sid="SM1", status=status, error="30005", now=hall.clock.now())


def test_no_code_was_sent_to_this_phone(hall: Hall) -> None:
    offer(hall, OTHER)
    offer(hall, None)
    for caller in (CALLER, HIDDEN, LANDLINE):
        assert hall.run("last_code", caller) == Finished("last_code", "none")
        assert hall.run("resend_code", caller) == Finished("resend_code", "nothing")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(None, "pending"), ("sent", "pending"), ("delivered", "delivered"), ("undelivered", "failed")],
)
def test_it_tells_what_became_of_the_last_code(hall: Hall, status: str | None, outcome: str) -> None:
    sms_id = offer(hall)
    if status:
        fold(hall, sms_id, status)
    finished = hall.run("last_code", call="CA2")
    assert (finished.outcome, said(finished, "sent_at")) == (outcome, "пятнадцать ноль ноль")


def test_codes_of_yesterday_are_told_with_their_day_and_older_ones_not_at_all(hall: Hall) -> None:
    offer(hall)
    hall.clock.move(timedelta(hours=23, minutes=5))
    assert said(hall.run("last_code"), "sent_at") == "двадцать четвёртое ноября пятнадцать ноль ноль"
    hall.clock.move(timedelta(hours=1))
    assert hall.run("last_code").outcome == "none"


def test_a_new_code_voids_the_last_one_and_is_for_this_call(hall: Hall) -> None:
    offer(hall)
    old = hall.texts()[-1][1].partition(": ")[2][:6]
    hall.clock.move(timedelta(minutes=1))
    assert hall.run("resend_code", call="CA2") == Finished("resend_code", "sent")
    to, body = hall.texts()[-1]
    assert to == CALLER
    with hall.database.transaction() as conn:
        assert hall.desk.codes.check(conn, "call", "CA1", CARD, old) == "none"
        assert hall.desk.codes.check(conn, "call", "CA2", CARD, body.partition(": ")[2][:6]) == "right"
    assert hall.run("resend_code", call="CA2").outcome == "nothing"


def test_no_more_codes_than_the_limits_allow(hall: Hall) -> None:
    offer(hall)
    outcomes = []
    for call in ("CA1", "CA2", "CA3"):
        hall.clock.move(timedelta(minutes=1))
        outcomes.append(hall.run("resend_code", call=call).outcome)
    assert outcomes == ["sent", "sent", "limited"]
    assert hall.run("last_code").outcome == "limited"
    assert len(hall.texts()) == 3


# -- the questionnaire -------------------------------------------------------------------------------------------------


def change(hall: Hall, field: str, value: str | None, card: str = CARD, call: str = "CA1") -> Finished:
    with hall.database.reading() as conn:
        proof = CallServices(hall.desk, conn, call, CALLER).proof_of(card)
    slots = {"card_number": card} | ({f"new_{field}": value} if value else {})
    return hall.run("change_questionnaire", call=call, slots=slots, facts={"verified": proof}, args={"field": field})


def on_file(hall: Hall) -> tuple[str | None, str | None]:
    with hall.database.reading() as conn:
        card = find_card(conn, CARD)
    assert card is not None
    return card.phone, card.name


def test_a_phone_is_changed_at_once_and_the_old_one_is_warned(hall: Hall) -> None:
    old, _ = on_file(hall)
    assert change(hall, "phone", "9160000999").outcome == "changed"
    assert on_file(hall)[0] == "+79160000999"
    assert [(to, body[:7]) for to, body in hall.texts()] == [(old, "Телефон")]
    assert change(hall, "phone", "9160000999").outcome == "same"


def test_who_changed_what_is_kept_without_the_values(hall: Hall) -> None:
    old, _ = on_file(hall)
    change(hall, "phone", "9160000999", call="CA7")
    codes = hall.desk.codes
    with hall.database.reading() as conn:
        (kept,) = list_changes(conn, codes.key_of("card", CARD))
    assert (kept.field, kept.changed_by, kept.call_sid, kept.at) == ("phone", "caller", "CA7", hall.clock.now())
    assert (kept.old_key, kept.new_key) == (
        codes.key_of("questionnaire.phone", str(old)),
        codes.key_of("questionnaire.phone", "+79160000999"),
    )
    assert not any(secret in repr(kept) for secret in (CARD, "9160000999", str(old)))


@pytest.mark.parametrize("digits", ["4951234567", "0000000000", "12"])
def test_only_a_mobile_phone_is_taken(hall: Hall, digits: str) -> None:
    before = on_file(hall)
    assert change(hall, "phone", digits).outcome == "not_possible"
    assert on_file(hall) == before


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [("name", "пётр", "пётр"), ("birth_date", "1990-01-02", "1990-01-02"), ("email", None, "")],
)
def test_an_operator_approves_names_and_dates_and_asks_for_an_email(
    hall: Hall, field: str, value: str | None, text: str
) -> None:
    before = on_file(hall)
    finished = change(hall, field, value)
    assert (finished.outcome, said(finished, "due")) == ("needs_approval", "двадцать седьмое ноября")
    (appeal,) = hall.appeals()
    assert (appeal.kind, appeal.text, appeal.card_number) == (f"change_{field}", text, CARD)
    assert on_file(hall) == before
    assert in_pairs(appeal.number) in hall.texts()[-1][1]


def test_nothing_is_changed_to_what_it_is(hall: Hall) -> None:
    _, name = on_file(hall)
    assert change(hall, "name", str(name).upper()).outcome == "same"
    assert change(hall, "name", None).outcome == "not_possible"
    assert hall.appeals() == []


def test_a_wish_to_change_data_is_not_settled_by_the_end_of_an_outage(hall: Hall) -> None:
    number = hall.open_incident("all")
    change(hall, "name", "пётр")
    assert hall.appeals()[0].incident is None
    with hall.database.transaction() as conn:
        hall.incident_desk.close(conn, number)
    assert hall.appeals()[0].status == "open"
