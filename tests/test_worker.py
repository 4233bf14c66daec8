import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from huey import PostgresHuey, RedisHuey, SqliteHuey
from sqlalchemy import text
from structlog.testing import capture_logs

from ivr.clock import SetClock, SystemClock
from ivr.errors import SettingsError
from ivr.hotline import Hotline
from ivr.line.desk import line_desk
from ivr.line.legs import Leg, Ringing
from ivr.line.service import Line
from ivr.outbox import Ambiguous, ListedSms, Refused, Sent, Sms, enqueue_sms
from ivr.retention import Retention, rules_of
from ivr.settings import Settings, load_settings
from ivr.store.calls import find_token, remember_token
from ivr.store.db import Database, StoreUnavailable
from ivr.store.incidents import note_topic
from ivr.store.line import ringing_offers
from ivr.store.operators import Operator, add_operator
from ivr.store.outbox import find_message
from ivr.watch import Watch
from ivr.worker import Worker, build_worker
from tests.conftest import empty_store

PHONE = "+79160000102"


class Provider:
    """Takes every message; ``answers`` are given first."""

    def __init__(self) -> None:
        self.taken: list[Sms] = []
        self.answers: list[Refused | Ambiguous] = []
        self.listed: tuple[ListedSms, ...] = ()
        self.threads: set[str] = set()

    def send(self, sms: Sms) -> Sent | Refused | Ambiguous:
        self.threads.add(threading.current_thread().name)
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(sms)
        return Sent(f"SM{len(self.taken)}", "queued")

    def list_to(self, _to: str) -> tuple[ListedSms, ...]:
        return self.listed


