"""What a test run makes once, since hundreds of tests need it and none changes it.

A hotline starts in a fifth of its time: what it reads from ``grammars/`` is frozen, and is read and checked once. A
new SQLite base gets the tables that the migrations have made once; PostgreSQL's is emptied anyway. Reading, checking
and migrating have tests of their own, which call what is kept here at its own place.
"""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import inspect

import ivr.application
from ivr.inbox import read_sms_words
from ivr.store.db import Database
from ivr.vocabulary import check_vocabulary, tell_unheard

_migrate = Database.migrate


def once(work: Callable[..., Any]) -> Callable[..., Any]:
    """``work`` that is done once for the same arguments: the very same objects, or equal texts, paths and numbers."""
    kept: list[tuple[tuple[object, ...], Any]] = []

    def done(*given: object) -> Any:
        for known, result in kept:
            if all(map(_same, known, given)):
                return result
        result = work(*given)
        kept.append((given, result))
        return result

    return done


def _same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, str | int | Path) and one == other)


def migrated(db: Database) -> None:
    """Instead of ``Database.migrate``: an SQLite base without tables of ours gets all of them at once."""
    if db.kind == "sqlite":
        with db.transaction() as conn:
            if not inspect(conn).has_table("alembic_version"):
                for statement in _tables():
                    conn.exec_driver_sql(statement)
                return
    _migrate(db)


@cache
def _tables() -> tuple[str, ...]:
    """What the migrations make of an empty base."""
    with tempfile.TemporaryDirectory(prefix="ivr-base-") as folder:
        db = Database(f"sqlite:///{folder}/empty.db")
        _migrate(db)
        with db.reading() as conn:
            driver: Any = conn.connection.driver_connection
            made = tuple(driver.iterdump())
        db.close()
    return tuple(statement for statement in made if statement not in ("BEGIN TRANSACTION;", "COMMIT;"))


def keep() -> None:
    """Let every test of this process have its share."""
    application: Any = ivr.application
    for work in (check_vocabulary, tell_unheard, read_sms_words):
        setattr(application, work.__name__, once(work))
    Database.migrate = migrated  # type: ignore[assignment,method-assign]
