import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import structlog
from sqlalchemy import text

from ivr.clock import SetClock
from ivr.outbox import (
    LOST_AFTER,
    STATUS_STATES,
    Ambiguous,
    ListedSms,
    Outbox,
    Refused,
    Sent,
    Sms,
    enqueue_sms,
    note_status,
)
from ivr.store.db import Database
from ivr.store.outbox import OutboxRow, find_message, latest_to

PHONE, BODY = "+79160000102", "Код для звонка: 123456."
PUBLIC = "https://voice.example.ru"


class Provider:
    """Takes messages, answers as it is told and lists what it took."""

    def __init__(self, clock: SetClock) -> None:
        self.clock = clock
        self.taken: list[Sms] = []
        self.listed: list[ListedSms] | None = []
        self.answer: Callable[[Sms], Sent | Refused | Ambiguous] = lambda sms: Sent(self.take(sms), "queued")

    def take(self, sms: Sms) -> str:
        self.taken.append(sms)
        sid = f"SM{len(self.taken)}"
        if self.listed is not None:
            self.listed.insert(0, ListedSms(sid, "sent", None, self.clock.now()))
        return sid

    def send(self, sms: Sms) -> Sent | Refused | Ambiguous:
        return self.answer(sms)

    def list_to(self, to: str) -> tuple[ListedSms, ...] | None:
        assert to == PHONE
        return None if self.listed is None else tuple(self.listed)

    def take_and_lose_the_answer(self, sms: Sms) -> Ambiguous:
        self.take(sms)
        return Ambiguous("timeout")