def settings_for(database: Database, **more: str) -> Settings:
    return load_settings(
        database_url=database.url.render_as_string(hide_password=False),
        public_base_url="http://127.0.0.1:8000",
        secret_key="s" * 32,
        **more,
    )


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture(params=["sqlite", "postgresql", "sqlite and redis"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Each place that the queue may have: beside the database, in it, and in Redis."""
    yield from empty_store(request.param.split()[0], request, tmp_path)


@pytest.fixture
def worker(request: pytest.FixtureRequest, database: Database, provider: Provider) -> Iterator[Worker]:
    in_redis = request.node.callspec.params["database"].endswith("redis")
    more = {"redis_url": request.getfixturevalue("redis_url")} if in_redis else {}
    worker = build_worker(settings_for(database, **more), database, provider, SystemClock())
    worker._huey.storage.flush_all()
    yield worker
    worker.stop()


def promise(database: Database, key: str = "code:1") -> str:
    with database.transaction() as conn:
        return enqueue_sms(conn, key, PHONE, "Код: 123456.", at=datetime.now(UTC))


def state(database: Database, message_id: str) -> str | None:
    with database.reading() as conn:
        row = find_message(conn, message_id)
    return row.state if row else None


def eventually(happens: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_it_sends_a_message_within_a_second(worker: Worker, database: Database, provider: Provider) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    worker.start()
    assert {number: signal.getsignal(number) for number in before} == before
    message_id = promise(database)
    started = time.monotonic()
    worker.deliver_soon(message_id)
    worker.deliver_soon(message_id)
    eventually(lambda: state(database, message_id) == "sent")
    assert time.monotonic() - started < 1
    assert len(provider.taken) == 1
    assert threading.current_thread().name not in provider.threads


def test_it_takes_up_what_a_crash_left_behind(worker: Worker, database: Database, provider: Provider) -> None:
    message_id = promise(database)
    worker.start()
    eventually(lambda: state(database, message_id) == "sent")
    assert len(provider.taken) == 1


def test_it_comes_back_to_a_message_that_was_refused_for_now(
    worker: Worker, database: Database, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.outbox.FIRST_PAUSE", timedelta(seconds=0.1))
    provider.answers = [Refused(20429, permanent=False)]
    message_id = promise(database)
    worker.start()
    worker.deliver_soon(message_id)
    eventually(lambda: state(database, message_id) == "sent")
    assert len(provider.taken) == 1


def test_it_looks_up_a_message_whose_sender_died(worker: Worker, database: Database, provider: Provider) -> None:
    message_id = promise(database)
    long_ago = datetime.now(UTC) - timedelta(minutes=2)
    provider.listed = (ListedSms("SM9", "delivered", None, long_ago),)
    with database.transaction() as conn:
        conn.execute(
            text("UPDATE outbox SET state = 'sending', attempts = 1, sent_at = :at, updated_at = :at"),
            {"at": long_ago.replace(tzinfo=None) if database.kind == "sqlite" else long_ago},
        )
    worker.start()
    eventually(lambda: state(database, message_id) == "delivered")
    assert provider.taken == []


def test_it_finds_nothing_to_do_for_a_decoy(worker: Worker, database: Database, provider: Provider) -> None:
    worker.start()
    worker.deliver_soon("0" * 32)
    worker.deliver_soon(None)
    message_id = promise(database)
    worker.deliver_soon(message_id)
    eventually(lambda: state(database, message_id) == "sent")
    assert len(provider.taken) == 1


def test_it_stops_after_the_message_in_hand(worker: Worker, database: Database, provider: Provider) -> None:
    sending, go_on = threading.Event(), threading.Event()

    def slow(sms: Sms) -> Sent:
        sending.set()
        assert go_on.wait(5)
        return Sent("SM1", "queued")

    provider.send = slow  # type: ignore[method-assign]
    message_id = promise(database)
    worker.start()
    assert sending.wait(5)
    stopping = threading.Thread(target=worker.stop)
    stopping.start()
    go_on.set()
    stopping.join(5)
    assert not stopping.is_alive()
    assert state(database, message_id) == "sent"


def test_it_starts_again_after_stopping(worker: Worker, database: Database, provider: Provider) -> None:
    worker.start()
    worker.stop()
    worker.start()
    message_id = promise(database)
    worker.deliver_soon(message_id)
    eventually(lambda: state(database, message_id) == "sent")


def test_it_keeps_no_phone_or_text_in_its_queue(worker: Worker, database: Database) -> None:
    worker.deliver_soon(promise(database))
    queued = b"".join(bytes(item) for item in worker._huey.storage.enqueued_items())
    assert queued
    assert not any(secret in queued for secret in (PHONE.encode(), b"123456", "Код".encode()))


def test_it_runs_no_job_that_somebody_else_wrote(worker: Worker, tmp_path: Path) -> None:
    target = tmp_path / "written"
    evil = b"cposix\nsystem\n(S'touch " + str(target).encode() + b"'\ntR."
    worker._huey.storage.enqueue(evil)
    worker._huey.storage.enqueue(evil + b":" + b"0" * 40)
    worker.start()
    eventually(lambda: worker._huey.storage.queue_size() == 0)
    worker.stop()
    assert not target.exists()


def test_it_forgets_once_an_hour_what_was_kept_for_long_enough(
    database: Database, provider: Provider, hotline: Hotline
) -> None:
    with database.transaction() as conn:
        for name, days in (("old", 3), ("new", 1)):
            remember_token(conn, name, call_sid="CA1", step=1, at=datetime.now(UTC) - timedelta(days=days))
    retention = Retention(database, rules_of(hotline), SystemClock())
    worker = build_worker(settings_for(database), database, provider, SystemClock(), retention=retention)
    assert "forget_each_hour" in {task.name for task in worker._huey._registry.periodic_tasks}
    worker._run_forget()
    worker.stop()
    with database.reading() as conn:
        assert find_token(conn, "old") is None
        assert find_token(conn, "new") is not None


def test_it_keeps_its_queue_where_the_settings_say(database: Database, provider: Provider, redis_url: str) -> None:
    own = build_worker(settings_for(database), database, provider, SystemClock())
    assert isinstance(own._huey, SqliteHuey if database.kind == "sqlite" else PostgresHuey)
    redis = build_worker(settings_for(database, redis_url=redis_url), database, provider, SystemClock())
    assert isinstance(redis._huey, RedisHuey)
    own.stop()
    redis.stop()


def test_it_goes_on_when_the_queue_is_down(database: Database, provider: Provider) -> None:
    worker = build_worker(settings_for(database, redis_url="redis://127.0.0.1:1/0"), database, provider, SystemClock())
    started = time.monotonic()
    worker.deliver_soon(promise(database))
    assert time.monotonic() - started < 1
    worker.stop()


def test_it_bears_with_a_redis_that_does_not_answer(
    database: Database, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.worker.REDIS_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"redis://127.0.0.1:{mute.getsockname()[1]}/0"
        worker = build_worker(settings_for(database, redis_url=url), database, provider, SystemClock())
        started = time.monotonic()
        worker.deliver_soon("0" * 32)
        assert time.monotonic() - started < 1
        worker.stop()


def test_it_says_that_the_store_is_unavailable(provider: Provider) -> None:
    db = Database("postgresql+psycopg://nobody@127.0.0.1:1/hotline")
    with pytest.raises(StoreUnavailable, match="DATABASE_URL"):
        build_worker(settings_for(db), db, provider, SystemClock())


def test_it_refuses_an_address_of_redis_that_it_cannot_read(database: Database, provider: Provider) -> None:
    with pytest.raises(SettingsError, match="REDIS_URL"):
        build_worker(settings_for(database, redis_url="localhost"), database, provider, SystemClock())


PROCESS = """
import sys
from ivr.clock import SystemClock
from ivr.outbox import Sent
from ivr.settings import load_settings
from ivr.store.db import Database, StoreUnavailable
from ivr.worker import build_worker

class Provider:
    def send(self, sms):
        return Sent("SM1", "queued")

settings = load_settings(database_url=sys.argv[1], public_base_url="http://127.0.0.1:1", secret_key="s" * 32)
build_worker(settings, Database(sys.argv[1]), Provider(), SystemClock()).run_forever()
"""


def test_it_works_in_a_process_of_its_own_until_it_is_told_to_stop(database: Database) -> None:
    message_id = promise(database)
    url = database.url.render_as_string(hide_password=False)
    environment = os.environ | {"PYTHONPATH": os.getcwd()}
    with subprocess.Popen([sys.executable, "-c", PROCESS, url], env=environment) as process:
        eventually(lambda: state(database, message_id) == "sent", seconds=20)
        process.terminate()
        assert process.wait(15) == 0


class Phones:
    """Takes every call to an operator."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self.hung_up: list[str] = []

    def call(self, leg: Leg) -> str | None:
        self.rung.append(leg.to)
        return "CAleg"

    def hang_up(self, sid: str) -> bool:
        self.hung_up.append(sid)
        return True


def test_it_rings_operators_and_hangs_them_up(database: Database, provider: Provider, hotline: Hotline) -> None:
    clock, phones = SetClock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC)), Phones()
    desk = line_desk(hotline, ZoneInfo("Europe/Moscow"), clock)
    ringing = Ringing(database, desk, phones, "https://voice.example.ru")
    worker = build_worker(settings_for(database), database, provider, clock, ringing=ringing)
    line = Line(database, desk, worker.ring_soon, worker.hang_up_soon)
    anna = Operator("anna", "Анна", "operator", None, None, None, "browser", "off", clock.now(), None)
    with database.transaction() as conn:
        add_operator(conn, anna)
        desk.join(conn, "CA1", PHONE, None)
    worker.start()
    assert line.set_status(anna, "ready")
    line.on_hold("CA1")
    eventually(lambda: phones.rung == ["client:anna"])
    eventually(lambda: leg_known(database))
    line.left("CA1")
    eventually(lambda: phones.hung_up == ["CAleg"])
    worker.stop()


def leg_known(database: Database) -> bool:
    with database.reading() as conn:
        return any(offer.leg_sid == "CAleg" for offer in ringing_offers(conn))


def test_it_looks_for_rising_calls(database: Database, provider: Provider, hotline: Hotline) -> None:
    now = datetime.now(UTC)
    with database.transaction() as conn:
        note_topic(conn, "CA1", "site", now - timedelta(days=1))
        for number in range(2, 16):
            note_topic(conn, f"CA{number}", "site", now - timedelta(minutes=1))
    watch = Watch(database, hotline.incidents, SystemClock())
    worker = build_worker(settings_for(database), database, provider, SystemClock(), watch=watch)
    with capture_logs() as logs:
        worker._run_watch()
    worker.stop()
    assert [(log["event"], log["calls"]) for log in logs] == [("incident_suggested", 14)]
