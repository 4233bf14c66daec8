"""A new card by its form: checked as calls and messages check it, shown again, activated by a code."""

from datetime import date

import pytest

from ivr.application import Application
from ivr.cabinet.form import FieldFault, FormGround, Registration
from ivr.inbox import Text
from ivr.sms_form import SmsFault, parse_sms
from tests.cabinet.cabinet_world import BLOCKED, ISSUED, ISSUED_PHONE, MARIA, Visitor, rows

REGISTER = "/cabinet/register"


@pytest.fixture
def forms(application: Application) -> FormGround:
    return application.cabinet.setting.forms()


def test_it_activates_a_card_and_shows_it(visitor: Visitor) -> None:
    checked = visitor.post(REGISTER, MARIA)
    assert checked.status_code == 200
    for shown in ("4276 0512 0002 0024", "Мария", "23.05.1985"):
        assert shown in checked.text
    assert visitor.texts(ISSUED_PHONE) == []
    sent = visitor.post(REGISTER, MARIA | {"do": "send"})
    assert sent.headers["location"] == "/cabinet/code"
    page = visitor.follow(visitor.post("/cabinet/code", {"code": visitor.code(ISSUED_PHONE)}))
    assert "Карта активирована" in page
    assert "•••• 0024" in page
    assert visitor.card(ISSUED).status == "active"


def test_it_goes_back_to_the_form_with_all_that_was_typed(visitor: Visitor) -> None:
    form = MARIA | {"email": "maria@example.ru", "messages": "yes", "do": "edit"}
    page = visitor.post(REGISTER, form).text
    for value in (MARIA["card"], MARIA["birth_date"], "maria@example.ru"):
        assert f'value="{value}"' in page
    assert page.count(" checked") == 2


def test_it_names_every_fault_beside_its_field_and_in_a_summary(visitor: Visitor) -> None:
    wrong = {"card": "4276 0512", "name": "Петрова", "birth_date": "31.02.1985", "phone": "1", "email": "maria"}
    answer = visitor.post(REGISTER, wrong)
    assert answer.status_code == 422
    for field in (*wrong, "personal_data"):
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}-fault"' in answer.text
    assert "В номере карты 16 цифр, введено 8" in answer.text
    assert answer.text.count('aria-invalid="true"') == len(wrong) + 1


@pytest.mark.parametrize("stage", [{}, {"do": "send"}])
def test_nothing_is_sent_without_consent(visitor: Visitor, stage: dict[str, str]) -> None:
    answer = visitor.post(REGISTER, {name: MARIA[name] for name in MARIA if name != "personal_data"} | stage)
    assert answer.status_code == 422
    assert "Без согласия" in answer.text
    assert visitor.texts(ISSUED_PHONE) == []


@pytest.mark.parametrize(("messages", "kinds"), [({}, 1), ({"messages": "yes"}, 2)])
def test_consents_are_written_down_apart_once_the_phone_is_proven(
    visitor: Visitor, messages: dict[str, str], kinds: int
) -> None:
    visitor.post(REGISTER, MARIA | messages | {"do": "send"})
    assert rows(visitor.db, "SELECT kind FROM consents") == []
    visitor.post("/cabinet/code", {"code": visitor.code(ISSUED_PHONE)})
    given = rows(visitor.db, "SELECT kind, channel FROM consents ORDER BY id")
    assert given == [("personal_data", "web"), ("messages", "web")][:kinds]


def test_an_address_of_mail_is_put_on_file_with_the_activation(visitor: Visitor) -> None:
    visitor.post(REGISTER, MARIA | {"email": "maria@example.ru", "do": "send"})
    assert visitor.card(ISSUED).email is None
    visitor.post("/cabinet/code", {"code": visitor.code(ISSUED_PHONE)})
    assert visitor.card(ISSUED).email == "maria@example.ru"


def test_the_code_goes_to_the_phone_on_file_whatever_was_typed(visitor: Visitor) -> None:
    """Who reads the card's number off a card does not get at it by naming a phone of his own."""
    visitor.post(REGISTER, MARIA | {"phone": "8 916 000-09-99", "do": "send"})
    assert visitor.texts("+79160000999") == []
    page = visitor.follow(visitor.post("/cabinet/code", {"code": visitor.code(ISSUED_PHONE)}))
    assert "8\xa0916\xa0000-01-02" in page
    assert visitor.card(ISSUED).phone == ISSUED_PHONE


def test_a_wrong_date_of_birth_sends_nothing(visitor: Visitor) -> None:
    answer = visitor.post(REGISTER, MARIA | {"birth_date": "24.05.1985", "do": "send"})
    assert answer.headers["location"] == "/cabinet/code"
    assert visitor.texts(ISSUED_PHONE) == []


