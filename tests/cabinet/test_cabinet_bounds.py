"""How far one visit reaches: its own cards, the phone that its code went to, so many wishes and consents for a day."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from ivr.application import Application
from ivr.cabinet.limits import CONSENTS_PER_DAY, WISHES_PER_DAY
from ivr.clock import SetClock
from ivr.inbox import Text
from tests.cabinet.cabinet_world import ACTIVE, ACTIVE_PHONE, ISSUED, ISSUED_PHONE, Visitor, appeal_desk, rows

OWN_NEW, OF_A_VICTIM = "+79160000771", "+79160000772"
BLANK = "4276051200010017"


def give(application: Application, number: str, phone: str | None) -> None:
    """The card gets another phone elsewhere."""
    with application.db.transaction() as conn:
        conn.execute(text("UPDATE cards SET phone = :phone WHERE number = :number"), {"phone": phone, "number": number})


# -- whose card, which phone ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "reached"), [("email", "o@example.ru", ACTIVE_PHONE), ("phone", OWN_NEW, OWN_NEW)]
)
def test_a_card_that_got_another_phone_meanwhile_is_not_changed(
    olga: Visitor, application: Application, field: str, value: str, reached: str
) -> None:
    page = olga.path(field)
    olga.post(page, {field: value})
    answer = posted_after(olga, page, lambda: give(application, ACTIVE, ISSUED_PHONE), olga.code(reached))
    assert "Не получилось" in answer
    card = olga.card(ACTIVE)
    assert (card.phone, card.email) == (ISSUED_PHONE, None)
    assert rows(olga.db, "SELECT count(*) FROM questionnaire_changes") == [0]


def posted_after(visitor: Visitor, page: str, change: Callable[[], None], code: str) -> str:
    """Something happens between the form of a code and its being sent off."""
    token = visitor.token(f"{page}/code")
    change()
    data = {"csrf_token": token, "code": code}
    return visitor.follow(
        visitor.browser.post(f"{page}/code", data=data, environ_base={"REMOTE_ADDR": visitor.address})
    )


def test_the_code_for_one_card_changes_nothing_under_the_address_of_another(
    application: Application, visitor: Visitor
) -> None:
    give(application, ISSUED, ACTIVE_PHONE)
    visitor.enter(ACTIVE_PHONE)
    visitor.post(visitor.path("email"), {"email": "olga@example.ru"})
    page = visitor.path("email", "0024")
    assert "Не получилось" in visitor.follow(visitor.post(f"{page}/code", {"code": visitor.code(ACTIVE_PHONE)}))
    assert (visitor.card(ACTIVE).email, visitor.card(ISSUED).email) == (None, None)


def test_a_code_that_came_to_one_new_phone_puts_no_other_one_on_file(olga: Visitor) -> None:
    """Within the minute in which no other code is sent, so that the first one stays the one to enter."""
    page = olga.path("phone")
    olga.post(page, {"phone": OWN_NEW})
    code = olga.code(OWN_NEW)
    olga.post(page, {"phone": OF_A_VICTIM})
    assert rows(olga.db, "SELECT count(DISTINCT holder) FROM codes WHERE purpose = 'data_change'") == [2]
    assert olga.post(f"{page}/code", {"code": code}).status_code == 422
    assert olga.card(ACTIVE).phone == ACTIVE_PHONE
    assert olga.post(f"{page}/code", {"code": olga.code(OF_A_VICTIM)}).status_code == 303
    assert olga.card(ACTIVE).phone == OF_A_VICTIM


def test_what_one_visit_keeps_in_its_browser_is_of_no_use_to_another(olga: Visitor, other: Visitor) -> None:
    page = olga.path("phone")
    olga.post(page, {"phone": OWN_NEW})
    other.enter(ISSUED_PHONE)
    kept = olga.browser.get_cookie("cabinet-change", path="/cabinet")
    assert kept is not None
    assert OWN_NEW[1:] not in kept.value
    other.browser.set_cookie("cabinet-change", kept.value, path="/cabinet")
    page = other.path("phone", "0024")
    assert other.post(f"{page}/code", {"code": olga.code(OWN_NEW)}).status_code == 422


# -- so many for a day ------------------------------------------------------------------------------------------------


def test_an_operator_looks_at_one_wish_about_a_field_at_a_time(olga: Visitor, other: Visitor, clock: SetClock) -> None:
    olga.post(olga.path("name"), {"name": "Ольга Сергеевна"})
    again = olga.follow(olga.post(olga.path("name"), {"name": "Ольга Сергеевна"}))
    assert "Заявка принята" in again
    clock.move(timedelta(minutes=2))
    other.enter(ACTIVE_PHONE)
    for visitor in (olga, other):
        page = visitor.follow(visitor.post(visitor.path("name"), {"name": "Ольга Петровна"}))
        assert "уже в работе" in page
    assert rows(olga.db, "SELECT text FROM appeals") == ["ольга сергеевна"]
    assert "Заявка принята" in olga.follow(olga.post(olga.path("birth_date"), {"birth_date": "15.08.1990"}))


def test_a_phone_has_so_many_wishes_for_a_day(olga: Visitor, application: Application, clock: SetClock) -> None:
    desk, pages = appeal_desk(application), []
    for day in range(WISHES_PER_DAY + 1):
        form = {"birth_date": f"{day + 1:02}.08.1991"}
        pages.append(olga.follow(olga.post(olga.path("birth_date"), form)))
        for number in rows(olga.db, "SELECT number FROM appeals WHERE status = 'open'"):
            with application.db.transaction() as conn:
                desk.close(conn, number)
    assert ["Заявка принята" in page for page in pages] == [True] * WISHES_PER_DAY + [False]
    assert "Сегодня заявок было слишком много" in pages[-1]
    assert rows(olga.db, "SELECT count(*) FROM appeals") == [WISHES_PER_DAY]
    clock.move(timedelta(days=1, minutes=1))
    olga.enter(ACTIVE_PHONE)
    assert "Заявка принята" in olga.follow(olga.post(olga.path("birth_date"), {"birth_date": "09.08.1991"}))


def test_a_consent_is_given_so_often_for_a_day_and_withdrawn_as_often_as_wanted(olga: Visitor) -> None:
    for _ in range(CONSENTS_PER_DAY):
        for given in ("yes", "no"):
            olga.post("/cabinet", {"given": given}, "/cabinet/consents/messages")
    page = olga.follow(olga.post("/cabinet", {"given": "yes"}, "/cabinet/consents/messages"))
    assert "давали согласия слишком много раз" in page
    assert rows(olga.db, "SELECT count(*) FROM consents") == [CONSENTS_PER_DAY]
    assert "отозвано" in olga.follow(olga.post("/cabinet", {"given": "no"}, "/cabinet/consents/messages"))


# -- the card of a message --------------------------------------------------------------------------------------------


@pytest.fixture
def forged(application: Application, clock: SetClock) -> None:
    """Somebody else has sent a message in the name of a phone, about a card that is nobody's yet."""
    give(application, BLANK, None)
    application.inbox.take(Text("SM1", ACTIVE_PHONE, f"Иван {BLANK} 01.02.1970"))
    clock.move(timedelta(minutes=2))


