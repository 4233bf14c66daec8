from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.clock import SetClock
from ivr.codes import CodeDesk
from ivr.consent import Consents, load_consent_texts
from ivr.errors import BookError
from ivr.hotline import Hotline
from ivr.settings import ROOT
from ivr.store.db import Database
from ivr.store.person_tables import consent_texts, consents
from tests.assembly import PEPPER

FILE = ROOT / "grammars" / "consent.yaml"
PHONE, CARD = "+79160000102", "4276051200020024"


@pytest.fixture
def ledger(hotline: Hotline, clock: SetClock) -> Consents:
    return Consents(load_consent_texts(FILE, hotline), CodeDesk(hotline, PEPPER, clock).key_of, clock)


def test_it_writes_down_who_agreed_to_which_text_and_how(database: Database, ledger: Consents, clock: SetClock) -> None:
    with database.transaction() as conn:
        assert ledger.give(conn, PHONE, "personal_data", "call", "CA1", card_number=CARD)
        (one,) = ledger.of(conn, PHONE)
        assert ledger.of(conn, "+79160000103") == []
        text = ledger.text_of(conn, one.version)
    assert (one.kind, one.channel, one.reference) == ("personal_data", "call", "CA1")
    assert (one.given_at, one.withdrawn_at) == (clock.now(), None)
    assert text is not None
    assert text.startswith("Согласие на обработку персональных данных\n")
    assert "Мой Магнит" in text
    assert "{" not in text


def test_it_keeps_neither_phone_nor_card(database: Database, ledger: Consents) -> None:
    with database.transaction() as conn:
        ledger.give(conn, PHONE, "personal_data", "sms", "SM1", card_number=CARD)
        told = str(conn.execute(select(consents)).all()) + str(conn.execute(select(consent_texts)).all())
    assert "9160000102" not in told
    assert CARD not in told


def test_the_same_again_adds_no_row(database: Database, ledger: Consents) -> None:
    with database.transaction() as conn:
        assert ledger.give(conn, PHONE, "personal_data", "call", "CA1", card_number=CARD)
        assert not ledger.give(conn, PHONE, "personal_data", "call", "CA2", card_number=CARD)
        assert ledger.give(conn, PHONE, "personal_data", "call", "CA2")
        assert ledger.give(conn, PHONE, "personal_data", "web", "visit")
        assert ledger.give(conn, PHONE, "messages", "web", "visit")
        assert [one.reference for one in ledger.of(conn, PHONE)] == ["CA1", "CA2", "visit", "visit"]


def test_withdrawing_ends_one_kind_whole_and_leaves_the_other(database: Database, ledger: Consents) -> None:
    with database.transaction() as conn:
        ledger.give(conn, PHONE, "personal_data", "call", "CA1", card_number=CARD)
        ledger.give(conn, PHONE, "personal_data", "web", "visit")
        ledger.give(conn, PHONE, "messages", "web", "visit")
        assert ledger.withdraw(conn, PHONE, "personal_data")
        assert not ledger.withdraw(conn, PHONE, "personal_data")
        assert not ledger.stands(conn, PHONE, "personal_data")
        assert ledger.stands(conn, PHONE, "messages")
        assert ledger.give(conn, PHONE, "personal_data", "web", "visit")
        assert len(ledger.of(conn, PHONE)) == 4


def test_another_letter_is_another_version(
    database: Database, ledger: Consents, hotline: Hotline, tmp_path: Path
) -> None:
    changed = tmp_path / "consent.yaml"
    changed.write_text(FILE.read_text("utf-8").replace("Я даю согласие", "Даю согласие"), "utf-8")
    texts = load_consent_texts(changed, hotline)
    assert texts.kinds["personal_data"].version != ledger.texts.kinds["personal_data"].version
    assert texts.kinds["messages"].version == ledger.texts.kinds["messages"].version
    with database.transaction() as conn:
        ledger.give(conn, PHONE, "personal_data", "web", "visit")
        assert ledger.text_of(conn, texts.kinds["personal_data"].version) is None


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        ("messages:", "letters:", "unknown key `letters`"),
        ("{operator}; {address}", "{owner}", "`personal_data.text` names an unknown value; use {brand}"),
        (
            "  name: организация, которая ведёт программу «Мой Магнит»",
            "  name: ",
            "`operator.name` is no text; write one",
        ),
        ("  address: адрес", "  street: адрес", "unknown key `operator.street`"),
    ],
)
def test_a_mistake_in_the_texts_names_file_line_and_cure(
    hotline: Hotline, tmp_path: Path, line: str, instead: str, told: str
) -> None:
    text = FILE.read_text("utf-8")
    assert line in text
    file = tmp_path / "consent.yaml"
    file.write_text(text.replace(line, instead, 1), "utf-8")
    with pytest.raises(BookError, match=r"consent\.yaml:[0-9]+: ") as error:
        load_consent_texts(file, hotline)
    assert told in str(error.value)
