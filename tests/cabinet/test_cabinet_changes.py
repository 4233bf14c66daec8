"""What is changed in the cabinet: contacts by a code of their own, name and date by an operator, a waiting card."""

import pytest

from ivr.application import Application
from tests.cabinet.cabinet_world import ACTIVE, ACTIVE_PHONE, ISSUED, ISSUED_PHONE, Visitor, rows

NEW_PHONE = "+79160000777"


def test_another_phone_is_proven_by_a_code_to_it(olga: Visitor) -> None:
    page = olga.path("phone")
    answer = olga.post(page, {"phone": "8 916 000-07-77"})
    assert answer.headers["location"] == f"{page}/code"
    assert olga.card(ACTIVE).phone == ACTIVE_PHONE
    shown = olga.follow(olga.post(f"{page}/code", {"code": olga.code(NEW_PHONE)}))
    assert olga.card(ACTIVE).phone == NEW_PHONE
    assert "Анкета изменена" in shown
    assert "8\xa0916\xa0000-07-77" in shown
    assert "Телефон в анкете изменён" in olga.texts(ACTIVE_PHONE)[-1]


def test_with_the_phone_all_other_visits_of_the_old_one_end(olga: Visitor, other: Visitor) -> None:
    other.browser.set_cookie("cabinet", olga.browser.get_cookie("cabinet", path="/cabinet").value, path="/cabinet")  # type: ignore[union-attr]
    third = Visitor(olga.browser.application.test_client(), olga.db, "192.0.2.1")
    token, _ = opened(olga.browser.application.extensions["ivr"].cabinet, ACTIVE_PHONE)
    third.browser.set_cookie("cabinet", token, path="/cabinet")
    assert third.get("/cabinet").status_code == 200
    page = olga.path("phone")
    olga.post(page, {"phone": NEW_PHONE})
    olga.post(f"{page}/code", {"code": olga.code(NEW_PHONE)})
    assert third.get("/cabinet").status_code == 303
    assert olga.get("/cabinet").status_code == 200


def opened(cabinet: object, phone: str) -> tuple[str, object]:
    """A visit of another device."""
    with cabinet.db.transaction() as conn:  # type: ignore[attr-defined]
        return cabinet.setting.visits.open(conn, phone)  # type: ignore[attr-defined, no-any-return]


def test_an_address_of_mail_is_put_on_file_by_a_code_to_the_phone(olga: Visitor) -> None:
    page = olga.path("email")
    olga.post(page, {"email": "olga@example.ru"})
    assert olga.card(ACTIVE).email is None
    olga.post(f"{page}/code", {"code": olga.code(ACTIVE_PHONE)})
    assert olga.card(ACTIVE).email == "olga@example.ru"
    assert rows(olga.db, "SELECT field, changed_by FROM questionnaire_changes") == [("email", "cabinet")]


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("phone", "8 916 000-01-06", "Такое значение уже стоит"),
        ("phone", "8 495 000-01-06", "российский мобильный"),
        ("email", "", "Введите адрес почты"),
        ("name", "Ольга", "Такое значение уже стоит"),
        ("birth_date", "14.08.1990", "Такое значение уже стоит"),
        ("birth_date", "31.02.1990", "Такой даты не бывает"),
    ],
)
def test_it_names_what_is_wrong_with_a_new_value(olga: Visitor, field: str, value: str, fault: str) -> None:
    answer = olga.post(olga.path(field), {field: value})
    assert answer.status_code == 422
    assert fault in answer.text
    assert rows(olga.db, "SELECT count(*) FROM codes WHERE purpose = 'data_change'") == [0]


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [("name", "Ольга Сергеевна", "ольга сергеевна"), ("birth_date", "15.08.1990", "1990-08-15")],
)
def test_a_name_and_a_date_are_looked_at_by_an_operator(olga: Visitor, field: str, value: str, text: str) -> None:
    page = olga.follow(olga.post(olga.path(field), {field: value}))
    assert "Заявка принята" in page
    assert "В работе" in page
    found = rows(olga.db, "SELECT category, kind, text, phone, card_number FROM appeals")
    assert found == [("questionnaire", f"change_{field}", text, ACTIVE_PHONE, ACTIVE)]
    assert olga.card(ACTIVE).name == "Ольга"


