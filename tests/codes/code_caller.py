"""Somebody who asks for codes and enters them, for tests and simulated attacks."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import event

from ivr.clock import Clock
from ivr.codes import CodeDesk, CodeRequest, Offer, Redeemed, Verdict
from ivr.hotline import Hotline
from ivr.store.codes import Purpose
from ivr.store.db import Database
from ivr.store.outbox import find_message
from tests.assembly import PEPPER

CARD, PHONE, CALL = "4276051200020024", "+79160000102", "CA1"
UNKNOWN = "4276051299999999"
OTHER_CARD, OTHER_PHONE = "4276051200030031", "+79160000103"


def with_limits(hotline: Hotline, **limits: float) -> Hotline:
    """The hotline with limits of a test's own."""
    return replace(hotline, codes=replace(hotline.codes, **limits))  # type: ignore[arg-type]


class Caller:
    """Asks for codes and enters them, each in a transaction of its own."""

    def __init__(self, database: Database, hotline: Hotline, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.desk = CodeDesk(hotline, PEPPER, clock)

    def ask(self, request: CodeRequest) -> Offer:
        with self.database.transaction() as conn:
            return self.desk.offer(conn, request)

    def offer(
        self, card: str | None = CARD, phone: str | None = PHONE, call: str = CALL, source: str | None = None
    ) -> Offer:
        return self.ask(CodeRequest("call", call, card, phone, source))

    def check(self, code: str, card: str | None = CARD, call: str = CALL, purpose: Purpose = "call") -> Verdict:
        with self.database.transaction() as conn:
            return self.desk.check(conn, purpose, call, card, code)

    def redeem(self, purpose: Purpose, holder: str, code: str, card: str | None = None) -> Redeemed:
        with self.database.transaction() as conn:
            return self.desk.redeem(conn, purpose, holder, card, code)

    def body(self, offer: Offer) -> str:
        """What the SMS says."""
        assert offer.outbox_id is not None
        with self.database.reading() as conn:
            sms = find_message(conn, offer.outbox_id)
        assert sms is not None
        return sms.body or ""

    def code(self, offer: Offer) -> str:
        """What the SMS is about."""
        found = re.search(r": (\d{6})\. ", self.body(offer))
        assert found is not None
        return found[1]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def run_together(work: Callable[[], object], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(database._engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database._engine, "before_cursor_execute", note)
