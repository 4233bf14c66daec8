"""Into the cabinet: by phone and code, by a code that a message asked for; for how long; and out again."""

import re
from datetime import timedelta

import pytest

from ivr.application import Application
from ivr.cabinet.limits import PER_ADDRESS
from ivr.cabinet.visit import IDLE, LONGEST
from ivr.clock import SetClock
from ivr.inbox import Text
from tests.cabinet.cabinet_world import (
    ACTIVE_PHONE,
    ISSUED,
    ISSUED_PHONE,
    MARIA,
    UNKNOWN_CARD,
    UNKNOWN_PHONE,
    Visitor,
    rows,
)
from tests.codes.code_caller import statements

WRONG = "Код не подошёл или больше не действует"
YES = {"do": "take", "personal_data": "yes"}
BEHIND = (
    "/cabinet/offered",
    "/cabinet",
    "/cabinet/erase",
    "/cabinet/erase/code",
    "/cabinet/cards/0123456789abcdef/phone",
)
_PERSONAL = re.compile(r'name="csrf_token" value="[^"]+"|8.916.000-0[0-9]-[0-9]+')


def test_it_lets_in_who_holds_the_phone_of_a_card(visitor: Visitor) -> None:
    page = visitor.follow(visitor.enter(ACTIVE_PHONE)).replace("\xa0", " ")
    for shown in ("•••• 0062", "4 820 баллов", "+92 балла", "Подарок", "Активна с 03.03.2026", "Ольга", "14.08.1990"):
        assert shown in page
    assert "4276051200050062" not in page


def test_the_code_is_bound_to_the_site_and_of_one_part(visitor: Visitor) -> None:
    visitor.enter(ACTIVE_PHONE)
    [body] = visitor.texts(ACTIVE_PHONE)
    assert re.search(r"\n@moy\.magnit\.ru #[0-9]{6}\Z", body)
    assert len(body) <= 70


@pytest.mark.parametrize("code", ["", "000000", "0", "ffffff", "9" * 20])
def test_it_lets_nobody_in_with_another_code(visitor: Visitor, code: str) -> None:
    answer = visitor.enter(ACTIVE_PHONE, code or " ")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'href="#code"' in answer.text
    assert visitor.get("/cabinet").status_code == 303


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "Введите номер мобильного"),
        ("8 916", "не хватает цифр"),
        ("8 916 000 01 06 7", "лишние цифры"),
        ("8 495 000-01-06", "российский мобильный"),
        ("+49 151 23456789", "российский мобильный"),
        ("8 916 OOO O1 O6", "российский мобильный"),
    ],
)
def test_it_names_what_is_wrong_with_a_phone(visitor: Visitor, typed: str, fault: str) -> None:
    answer = visitor.post("/cabinet/sign-in", {"phone": typed, "do": "ask"})
    assert answer.status_code == 422
    assert fault in answer.text
    assert rows(visitor.db, "SELECT count(*) FROM codes") == [0]


@pytest.mark.parametrize("typed", ["89160000106", "+7 (916) 000-01-06", "7 916 000 01 06", "916.000.01.06"])
def test_it_takes_a_phone_as_people_write_it(visitor: Visitor, typed: str) -> None:
    visitor.post("/cabinet/sign-in", {"phone": typed, "do": "ask"})
    assert len(visitor.texts(ACTIVE_PHONE)) == 1


# -- known and unknown alike ------------------------------------------------------------------------------------------


def asked(visitor: Visitor, form: dict[str, str], page: str) -> tuple[list[str], list[str], list[int]]:
    """Statements, pages and sizes of cookies of asking for a code and entering a wrong one."""
    with statements(visitor.db) as told:
        answer = visitor.post(page, form)
        cookie = len(answer.headers.get("set-cookie", ""))
        wrong = visitor.post("/cabinet/code", {"code": "12"})
    pages = [_PERSONAL.sub("", text) for text in (answer.text, wrong.text)]
    return told, [answer.headers["location"], *pages], [cookie]


def test_a_phone_without_a_card_is_answered_alike(visitor: Visitor, other: Visitor) -> None:
    known = asked(visitor, {"phone": ACTIVE_PHONE, "do": "ask"}, "/cabinet/sign-in")
    unknown = asked(other, {"phone": UNKNOWN_PHONE, "do": "ask"}, "/cabinet/sign-in")
    assert known == unknown
    assert len(known[0]) > 10
    assert WRONG in known[1][-1]
    assert (len(visitor.texts(ACTIVE_PHONE)), visitor.texts(UNKNOWN_PHONE)) == (1, [])


def test_a_card_that_is_none_or_has_another_date_is_answered_alike(visitor: Visitor, other: Visitor) -> None:
    form = MARIA | {"do": "send"}
    known = asked(visitor, form, "/cabinet/register")
    unknown = asked(other, form | {"card": UNKNOWN_CARD}, "/cabinet/register")
    third = Visitor(visitor.browser.application.test_client(), visitor.db, "192.0.2.9")
    stranger = asked(third, form | {"card": "4276051200050062"}, "/cabinet/register")
    assert known == unknown == stranger
    assert len(visitor.texts(ISSUED_PHONE)) == 1


def test_no_verdict_tells_whether_a_code_was_sent(visitor: Visitor) -> None:
    """Who says that a code has come for a phone that got none reads what every wrong code is answered."""
    for phone in (UNKNOWN_PHONE, ACTIVE_PHONE):
        visitor.post("/cabinet/sign-in", {"phone": phone, "do": "expect"})
        answer = visitor.post("/cabinet/code", {"code": "123456"})
        assert answer.status_code == 422
        assert WRONG in answer.text