@pytest.fixture
def provider(clock: SetClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def box(database: Database, provider: Provider, clock: SetClock) -> Outbox:
    return Outbox(database, provider, clock, PUBLIC + "/")


def promise(database: Database, clock: SetClock, key: str = "code:1", expires_at: datetime | None = None) -> str:
    with database.transaction() as conn:
        return enqueue_sms(conn, key, PHONE, BODY, at=clock.now(), expires_at=expires_at)


def stored(database: Database, message_id: str) -> OutboxRow:
    with database.reading() as conn:
        row = find_message(conn, message_id)
    assert row is not None
    return row


def note(database: Database, message_id: str, status: str, sid: str = "SM1", error: str | None = None) -> bool:
    with database.transaction() as conn:
        return note_status(conn, message_id, sid=sid, status=status, error=error, now=SetClock(NOW).now())


NOW = datetime.fromisoformat("2026-11-24T12:00:00+00:00")


def test_it_sends_a_message_once(database: Database, box: Outbox, provider: Provider, clock: SetClock) -> None:
    message_id = promise(database, clock, expires_at=clock.now() + timedelta(seconds=300))
    assert box.attend(message_id) is None
    assert box.attend(message_id) is None
    assert provider.taken == [Sms(PHONE, BODY, f"{PUBLIC}/sms/status?o={message_id}", 300)]
    row = stored(database, message_id)
    assert (row.state, row.provider_sid, row.provider_status, row.attempts) == ("sent", "SM1", "queued", 1)


def test_it_erases_the_body_once_the_message_has_left(database: Database, box: Outbox, clock: SetClock) -> None:
    message_id = promise(database, clock)
    assert stored(database, message_id).body == BODY
    box.deliver(message_id)
    assert stored(database, message_id).body is None


def test_it_promises_a_message_once_for_one_key(database: Database, clock: SetClock) -> None:
    assert promise(database, clock) == promise(database, clock)
    with database.reading() as conn:
        assert conn.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 1


def test_it_promises_nothing_when_the_step_fails(database: Database, clock: SetClock) -> None:
    def fail() -> None:
        with database.transaction() as conn:
            enqueue_sms(conn, "k", PHONE, BODY, at=clock.now())
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with database.reading() as conn:
        assert conn.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 0


def test_it_does_nothing_for_a_message_that_was_never_promised(box: Outbox, provider: Provider) -> None:
    assert box.attend("0" * 32) is None
    assert provider.taken == []


def test_it_sends_once_though_many_workers_try(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    message_id = promise(database, clock)
    threads = [threading.Thread(target=box.attend, args=(message_id,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(provider.taken) == 1


def test_it_gives_up_what_is_refused_for_good(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    provider.answer = lambda _: Refused(21610, permanent=True)
    message_id = promise(database, clock)
    assert box.attend(message_id) is None
    row = stored(database, message_id)
    assert (row.state, row.error, row.body) == ("failed", "21610", None)


def test_it_comes_back_later_when_asked_for_patience(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    take = provider.answer
    provider.answer = lambda _: Refused(20429, permanent=False)
    message_id = promise(database, clock)
    assert box.attend(message_id) == timedelta(seconds=2)
    row = stored(database, message_id)
    assert (row.state, row.error, row.body) == ("pending", "20429", BODY)
    assert box.attend(message_id) is None
    clock.move(timedelta(seconds=2))
    assert box.attend(message_id) == timedelta(seconds=4)
    clock.move(timedelta(seconds=4))
    provider.answer = take
    box.attend(message_id)
    row = stored(database, message_id)
    assert (row.state, row.error, row.attempts, len(provider.taken)) == ("sent", None, 3, 1)


def test_it_loses_patience_in_the_end(database: Database, box: Outbox, provider: Provider, clock: SetClock) -> None:
    provider.answer = lambda _: Refused(20429, permanent=False)
    message_id = promise(database, clock)
    pauses = []
    while (pause := box.attend(message_id)) is not None:
        pauses.append(pause.total_seconds())
        clock.move(pause)
    assert pauses == [2, 4, 8, 16, 32]
    assert stored(database, message_id).state == "failed"


def test_it_never_sends_what_is_of_no_more_use(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    message_id = promise(database, clock, expires_at=clock.now() + timedelta(seconds=300))
    clock.move(timedelta(seconds=300))
    assert box.attend(message_id) is None
    assert box.sweep() == []
    row = stored(database, message_id)
    assert (row.state, row.error, row.body, provider.taken) == ("failed", "expired", None, [])


def test_it_looks_a_doubtful_message_up_and_never_sends_it_again(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    provider.answer = provider.take_and_lose_the_answer
    message_id = promise(database, clock)
    assert box.attend(message_id) == timedelta(seconds=30)
    row = stored(database, message_id)
    assert (row.state, row.error, row.body) == ("unknown", "timeout", None)
    assert box.attend(message_id) is None
    clock.move(timedelta(seconds=30))
    assert box.sweep() == [message_id]
    assert box.attend(message_id) is None
    row = stored(database, message_id)
    assert (row.state, row.provider_sid, row.error, len(provider.taken)) == ("sent", "SM1", None, 1)


def test_it_settles_a_doubtful_message_by_its_callback(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    provider.answer = provider.take_and_lose_the_answer
    message_id = promise(database, clock)
    box.attend(message_id)
    assert note(database, message_id, "delivered")
    clock.move(timedelta(minutes=1))
    assert box.sweep() == []
    assert stored(database, message_id).state == "delivered"


def test_it_counts_a_message_as_lost_when_nobody_has_it(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    provider.answer = lambda _: Ambiguous("http_500")
    message_id = promise(database, clock)
    pause = box.attend(message_id)
    waited = timedelta(0)
    while pause is not None:
        clock.move(pause)
        waited += pause
        pause = box.attend(message_id)
    assert waited >= LOST_AFTER
    row = stored(database, message_id)
    assert (row.state, row.error, provider.taken) == ("failed", "lost", [])
    assert note(database, message_id, "delivered")


def test_it_waits_longer_while_the_list_cannot_be_had(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    provider.answer = lambda _: Ambiguous("timeout")
    provider.listed = None
    message_id = promise(database, clock)
    box.attend(message_id)
    clock.move(timedelta(hours=1))
    assert box.attend(message_id) == timedelta(seconds=60)
    clock.move(timedelta(days=1))
    assert box.attend(message_id) is None
    assert stored(database, message_id).state == "failed"


def test_it_tells_two_doubtful_messages_to_one_phone_apart(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    provider.listed = [ListedSms("SM0", "delivered", None, clock.now() - timedelta(minutes=5))]
    known = promise(database, clock, "code:0")
    box.attend(known)
    provider.answer = provider.take_and_lose_the_answer
    first = promise(database, clock, "code:1")
    box.attend(first)
    clock.move(timedelta(seconds=1))
    second = promise(database, clock, "code:2")
    box.attend(second)
    clock.move(timedelta(seconds=31))
    for message_id in box.sweep():
        box.attend(message_id)
    sids = [stored(database, message_id).provider_sid for message_id in (known, first, second)]
    assert sids == ["SM1", "SM2", "SM3"]


def test_it_never_resends_what_a_dead_worker_was_sending(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    def die(sms: Sms) -> Sent:
        provider.take(sms)
        raise KeyboardInterrupt

    message_id = promise(database, clock)
    provider.answer = die
    with pytest.raises(KeyboardInterrupt):
        box.attend(message_id)
    assert stored(database, message_id).state == "sending"
    assert box.sweep() == []
    clock.move(timedelta(seconds=30))
    assert box.sweep() == [message_id]
    row = stored(database, message_id)
    assert (row.state, row.error, row.body) == ("unknown", "interrupted", None)
    assert box.attend(message_id) is None
    assert (stored(database, message_id).state, len(provider.taken)) == ("sent", 1)


CRASH = """
import os, sys
from ivr.clock import SystemClock
from ivr.outbox import Outbox
from ivr.store.db import Database

class Dying:
    def send(self, sms):
        os._exit(7)

Outbox(Database(sys.argv[1]), Dying(), SystemClock(), "https://voice.example.ru").deliver(sys.argv[2])
"""


def test_it_survives_the_death_of_a_process_that_was_sending(
    database: Database, provider: Provider, clock: SetClock
) -> None:
    clock.move(datetime.now(NOW.tzinfo) - clock.now())
    message_id = promise(database, clock)
    url = database.url.render_as_string(hide_password=False)
    clock.move(timedelta(seconds=60))
    command = [sys.executable, "-c", CRASH, url, message_id]
    done = subprocess.run(command, check=False, timeout=30, env=os.environ | {"PYTHONPATH": os.getcwd()})
    assert done.returncode == 7
    assert stored(database, message_id).state == "sending"
    box = Outbox(database, provider, clock, PUBLIC)
    assert box.sweep() == [message_id]
    assert box.attend(message_id) == timedelta(seconds=60)
    assert provider.taken == []


def test_it_takes_a_callback_that_is_faster_than_the_answer(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    def deliver_first(sms: Sms) -> Sent:
        sid = provider.take(sms)
        assert note(database, sms.status_callback.rpartition("=")[2], "delivered", sid)
        return Sent(sid, "queued")

    provider.answer = deliver_first
    message_id = promise(database, clock)
    box.attend(message_id)
    row = stored(database, message_id)
    assert (row.state, row.provider_status, row.body) == ("delivered", "delivered", None)


def test_it_believes_a_callback_more_than_a_lost_answer(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    def deliver_first(sms: Sms) -> Ambiguous:
        note(database, sms.status_callback.rpartition("=")[2], "sent", provider.take(sms))
        return Ambiguous("timeout")

    provider.answer = deliver_first
    message_id = promise(database, clock)
    assert box.attend(message_id) is None
    assert stored(database, message_id).state == "sent"


def test_it_folds_callbacks_in_any_order_to_one_row(database: Database, box: Outbox, clock: SetClock) -> None:
    outcomes = set()
    callbacks = ["queued", "sent", "undelivered", "delivered"]
    for number, order in enumerate(itertools.permutations(callbacks + callbacks[1:2], 5)):
        message_id = promise(database, clock, f"code:{number}")
        box.deliver(message_id)
        sid = stored(database, message_id).provider_sid or ""
        for status in order:
            note(database, message_id, status, sid, error="30003" if status == "undelivered" else None)
        row = stored(database, message_id)
        outcomes.add((row.state, row.provider_status, row.error))
    assert outcomes == {("delivered", "delivered", None)}


@pytest.mark.parametrize("status", sorted(STATUS_STATES))
def test_it_knows_every_word_of_twilio_s(database: Database, box: Outbox, clock: SetClock, status: str) -> None:
    message_id = promise(database, clock)
    box.deliver(message_id)
    note(database, message_id, status, error="30003")
    row = stored(database, message_id)
    assert row.state == ("sent" if status in ("accepted", "scheduled", "queued") else STATUS_STATES[status])
    assert row.error == ("30003" if row.state == "failed" else None)


def test_it_ignores_callbacks_that_are_not_its_own(database: Database, box: Outbox, clock: SetClock) -> None:
    waiting = promise(database, clock, "code:0")
    assert not note(database, waiting, "delivered")
    assert not note(database, "0" * 32, "delivered")
    sent = promise(database, clock, "code:1")
    box.deliver(sent)
    assert not note(database, sent, "delivered", sid="SM-other")
    assert not note(database, sent, "teleported")
    assert not note(database, sent, "queued")


def test_it_finds_the_newest_message_to_a_phone(database: Database, box: Outbox, clock: SetClock) -> None:
    promise(database, clock, "code:0")
    clock.move(timedelta(seconds=1))
    newest = promise(database, clock, "code:1")
    with database.reading() as conn:
        row = latest_to(conn, PHONE)
        assert latest_to(conn, "+79990000000") is None
    assert row is not None
    assert row.id == newest


def test_it_writes_nothing_personal_to_the_log(
    database: Database, box: Outbox, provider: Provider, clock: SetClock
) -> None:
    def blow_up(sms: Sms) -> Sent:
        raise RuntimeError(f"{sms.to} {sms.body}")

    with structlog.testing.capture_logs() as events:
        box.attend(promise(database, clock, "code:0"))
        provider.answer = blow_up
        message_id = promise(database, clock, "code:1")
        box.attend(message_id)
        clock.move(timedelta(minutes=11))
        for due in box.sweep():
            box.attend(due)
    assert stored(database, message_id).error in ("gateway_failed", "lost")
    assert len(events) >= 3
    assert not any(secret in str(events) for secret in (PHONE, PHONE[2:], "123456"))
