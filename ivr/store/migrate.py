"""Alembic, driven from here: there is no ``alembic.ini``, for the address is a setting."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(conn: Connection, revision: str = "head") -> None:
    """Run the revisions that are missing, inside the caller's transaction."""
    command.upgrade(_config(conn), revision)


def downgrade(conn: Connection, revision: str = "base") -> None:
    """Take revisions back, inside the caller's transaction. Data of dropped tables is lost."""
    command.downgrade(_config(conn), revision)


def current_revision(conn: Connection) -> str | None:
    """The revision of these tables; None where there are none."""
    return MigrationContext.configure(conn).get_current_revision()


@cache
def head_revision() -> str | None:
    """The newest revision that this program knows."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _config(conn: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    return config
