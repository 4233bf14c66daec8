"""The seven blocks, told of real calls."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from ivr.actions.proven import UNPROVEN
from ivr.actions.services import Context
from ivr.actions.situation import TABLES
from ivr.appeals import AppealDesk
from ivr.case.screen import CaseField
from ivr.clock import SetClock
from ivr.dialog.state import state_from_json, state_to_json
from ivr.errors import LoyaltyUnavailable
from ivr.loyalty.protocol import LoyaltyBase
from ivr.store.calls import load_call, save_state
from ivr.store.db import Database
from ivr.store.line import add_event
from tests.case.case_world import (
    BIRTH,
    BORN,
    CALLER,
    CARD,
    CODE,
    ISSUED,
    NOT_SPENT,
    World,
    content,
    make_world,
)

HIDDEN = "anonymous"
UNKNOWN = "4276051200999999"
WRONG = "000000"


def titled(fields: tuple[CaseField, ...]) -> dict[str, str]:
    return {field.name: field.value for field in fields}


def test_it_tells_who_calls_without_the_number(world: World) -> None:
    world.call("CA0")
    world.clock.move(timedelta(days=2))
    world.call("CA1")
    who = world.screen().who
    assert (who.phone, who.verified, who.calls_day, who.calls_month) == ("+7 *** ***-01-08", False, 1, 2)


def test_it_counts_no_calls_of_a_withheld_number(world: World) -> None:
    for sid in ("CA0", "CA1"):
        world.call(sid, HIDDEN)
    who = world.screen().who
    assert (who.phone, who.calls_day, who.calls_month) == ("", 0, 0)


def test_it_is_verified_by_the_code_alone(world: World) -> None:
    caller = world.call().key(*NOT_SPENT, CARD, BORN)
    assert not world.screen().who.verified
    caller.key(CODE)
    assert world.screen().who.verified
    assert world.field("card_number").proven


def test_it_tells_what_the_caller_wants_and_the_way_so_far(world: World) -> None:
    caller = world.call().key(*NOT_SPENT)
    world.clock.move(timedelta(seconds=20))
    caller.key(CARD)
    world.clock.move(timedelta(seconds=10))
    caller.key(BORN, CODE)
    why = world.screen().why
    assert (why.category, why.title, why.failures, why.misses) == ("points_not_spent", "Не списываются баллы", (), 0)
    texts = [moment.text for moment in why.path]
    assert texts[0] == "Звонок начался"
    assert "Причина: Не списываются баллы" in texts
    assert texts.index("Вопрос: Номер карты") < texts.index("Вопрос: Дата рождения") < texts.index("Код введён верно")
    times = [moment.at for moment in why.path]
    assert times == sorted(times)
    asked = next(moment for moment in why.path if moment.text == "Вопрос: Номер карты")
    assert asked.at - times[0] == timedelta(seconds=20)


def test_it_tells_what_went_wrong(world: World) -> None:
    caller = world.call().key(*NOT_SPENT).silent().say("[unk]").silent()
    caller.key(CARD, BORN, WRONG, WRONG)
    why = world.screen().why
    assert "Номер карты: молчание ×2" in why.failures
    assert "Номер карты: не разобрано ×1" in why.failures
    assert "Неверный код ×2" in why.failures
    assert "Код из СМС не введён" in why.failures
    assert why.misses == 3
    assert why.last_question == "Код из СМС"


def test_it_tells_of_ways_that_did_not_help(world: World) -> None:
    with world.conn() as conn:
        services = world.setting.desk(conn, "CA0", CALLER)
        services.note_way("clear_browser", "failed", None)
        services.note_way("app", "failed", None)
        services.note_way("app", "helped", None)
    world.call()
    failures = world.screen().why.failures
    assert "Не помогло: очистить данные браузера" in failures
    assert not any("приложение" in text for text in failures)


def test_a_call_without_a_category_is_told_as_such(world: World) -> None:
    world.call().silent()
    screen = world.screen()
    assert (screen.why.category, screen.why.title) == (None, "Причина не названа")
    assert screen.suggestion.steps == ("Спросите, что случилось.",)


# -- wait --------------------------------------------------------------------------------------------------------------


def test_it_tells_how_long_the_caller_waits(world: World) -> None:
    world.call()
    place = world.queued()
    world.clock.move(timedelta(seconds=95))
    wait = world.screen().wait
    assert (wait.place, wait.seconds, wait.call_back, wait.tries) == (place.number, 95, None, 0)
    assert [moment.text for moment in wait.positions] == ["В очереди"]


def test_it_tells_what_the_caller_was_told_in_line(world: World) -> None:
    world.call()
    place = world.queued()
    with world.conn() as conn:
        for position in (4, 2):
            add_event(conn, world.clock.now(), "announced", place.number, position=position)
        add_event(conn, world.clock.now(), "result", place.number)
    assert [moment.text for moment in world.screen().wait.positions] == ["В очереди", "Позиция 4", "Позиция 2"]


def test_it_tells_nothing_of_a_line_that_was_not_joined(world: World) -> None:
    world.call()
    wait = world.screen().wait
    assert (wait.place, wait.since, wait.seconds, wait.positions) == (None, None, 0, ())


def test_it_tells_of_a_promised_call_back(world: World) -> None:
    world.call()
    place = world.queued()
    world.act("book_call_back", when="soon")
    wait = world.screen().wait
    assert (wait.place, wait.call_back) == (place.number, world.clock.now())
    assert wait.positions[-1].text == "Попросил перезвонить"


# -- answers -----------------------------------------------------------------------------------------------------------


def test_it_shows_answers_as_people_read_them(world: World) -> None:
    world.proven()
    fields = world.screen().fields
    assert titled(fields) == {"card_number": "4276 0512 0007 0086", "birth_date": "12.12.1955", "person_name": ""}
    assert {field.name: (field.source, field.fits) for field in fields} == {
        "card_number": ("keyed", True),
        "birth_date": ("keyed", True),
        "person_name": ("missing", None),
    }


def test_it_tells_answers_that_were_said_from_keyed_ones(world: World) -> None:
    words = "сорок два семьдесят шесть ноль пять двенадцать ноль ноль ноль семь ноль ноль восемьдесят шесть"
    world.call().key(*NOT_SPENT).say(words).say("да").key(BORN)
    assert (world.field("card_number").source, world.field("birth_date").source) == ("heard", "keyed")


def test_it_tells_a_date_that_does_not_fit(world: World) -> None:
    world.call().key(*NOT_SPENT, CARD, BIRTH)
    assert world.field("birth_date").fits is False


def test_a_code_is_never_on_the_screen(world: World) -> None:
    world.proven()
    assert CODE not in repr(world.screen())


# -- the card ----------------------------------------------------------------------------------------------------------


def test_it_shows_the_card(world: World) -> None:
    world.proven()
    card = world.screen().card
    assert card is not None
    assert (card.number, card.status, card.status_title) == ("**** **** **** 0086", "active", "Активна")
    assert (card.balance, card.phone) == ("76 баллов", "+7 *** ***-01-08")
    assert card.operations[0].text == "+22 балла за покупку"
    assert card.receipts[0].text == "на Садовой улице, 619,00 ₽, есть табак"


def test_it_says_that_there_is_no_such_card(world: World) -> None:
    world.call().key(*NOT_SPENT, UNKNOWN, BORN)
    screen = world.screen()
    assert screen.card is not None
    assert (screen.card.known, screen.card.status_title) == (False, "Такой карты нет в базе")
    assert screen.suggestion.steps[0].startswith("Такой карты нет")
    assert world.field("card_number").fits is False


def test_without_a_number_there_is_no_card(world: World) -> None:
    world.call().key(*NOT_SPENT)
    screen = world.screen()
    assert (screen.card, screen.finding, screen.base_away) == (None, None, False)
    assert screen.suggestion.steps[0].startswith("Спросите номер карты")


class Away:
    """A base that does not answer."""

    kind = "http"

    def base(self, conn: Connection) -> LoyaltyBase:
        return self  # type: ignore[return-value]

    def close(self) -> None: ...

    def __getattr__(self, name: str) -> Callable[..., object]:
        def fail(*_: object) -> object:
            raise LoyaltyUnavailable("the base is away")

        return fail


def test_it_says_that_the_base_is_away(database: Database, clock: SetClock) -> None:
    world = make_world(database, clock, Away())  # type: ignore[arg-type]
    world.call().key(*NOT_SPENT)
    assert world.act("correct_field", field="card_number", value=CARD).good
    screen = world.screen()
    assert (screen.base_away, screen.card, screen.finding) == (True, None, None)
    assert screen.suggestion.steps[0].startswith("База карт не отвечает")
    assert [one.kind for one in screen.suggestion.actions[:2]] == ["register_appeal", "book_call_back"]
    assert world.act("send_code").outcome == "unavailable"


# -- finding and suggestion --------------------------------------------------------------------------------------------


def test_it_finds_what_the_caller_was_told(world: World) -> None:
    caller = world.proven()
    assert "был табак" in caller.heard
    finding = world.screen().finding
    assert finding is not None
    assert (finding.table, finding.outcome) == ("diagnose_points", "tobacco")
    assert finding.text == "В последнем чеке табак: 21.11.2026, на Садовой улице. За него баллами не платят."


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("card", [CARD, ISSUED, "4276051200080093", "4276051200090109", "4276051200050062"])
def test_it_finds_for_every_card_what_calls_find(world: World, table: str, card: str) -> None:
    """The same tables, the same order of reasons: an operator never contradicts the machine."""
    category = next(name for name, advice in content().case.categories.items() if advice.table == table)
    world.call()
    with world.conn() as conn:
        services = world.setting.desk(conn, "CA1", CALLER)
        facts = {"verified": services.proof_of(card), "category": category}
        told = world.setting.actions[table].run(Context("CA1", CALLER, {"card_number": card}, facts=facts), services)
    _set_category(world, category)
    world.act("correct_field", field="card_number", value=card)
    finding = world.screen().finding
    assert finding is not None
    assert (finding.table, finding.outcome) == (table, told.outcome)
    assert finding.text.startswith(content().case.findings[table][told.outcome].found.partition("{")[0])


def _set_category(world: World, category: str) -> None:
    with world.conn() as conn:
        row = load_call(conn, "CA1")
        assert row is not None
        state = state_from_json(row.state)
        state = replace(state, facts={**state.facts, "category": category})
        assert save_state(conn, "CA1", row.step, state_to_json(state), world.clock.now())


def test_a_stranger_has_to_be_proven_first(world: World) -> None:
    world.call().key(*NOT_SPENT, CARD, BORN)
    suggestion = world.screen().suggestion
    assert suggestion.steps[0].startswith("Личность не подтверждена")
    assert (suggestion.actions[0].kind, suggestion.actions[0].suggested) == ("send_code", True)
    refused = {one.kind: one.refusal for one in suggestion.actions if one.refusal}
    assert refused["change_field"].startswith("Личность не подтверждена")


def test_it_suggests_to_activate_a_card_that_waits_for_it(world: World) -> None:
    world.proven(card=ISSUED, born=BIRTH)
    screen = world.screen()
    assert screen.finding is not None
    assert screen.finding.outcome == "inactive"
    first = screen.suggestion.actions[0]
    assert (first.kind, first.suggested, first.refusal) == ("activate", True, "")


def test_every_action_is_on_the_screen_once(world: World) -> None:
    world.call()
    kinds = [one.kind for one in world.screen().suggestion.actions]
    assert sorted(kinds) == sorted(
        ["send_code", "activate", "register_appeal", "change_field", "replacement", "book_call_back"]
    )


# -- appeals and the dialogue ------------------------------------------------------------------------------------------


def test_it_shows_appeals_that_are_not_closed(world: World) -> None:
    world.call("CA0")
    first = world.act("register_appeal", "CA0", category="site_down", text="не открывается")
    second = world.act("register_appeal", "CA0", category="other", text="всё плохо")
    world.call("CA1")
    shown = world.screen().appeals
    assert [appeal.title for appeal in shown] == ["Причина не названа", "Сайт не открывается"]
    assert (first.good, second.good, shown[0].this_call) == (True, True, False)
    desk = AppealDesk(content().hotline, world.setting.zone, world.clock)
    with world.conn() as conn:
        desk.answer(conn, shown[1].number, "Сайт работает.")
        desk.close(conn, shown[0].number)
    answered = world.screen().appeals
    assert [(one.status_title, one.timeline[-1].text) for one in answered] == [("Ответ дан", "Ответ: Сайт работает.")]


def test_it_shows_the_dialogue_and_what_came_after_a_line(world: World) -> None:
    caller = world.call()
    first = world.screen().transcript
    assert first[0].who == "hotline"
    assert first[0].text.startswith("Здравствуйте")
    caller.key("2")
    later = world.case.transcript("CA1", first[-1].id)
    assert [(line.who, line.text) for line in later[:1]] == [("caller", "<2>")]
    assert {line.id for line in later}.isdisjoint(line.id for line in first)


def test_there_is_no_screen_of_a_call_that_never_was(world: World) -> None:
    assert world.case.screen("CA9") is None
    assert world.case.transcript("CA9") == ()


def test_each_table_has_words_for_all_that_it_finds() -> None:
    for table, findings in content().case.findings.items():
        outcomes = {rule.outcome for rule in content().diagnosis.rules.tables[table]}
        assert outcomes - UNPROVEN <= findings.keys()
