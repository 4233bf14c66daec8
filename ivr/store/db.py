"""The database: one address, two kinds. SQLite serves one machine; PostgreSQL serves any number of replicas.

StoreError            the store could not do what was asked; the text never holds a stored value
└── StoreUnavailable  it does not answer, is full, locked or not migrated; a mistake that a person can mend
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, func, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ivr.errors import HotlineError, SettingsError
from ivr.store.migrate import current_revision, head_revision, upgrade

BUSY_SECONDS = 5.0
"""How long a SQLite writer waits for another one, in this process or in a different one."""
STATEMENT_MILLISECONDS = 500
"""How long PostgreSQL may work on one statement: a caller waits for the answer."""
COUNTS_MILLISECONDS = 4000
"""How long PostgreSQL may wait for ``COUNTS``; Twilio waits 15 seconds for a webhook."""
CHECKPOINT_PAGES = 4000
"""Pages that the write-ahead log gathers before SQLite moves them to the file, 16 MB: a caller waits for the move."""
CONNECT_SECONDS = 2
"""How long a connection to PostgreSQL may take."""
POOL_SIZE = 16
"""Connections kept open; as many again may be opened for a while."""

COUNTS = "counts"
"""Held by whatever numbers rows or keeps an order: one name, for a step may do two such things, in either order."""

_SET_PATIENCE = select(func.set_config("statement_timeout", bindparam("milliseconds"), True))
_LOCK = select(func.pg_advisory_xact_lock(bindparam("key")))


class StoreError(Exception):
    """The store could not do what was asked."""


class StoreUnavailable(StoreError, HotlineError):
    """The store does not answer. A webhook answers with TwiML that needs no store."""


class Database:
    """Connections and transactions on SQLite or PostgreSQL.

    ``url`` is a SQLAlchemy address, ``sqlite:///var/hotline.db`` or ``postgresql+psycopg://user@host/name``.
    Raises ``SettingsError`` for an address that cannot be read; nothing is opened before the first use.
    """

    def __init__(self, url: str) -> None:
        self.url = _read_url(url)
        self._is_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = _open_sqlite(self.url) if self._is_sqlite else _open_postgresql(self.url)
        self._queue: AbstractContextManager[object] = _Queue() if self._is_sqlite else nullcontext()
        self._kept: Connection | None = None

    @property
    def kind(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.url.get_backend_name()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that may write; committed at the end, rolled back on an exception. Not to be nested.

        Raises ``StoreUnavailable`` or ``StoreError``.
        """
        with _translated(), self._queue, self._writing() as conn:
            yield conn

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads; never waits for a writer. Raises as ``transaction`` does."""
        with _translated(), self._engine.connect() as conn:
            if self._is_sqlite:
                conn.exec_driver_sql("BEGIN")
            yield conn

    def migrate(self) -> None:
        """Bring the tables to the newest revision. Replicas that start together wait for one another."""
        with self.transaction() as conn:
            if not self._is_sqlite:
                conn.execute(text("SET LOCAL statement_timeout = 0"))
                lock_names(conn, "migrate")
            upgrade(conn)

    def at_head(self) -> bool:
        """True when the tables are of the newest revision."""
        with self.reading() as conn:
            return current_revision(conn) == head_revision()

    def ping(self) -> None:
        """Ask the database for an answer; raises ``StoreUnavailable`` where none comes."""
        with self.reading() as conn:
            conn.execute(text("SELECT 1"))

    def settle(self) -> None:
        """Move SQLite's write-ahead log into the file and empty it: what was deleted is then in neither of the two."""
        if self._is_sqlite:
            with _translated(), self._queue, self._engine.connect() as conn:
                conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection that is not in use."""
        with self._queue:
            if self._kept is not None:
                self._kept.close()
        self._engine.dispose()

    def _writing(self) -> AbstractContextManager[Connection]:
        return self._writing_in_turn() if self._is_sqlite else self._engine.begin()

    @contextmanager
    def _writing_in_turn(self) -> Iterator[Connection]:
        """SQLite has one writer at a time, so one connection is kept for all: to take one out costs two statements."""
        if self._kept is None or self._kept.closed:
            self._kept = self._engine.connect()
        with self._kept.begin():
            self._kept.exec_driver_sql("BEGIN IMMEDIATE")
            yield self._kept


def lock_names(conn: Connection, *names: str) -> bool:
    """Hold these names to the end of the transaction, so that what is counted under them cannot change meanwhile.

    Name all of a transaction's at once: they are taken in one order, lest two transactions wait for each other.
    False on SQLite, where nothing had to be waited for: there a transaction is the only writer from its beginning.
    PostgreSQL is told a hash: statements may be logged.
    """
    if conn.dialect.name != "postgresql":
        return False
    for key in sorted(_lock_key(name) for name in set(names)):
        conn.execute(_LOCK, {"key": key})
    return True


def hold_counts(conn: Connection) -> None:
    """Hold ``COUNTS`` to the end of the transaction, and wait for it for longer than one statement may take.

    All callers on hold ask for music within the same half minute: at its worst each of them waits for the others.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(_SET_PATIENCE, {"milliseconds": str(COUNTS_MILLISECONDS)})
        lock_names(conn, COUNTS)
        conn.execute(_SET_PATIENCE, {"milliseconds": str(STATEMENT_MILLISECONDS)})


