"""Somebody at the cabinet: fills in forms as a browser does, and reads the SMS that would have come."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from ivr.application import Application
from ivr.clock import SetClock
from ivr.store.cards import Card, find_card, sample_cards
from ivr.store.db import Database
from ivr.store.schema import metadata
from ivr.store.tables import outbox

NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ACTIVE, ACTIVE_PHONE = "4276051200050062", "+79160000106"
ISSUED, ISSUED_PHONE = "4276051200020024", "+79160000102"
BLOCKED = "4276051200080093"
UNKNOWN_CARD, UNKNOWN_PHONE = "4276051299999999", "+79160000999"
MARIA = {
    "card": "4276 0512 0002 0024",
    "name": "Мария",
    "birth_date": "23.05.1985",
    "phone": "8 916 000-01-02",
    "personal_data": "yes",
}
"""The form of the issued card, filled in rightly."""
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")


def empty(application: Application, clock: SetClock) -> None:
    """The store as on its first day, with the sample cards."""
    clock.move(NOON - clock.now())
    with application.db.transaction() as conn:
        for table in reversed(metadata.sorted_tables):
            conn.execute(table.delete())
        sample_cards(conn)


@dataclass
class Visitor:
    """A browser, and the phone beside it."""

    browser: FlaskClient
    db: Database
    address: str = "203.0.113.7"

    def get(self, path: str) -> TestResponse:
        return self.browser.get(path, environ_base={"REMOTE_ADDR": self.address})

    def post(self, page: str, form: dict[str, str], to: str | None = None) -> TestResponse:
        """Fill in a form of ``page``; the answer is not followed."""
        found = _TOKEN.search(self.get(page).text)
        assert found is not None, page
        data = {"csrf_token": found[1]} | form
        return self.browser.post(to or page, data=data, environ_base={"REMOTE_ADDR": self.address})

    def follow(self, answer: TestResponse) -> str:
        """The page that an answer leads to."""
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["location"]).text

    def enter(self, phone: str, code: str | None = None) -> TestResponse:
        """Sign in with the code that has come."""
        asked = self.post("/cabinet/sign-in", {"phone": phone, "do": "ask"})
        assert asked.headers["location"] == "/cabinet/code"
        return self.post("/cabinet/code", {"code": code or self.code(phone)})

    def texts(self, phone: str) -> list[str]:
        """All SMS to a phone, oldest first."""
        with self.db.reading() as conn:
            query = select(outbox.c.body).where(outbox.c.to_number == phone).order_by(text("rowid"))
            return [str(body) for body in conn.execute(query).scalars()]

    def code(self, phone: str) -> str:
        """The code of the last SMS to a phone."""
        found = _CODE.search(self.texts(phone)[-1])
        assert found is not None
        return found[0]

    def card(self, number: str) -> Card:
        with self.db.reading() as conn:
            card = find_card(conn, number)
        assert card is not None
        return card

    def ref(self, last_digits: str) -> str:
        """What stands for a card in this visit's addresses."""
        found = re.search(
            r"/cabinet/cards/([0-9a-f]{16})/[a-z_]+\">[^<]*<span[^>]*>[^<]*" + last_digits, self.get("/cabinet").text
        )
        assert found is not None
        return found[1]


def rows(db: Database, statement: str, **values: Any) -> list[Any]:
    """What a query finds; the first column of one column."""
    with db.reading() as conn:
        found = conn.execute(text(statement), values).all()
    return [row[0] if len(row) == 1 else tuple(row) for row in found]