# -- messages to the short number -------------------------------------------------------------------------------------


def test_the_code_of_a_message_opens_the_cabinet_and_activates_its_card(
    visitor: Visitor, application: Application
) -> None:
    application.inbox.take(Text("SM1", ISSUED_PHONE, "Мария 4276051200020024 23.05.1985"))
    visitor.post("/cabinet/sign-in", {"phone": ISSUED_PHONE, "do": "expect"})
    code = next(re.search(r"#([0-9]{6})", text) for text in visitor.texts(ISSUED_PHONE) if "#" in text)
    assert code is not None
    asked = visitor.follow(visitor.post("/cabinet/code", {"code": code[1]}))
    for shown in ("4276 0512 0002 0024", "Мария", "23.05.1985"):
        assert shown in asked
    assert visitor.card(ISSUED).status == "issued"
    assert "Карта активирована" in visitor.follow(visitor.post("/cabinet/offered", YES))
    assert visitor.card(ISSUED).status == "active"


def test_who_asks_for_another_code_on_the_site_still_activates_the_card(
    visitor: Visitor, application: Application, clock: SetClock
) -> None:
    application.inbox.take(Text("SM1", ISSUED_PHONE, "Мария 4276051200020024 23.05.1985"))
    clock.move(timedelta(minutes=2))
    visitor.enter(ISSUED_PHONE)
    assert "Карта активирована" in visitor.follow(visitor.post("/cabinet/offered", YES))


# -- visits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", BEHIND)
def test_nothing_is_open_before_a_code(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cabinet/sign-in")


def test_a_visit_ends_when_it_is_idle_and_not_before(visitor: Visitor, clock: SetClock) -> None:
    visitor.enter(ACTIVE_PHONE)
    for _ in range(3):
        clock.move(IDLE - timedelta(seconds=1))
        assert visitor.get("/cabinet").status_code == 200
    clock.move(IDLE)
    assert "Вас долго не было" in visitor.follow(visitor.get("/cabinet"))


def test_no_visit_lasts_for_ever(visitor: Visitor, clock: SetClock) -> None:
    visitor.enter(ACTIVE_PHONE)
    for _ in range(LONGEST // timedelta(minutes=14) + 1):
        clock.move(timedelta(minutes=14))
        answer = visitor.get("/cabinet")
    assert answer.status_code == 303


def test_signing_out_ends_the_visit_on_the_server(visitor: Visitor, other: Visitor) -> None:
    visitor.enter(ACTIVE_PHONE)
    token = visitor.browser.get_cookie("cabinet", path="/cabinet")
    assert token is not None
    other.browser.set_cookie("cabinet", token.value, path="/cabinet")
    assert other.get("/cabinet").status_code == 200
    visitor.post("/cabinet", {}, "/cabinet/sign-out")
    assert other.get("/cabinet").status_code == 303
    assert rows(visitor.db, "SELECT count(*) FROM visits") == [0]


def test_a_stolen_table_opens_no_visit(visitor: Visitor, other: Visitor) -> None:
    visitor.enter(ACTIVE_PHONE)
    [kept] = rows(visitor.db, "SELECT key, phone_key, sealed FROM visits")
    for value in kept[:2]:
        other.browser.set_cookie("cabinet", value, path="/cabinet")
        assert other.get("/cabinet").status_code == 303
    assert ACTIVE_PHONE[1:] not in str(kept)


def test_the_cookies_are_kept_from_scripts_and_other_sites(visitor: Visitor) -> None:
    answer = visitor.enter(ACTIVE_PHONE)
    cookies = answer.headers.getlist("set-cookie")
    assert all("max-age" not in one.lower() for one in cookies if one.startswith("cabinet="))
    assert {one.partition("=")[0] for one in cookies} >= {"cabinet", "cabinet-step"}
    assert all("HttpOnly" in one and "SameSite=Lax" in one for one in cookies)
    assert all("Path=/cabinet" in one for one in cookies if one.startswith("cabinet"))


def test_a_form_without_its_token_does_nothing(visitor: Visitor) -> None:
    answer = visitor.browser.post("/cabinet/sign-in", data={"phone": ACTIVE_PHONE, "do": "ask"})
    assert answer.headers["location"] == "/cabinet?notice=again"
    assert visitor.texts(ACTIVE_PHONE) == []


def test_one_address_may_not_try_a_guess_at_each_of_many_phones(visitor: Visitor, clock: SetClock) -> None:
    for number in range(PER_ADDRESS):
        visitor.post("/cabinet/sign-in", {"phone": f"8916000{number:04}", "do": "expect"})
        assert visitor.post("/cabinet/code", {"code": "123456"}).status_code == 422
    assert visitor.post("/cabinet/code", {"code": "123456"}).status_code == 429
    clock.move(timedelta(minutes=16))
    assert visitor.post("/cabinet/code", {"code": "123456"}).status_code == 422


def test_too_many_codes_are_refused_with_the_cure(visitor: Visitor, clock: SetClock) -> None:
    answers = []
    for _ in range(4):
        answers.append(visitor.post("/cabinet/sign-in", {"phone": ACTIVE_PHONE, "do": "ask"}))
        clock.move(timedelta(minutes=2))
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert "позвоните на горячую линию" in answers[-1].text
