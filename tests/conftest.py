"""Fixtures that tests of several packages use: the two databases, Redis, the clock and the hotline's own facts.

PostgreSQL and Redis are the machine's own programs, started for the run on free loopback ports. Where one is not
installed, its tests are skipped and the end of the run says so.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from ivr.clock import SetClock
from ivr.hotline import Hotline, load_hotline
from ivr.settings import ROOT
from ivr.store.db import Database
from ivr.store.schema import metadata
from tests.once import keep

NOT_TESTED = "NOT TESTED"
# A busy machine is no defect: speed is measured by the bench, never by a test.
hypothesis.settings.register_profile("hotline", deadline=None)
hypothesis.settings.load_profile("hotline")
_configure = structlog.configure


def _configure_without_cache(**options: Any) -> None:
    """Tests look into logs, which they cannot once a logger is kept as an earlier test has set it up."""
    _configure(**options | {"cache_logger_on_first_use": False})


_EMPTIED = "; ".join(
    (
        *(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)),
        "SELECT setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences"
        " WHERE last_value IS NOT NULL",
    )
)
"""Thirty times as fast as TRUNCATE, which makes a new file of each table and index."""

structlog.configure = _configure_without_cache  # type: ignore[assignment]
keep()


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: a third of the time is waited for browsers, sockets and threads."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out for want of a program, once for each."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = {str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)}
    for reason in sorted(reason for reason in reasons if NOT_TESTED in reason):
        terminalreporter.write_line(reason.removeprefix("Skipped: "), yellow=True, bold=True)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 11, 24, 12, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def hotline() -> Hotline:
    return load_hotline(ROOT / "grammars" / "hotline.yaml")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty store with all its tables."""
    yield from empty_store(request.param, request, tmp_path)


def empty_store(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """What the fixture ``database`` yields; ``kind`` is ``sqlite`` or ``postgresql``."""
    if kind == "sqlite":
        db = Database(f"sqlite:///{tmp_path}/hotline.db")
        db.migrate()
    else:
        db = Database(request.getfixturevalue("postgresql_url"))
        with db.transaction() as conn:
            conn.execute(text(_EMPTIED))
    yield db
    db.close()


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL database of our own with all tables, on the server of ``DATABASE_URL`` or on one started here."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgresql"):
        yield from _own_database(given)
        return
    folder, binaries = Path(tempfile.mkdtemp(prefix="ivr-pg-")), _postgresql_binaries()
    try:
        yield from _own_database(_start_postgresql(folder, binaries))
    finally:
        _as_unprivileged([binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """An empty Redis, started here."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip(f"{NOT_TESTED}: Redis: redis-server is not installed (apt-get install redis-server)")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir()) as process:
        try:
            wait_for_port(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, seconds: float = 20.0) -> None:
    """Until somebody listens on a loopback port."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on port {port}")


def _own_database(server_url: str) -> Iterator[str]:
    server = make_url(server_url).set(drivername="postgresql+psycopg")
    name = f"ivr_tests_{secrets.token_hex(4)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    url = server.set(database=name).render_as_string(hide_password=False)
    db = Database(url)
    db.migrate()
    db.close()
    yield url
    with engine.connect() as conn:
        conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def _postgresql_binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip(f"{NOT_TESTED}: PostgreSQL: it is not installed (apt-get install postgresql)")
    return found[-1].parent


def _start_postgresql(folder: Path, binaries: Path) -> str:
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    port = free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off -c full_page_writes=off"
    data = folder / "data"
    _as_unprivileged([binaries / "initdb", "-D", data, "-U", "hotline", "-A", "trust", "-E", "UTF8", "--no-sync"])
    _as_unprivileged([binaries / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"])
    return f"postgresql+psycopg://hotline@127.0.0.1:{port}/postgres"


def _as_unprivileged(command: list[str | Path]) -> None:
    """PostgreSQL refuses to run as root."""
    user = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None
    subprocess.run(
        [str(part) for part in command],
        check=True,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        cwd=tempfile.gettempdir(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
    )
