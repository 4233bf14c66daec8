import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from ivr.errors import HotlineError, SettingsError
from ivr.store.db import Database, StoreError, StoreUnavailable
from ivr.store.schema import metadata
from ivr.store.tables import cards


def test_it_is_at_head_after_migrating(database: Database) -> None:
    assert database.at_head()
    database.ping()
    database.migrate()
    assert database.at_head()


def test_it_is_not_at_head_before_migrating(tmp_path: Path) -> None:
    assert not Database(f"sqlite:///{tmp_path}/empty.db").at_head()


def test_it_makes_the_folder_of_a_sqlite_file(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/a/b/hotline.db")
    db.migrate()
    assert (tmp_path / "a/b/hotline.db").exists()


def test_it_keeps_sqlite_durable_and_strict(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path}/hotline.db").reading() as conn:
        found = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_it_rolls_back_on_an_exception(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as conn:
            conn.execute(insert(cards), {"number": "1", "status": "issued", "balance": 0})
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with database.reading() as conn:
        assert conn.execute(select(cards.c.number)).all() == []


def test_it_lets_writers_wait_their_turn(database: Database) -> None:
    with database.transaction() as conn:
        conn.execute(insert(cards), {"number": "1", "status": "issued", "balance": 0})

    def add_one() -> None:
        for _ in range(10):
            with database.transaction() as conn:
                balance = conn.execute(select(cards.c.balance).with_for_update()).scalar_one()
                conn.execute(cards.update().values(balance=balance + 1))

    threads = [threading.Thread(target=add_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as conn:
        assert conn.execute(select(cards.c.balance)).scalar_one() == 80


def test_it_reads_while_another_thread_writes(database: Database) -> None:
    with database.transaction() as writing:
        writing.execute(insert(cards), {"number": "1", "status": "issued", "balance": 0})
        with database.reading() as reading:
            assert reading.execute(select(cards.c.number)).all() == []


def test_it_says_that_the_store_is_unavailable_when_sqlite_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.store.db.BUSY_SECONDS", 0.1)
    url = f"sqlite:///{tmp_path}/hotline.db"
    first, second = Database(url), Database(url)
    first.migrate()
    with first.transaction(), pytest.raises(StoreUnavailable, match="SQLITE_BUSY"), second.transaction():
        pass
    with first.transaction(), pytest.raises(StoreUnavailable, match="busy"), first.transaction():
        pass


def test_it_says_that_the_store_is_unavailable_when_nobody_answers() -> None:
    db = Database("postgresql+psycopg://somebody:hidden-word@127.0.0.1:1/hotline")
    before = time.monotonic()
    with pytest.raises(StoreUnavailable) as caught:
        db.ping()
    assert time.monotonic() - before < 3
    assert isinstance(caught.value, HotlineError)
    assert "DATABASE_URL" in str(caught.value)
    assert "hidden-word" not in str(caught.value)


def test_it_says_that_the_store_is_unavailable_when_the_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "hotline.db").write_text("these are no tables" * 100)
    with pytest.raises((StoreError, StoreUnavailable)):
        Database(f"sqlite:///{tmp_path}/hotline.db").ping()


def test_it_never_quotes_a_stored_value_in_an_error(database: Database) -> None:
    row = {"number": "4276051200020024", "status": "issued", "balance": 0, "name": "Мария"}
    with database.transaction() as conn:
        conn.execute(insert(cards), row)
    with pytest.raises(StoreError) as caught, database.transaction() as conn:
        conn.execute(insert(cards), row)
    assert "4276051200020024" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_it_bounds_a_statement_on_postgresql(postgresql_url: str) -> None:
    db = Database(postgresql_url)
    before = time.monotonic()
    with pytest.raises(StoreUnavailable, match="57014"), db.reading() as conn:
        conn.execute(text("SELECT pg_sleep(5)"))
    assert time.monotonic() - before < 2
    db.close()


def test_it_connects_again_when_postgresql_has_dropped_its_connections(postgresql_url: str) -> None:
    db, other = Database(postgresql_url), Database(postgresql_url)
    db.ping()
    with other.transaction() as conn:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        assert conn.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")).all()
    db.ping()
    db.close()
    other.close()


@pytest.mark.parametrize(
    "url", ["", "hotline.db", "mysql://a/b", "sqlite://", "sqlite:///:memory:", "postgresql+psycopg2://a/b"]
)
def test_it_refuses_an_address_that_it_cannot_serve(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        Database(url)


def test_it_refuses_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        Database(f"sqlite:///{tmp_path}/file/deeper/hotline.db")


def test_it_has_no_table_without_a_primary_key() -> None:
    assert all(table.primary_key.columns for table in metadata.tables.values())