def be_patient(conn: Connection, seconds: int) -> None:
    """Let PostgreSQL work so long on each statement from here to the end of the transaction: no caller waits for it."""
    if conn.dialect.name == "postgresql":
        conn.execute(_SET_PATIENCE, {"milliseconds": str(seconds * 1000)})


def _lock_key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


class _Queue:
    """Lets threads of this process write to SQLite in turn: a woken thread is cheaper than polling a busy file."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise StoreUnavailable("The database is busy: another transaction has not ended for 5 seconds.")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


@contextmanager
def _translated() -> Iterator[None]:
    """Database errors to our own. The driver's text stays behind: PostgreSQL quotes stored values in it."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise StoreUnavailable(
            f"The database does not answer ({_kind_of(error)}): start it, or correct DATABASE_URL."
        ) from None
    except DBAPIError as error:
        raise StoreError(f"The database refused a statement ({_kind_of(error)}).") from None


def _kind_of(error: Exception) -> str:
    original = getattr(error, "orig", None)
    code = getattr(original, "sqlstate", None) or getattr(original, "sqlite_errorname", None)
    name = type(original or error).__name__
    return f"{name} {code}" if code else name


def _read_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"):
        raise SettingsError(
            "Setting DATABASE_URL: write sqlite:///var/hotline.db or postgresql+psycopg://user:password@host/name."
        )
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.database in (None, "", ":memory:"):
        raise SettingsError("Setting DATABASE_URL: name a file, such as sqlite:///var/hotline.db.")
    return parsed


def _open_sqlite(url: URL) -> Engine:
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"Setting DATABASE_URL: the folder {folder} cannot be made ({error.strerror}); name another one."
        ) from error
    engine = _engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _open_postgresql(url: URL) -> Engine:
    options = f"-c statement_timeout={STATEMENT_MILLISECONDS} -c idle_in_transaction_session_timeout=10000"
    # A server that fell silent is given up by the kernel; without this a request would wait for minutes.
    silence = {"tcp_user_timeout": CONNECT_SECONDS * 1000, "connect_timeout": CONNECT_SECONDS}
    return _engine(url, pool_pre_ping=True, connect_args={"options": options, **silence})


def _engine(url: URL, **more: object) -> Engine:
    return create_engine(
        url,
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
        hide_parameters=True,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=CONNECT_SECONDS,
        **more,
    )


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    connection.execute("PRAGMA foreign_keys=ON")
    # What is deleted is overwritten; a step that rewrites its call takes no longer by it.
    connection.execute("PRAGMA secure_delete=ON")
