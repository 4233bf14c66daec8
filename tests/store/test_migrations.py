import threading

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from ivr.store.db import Database
from ivr.store.migrate import current_revision, downgrade, head_revision, upgrade
from ivr.store.schema import metadata


def test_it_makes_the_tables_that_the_program_names(database: Database) -> None:
    with database.reading() as conn:
        ours = {"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
        assert compare_metadata(MigrationContext.configure(conn, opts=ours), metadata) == []


def test_it_goes_down_and_up_again(database: Database) -> None:
    with database.transaction() as conn:
        downgrade(conn)
        assert not set(metadata.tables) & set(inspect(conn).get_table_names())
        upgrade(conn)
        assert current_revision(conn) == head_revision()
        assert set(metadata.tables) <= set(inspect(conn).get_table_names())


def test_it_migrates_once_when_replicas_start_together(database: Database) -> None:
    with database.transaction() as conn:
        downgrade(conn)
    errors: list[Exception] = []

    def start() -> None:
        replica = Database(database.url.render_as_string(hide_password=False))
        try:
            replica.migrate()
        except Exception as error:
            errors.append(error)
        replica.close()

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert database.at_head()