@pytest.mark.usefixtures("forged")
def test_the_next_sign_in_activates_no_card_that_a_stranger_has_named(visitor: Visitor) -> None:
    page = visitor.follow(visitor.enter(ACTIVE_PHONE))
    assert "4276 0512 0001 0017" in page
    assert "Иван" in page
    assert visitor.card(BLANK).status == "issued"
    assert "Без согласия" in visitor.post("/cabinet/offered", {"do": "take"}).text
    assert "/cabinet/offered" in visitor.get("/cabinet").text
    home = visitor.follow(visitor.post("/cabinet/offered", {"do": "refuse"}))
    assert "/cabinet/offered" not in home
    assert visitor.get("/cabinet/offered").headers["location"] == "/cabinet"
    assert (visitor.card(BLANK).status, visitor.card(BLANK).phone) == ("issued", None)


@pytest.mark.usefixtures("forged")
def test_the_card_of_a_message_is_not_activated_once_it_is_anothers(visitor: Visitor, application: Application) -> None:
    visitor.enter(ACTIVE_PHONE)
    give(application, BLANK, ISSUED_PHONE)
    form = {"do": "take", "personal_data": "yes"}
    assert "Не получилось" in visitor.follow(visitor.post("/cabinet/offered", form))
    assert visitor.card(BLANK).status == "issued"