def test_the_code_for_one_card_activates_no_other_one(visitor: Visitor, other: Visitor) -> None:
    """Two forms of one phone: the newer code voids the earlier one, and fits its own form alone."""
    with visitor.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE cards SET phone = NULL WHERE number = '4276051200010017'")
    bare = {"card": "4276051200010017", "name": "Иван", "birth_date": "01.02.1970", "phone": "8 916 000-01-02"}
    visitor.post(REGISTER, MARIA | {"do": "send"})
    other.post(REGISTER, MARIA | bare | {"do": "send"})
    newest = other.code(ISSUED_PHONE)
    assert visitor.post("/cabinet/code", {"code": newest}).status_code == 422
    assert other.post("/cabinet/code", {"code": newest}).status_code == 303
    assert (visitor.card(ISSUED).status, visitor.card("4276051200010017").status) == ("issued", "active")


def test_a_card_that_is_out_of_use_is_not_activated(visitor: Visitor) -> None:
    """Its holder gets in, for the phone is proven, and is told that it did not work."""
    card = visitor.card(BLOCKED)
    assert card.phone
    assert card.birth_date
    form = {
        "card": BLOCKED,
        "name": card.name or "",
        "birth_date": f"{card.birth_date:%d.%m.%Y}",
        "phone": card.phone,
        "do": "send",
    }
    visitor.post(REGISTER, MARIA | form)
    page = visitor.follow(visitor.post("/cabinet/code", {"code": visitor.code(card.phone)}))
    assert "Не получилось" in page
    assert visitor.card(BLOCKED).status == "blocked"


# -- the checks are those of messages and calls -----------------------------------------------------------------------

CARDS = ("4276051200020024", "4276 0512 0002 0024", "4276-0512-0002-002", "42760512000200245", "4276o51200020024", "")
DAYS = ("23.05.1985", "23 мая 1985", "1985-05-23", "23051985", "31.02.1985", "01.01.2030", "01.01.1800", "23.05", "")
NAMES = ("Мария", "маша", "Мария Ивановна Петрова", "Mariya", "Vfhbz", "Петрова", "Бббб", "")


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("day", DAYS)
def test_a_form_and_a_message_decide_alike(application: Application, forms: FormGround, card: str, day: str) -> None:
    """What stands for nothing in a message is an empty field; all else has the same value or the same fault."""
    setting = application.cabinet.setting
    for name in NAMES:
        typed = {"card": card, "name": name, "birth_date": day, "phone": "89160000102", "personal_data": "yes"}
        form = forms.registration(typed)
        text = f"{name}\n{card}\n{day}"
        sms = parse_sms(text, setting.sms_words, forms.today, setting.desk.hotline.card_scheme)
        if isinstance(sms, SmsFault):
            assert isinstance(form, tuple), (text, sms)
            assert sms.kind in {fault.kind for fault in form} | {"nothing", "empty"}, (text, form)
        else:
            assert isinstance(form, Registration), (text, form)
            found = (sms.card_number, sms.first_names[0], sms.birth_date)
            assert (form.card_number, form.name, form.birth_date) == found


def test_a_form_and_a_message_activate_alike(visitor: Visitor, other: Visitor, application: Application) -> None:
    application.inbox.take(Text("SM1", ISSUED_PHONE, "Мария 4276051200020024 23.05.1985"))
    by_message = rows(visitor.db, "SELECT purpose, holder, card_key, phone_key FROM codes")
    with application.db.transaction() as conn:
        conn.exec_driver_sql("DELETE FROM codes")
    other.post(REGISTER, MARIA | {"do": "send"})
    assert rows(visitor.db, "SELECT purpose, holder, card_key, phone_key FROM codes") == by_message


@pytest.mark.parametrize(
    "address", ["maria@example", "maria", "@example.ru", "ma ria@example.ru", "maria@example.ru" * 30, "a@b@c.ru"]
)
def test_mail_that_no_server_could_take_is_refused(forms: FormGround, address: str) -> None:
    assert forms.email({"email": address}) == FieldFault("email", "email_impossible")


@pytest.mark.parametrize("address", ["maria@example.ru", " m.i+x@mail.example.com ", "маша@пример.рф"])
def test_mail_is_taken_without_the_blanks_around_it(forms: FormGround, address: str) -> None:
    assert forms.email({"email": address}) == address.strip()


def test_nothing_of_a_form_is_in_its_repr() -> None:
    form = Registration("4276051200020024", "мария", date(1985, 5, 23), "+79160000102", "maria@example.ru")
    assert repr(form) == "Registration(messages=False)"