def test_the_code_for_one_field_confirms_no_other(olga: Visitor) -> None:
    olga.post(olga.path("email"), {"email": "olga@example.ru"})
    code = olga.code(ACTIVE_PHONE)
    olga.post(olga.path("phone"), {"phone": NEW_PHONE})
    assert olga.post(f"{olga.path('phone')}/code", {"code": code}).status_code == 422
    assert olga.post("/cabinet/erase", {}).status_code == 303
    assert olga.card(ACTIVE).phone == ACTIVE_PHONE


def test_the_code_of_the_entrance_changes_nothing(olga: Visitor, other: Visitor) -> None:
    olga.post(olga.path("email"), {"email": "olga@example.ru"})
    change = olga.code(ACTIVE_PHONE)
    other.post("/cabinet/sign-in", {"phone": ACTIVE_PHONE, "do": "expect"})
    assert other.post("/cabinet/code", {"code": change}).status_code == 422
    assert olga.post(f"{olga.path('email')}/code", {"code": change}).status_code == 303


def test_a_code_for_a_change_is_of_no_use_in_another_visit(olga: Visitor, application: Application) -> None:
    olga.post(olga.path("email"), {"email": "olga@example.ru"})
    code = olga.code(ACTIVE_PHONE)
    token, _ = opened(application.cabinet, ACTIVE_PHONE)
    thief = Visitor(application.web(local_phone=False).test_client(), application.db)
    thief.browser.set_cookie("cabinet", token, path="/cabinet")
    assert thief.post(f"{thief.path('email')}/code", {"code": code}).status_code == 422


@pytest.mark.parametrize("end", ["phone", "phone/code", "activate"])
def test_a_card_of_another_phone_is_not_there(olga: Visitor, other: Visitor, end: str) -> None:
    other.enter(ISSUED_PHONE)
    answer = olga.get(f"/cabinet/cards/{other.ref('0024')}/{end}")
    assert answer.status_code == 404
    assert "Такой страницы нет" in answer.text
    assert "0024" not in answer.text


@pytest.mark.parametrize("field", ["balance", "status", "number", "name/code"])
def test_nothing_else_can_be_changed(olga: Visitor, field: str) -> None:
    assert olga.get(olga.path(field)).status_code == 404


def test_a_card_that_waits_is_activated_without_another_code(visitor: Visitor) -> None:
    visitor.enter(ISSUED_PHONE)
    page = visitor.path("activate", "0024")
    assert 'value="23.05.1985"' in visitor.get(page).text
    refused = visitor.post(page, {"name": "Мария", "birth_date": "23.05.1985"})
    assert "Без согласия" in refused.text
    form = {"name": "Мария", "birth_date": "23.05.1985", "personal_data": "yes"}
    assert "Карта активирована" in visitor.follow(visitor.post(page, form))
    assert visitor.card(ISSUED).status == "active"
    assert rows(visitor.db, "SELECT kind, channel FROM consents") == [("personal_data", "web")]
    assert "уже активна" in visitor.follow(visitor.post(page, form))


def test_a_date_that_is_not_the_one_on_file_activates_nothing(visitor: Visitor) -> None:
    visitor.enter(ISSUED_PHONE)
    form = {"name": "Мария", "birth_date": "24.05.1985", "personal_data": "yes"}
    page = visitor.follow(visitor.post(visitor.path("activate", "0024"), form))
    assert "Не получилось" in page
    assert visitor.card(ISSUED).status == "issued"
    assert rows(visitor.db, "SELECT count(*) FROM consents") == [0]
