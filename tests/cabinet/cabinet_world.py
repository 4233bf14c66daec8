"""Somebody at the cabinet: fills in forms as a browser does, and reads the SMS that would have come."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from ivr.appeals import AppealDesk
from ivr.application import Application
from ivr.clock import SetClock
from ivr.content import current_content
from ivr.retelling.by_text import Deaf
from ivr.settings import load_settings
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


@contextmanager
def standing(folder: Path, clock: SetClock, **changes: Any) -> Iterator[Application]:
    """A hotline that hears nothing, on a base in ``folder``. ``changes``: settings that a test has of its own."""
    settings = load_settings(
        _env_file=None, database_url=f"sqlite:///{folder}/hotline.db", secret_key="k" * 32, max_streams=0, **changes
    )
    application = Application(settings, clock=clock, ear=Deaf(), content=current_content())
    application.prepare()
    try:
        yield application
    finally:
        application.db.close()


def wipe(db: Database) -> None:
    """No row is left in any table."""
    with db.transaction() as conn:
        for table in reversed(metadata.sorted_tables):
            conn.execute(table.delete())


def empty(application: Application, clock: SetClock) -> None:
    """The store as on its first day, with the sample cards."""
    clock.move(NOON - clock.now())
    wipe(application.db)
    with application.db.transaction() as conn:
        sample_cards(conn)


def appeal_desk(application: Application) -> AppealDesk:
    """Where operators answer what the cabinet has asked."""
    setting = application.cabinet.setting.desk
    return AppealDesk(setting.hotline, setting.zone, setting.clock)


@dataclass
class Visitor:
    """A browser, and the phone beside it."""

    browser: FlaskClient
    db: Database
    address: str = "203.0.113.7"

    def get(self, path: str) -> TestResponse:
        return self.browser.get(path, environ_base={"REMOTE_ADDR": self.address})

    def token(self, page: str) -> str:
        """The token of the forms of ``page``."""
        found = _TOKEN.search(self.get(page).text)
        assert found is not None, page
        return found[1]

    def post(self, page: str, form: dict[str, str], to: str | None = None) -> TestResponse:
        """Fill in a form of ``page``; the answer is not followed."""
        data = {"csrf_token": self.token(page)} | form
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

    def path(self, field: str, last_digits: str = "0062") -> str:
        """Where something of a card is changed."""
        return f"/cabinet/cards/{self.ref(last_digits)}/{field}"


def rows(db: Database, statement: str, **values: Any) -> list[Any]:
    """What a query finds; the first column of one column."""
    with db.reading() as conn:
        found = conn.execute(text(statement), values).all()
    return [row[0] if len(row) == 1 else tuple(row) for row in found]
