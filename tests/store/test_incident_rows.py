import threading
from datetime import UTC, datetime, timedelta

from ivr.store.db import Database
from ivr.store.incidents import (
    count_topics,
    first_topic_at,
    hold_incidents,
    insert_incident,
    list_incidents,
    note_topic,
    open_incidents,
    purge_topics,
)
from ivr.store.questionnaires import QuestionnaireChange, add_change, list_changes

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def open_one(database: Database) -> None:
    with database.transaction() as conn:
        hold_incidents(conn)
        insert_incident(conn, category="site", title="", say="Да.", opened_at=AT, expires_at=AT + HOUR)


def test_it_counts_incidents_also_when_many_open_at_once(database: Database) -> None:
    threads = [threading.Thread(target=open_one, args=(database,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as conn:
        assert [incident.number for incident in list_incidents(conn)] == [1, 2, 3, 4, 5]
        assert open_incidents(conn, AT + HOUR - MINUTE) == list_incidents(conn)
        assert open_incidents(conn, AT + HOUR) == []


def test_it_counts_a_call_once_for_each_thing_it_is_about(database: Database) -> None:
    with database.transaction() as conn:
        assert first_topic_at(conn) is None
        assert note_topic(conn, "CA1", "site", AT)
        assert not note_topic(conn, "CA1", "site", AT + MINUTE)
        assert note_topic(conn, "CA1", "points", AT + MINUTE)
        assert note_topic(conn, "CA2", "site", AT + HOUR)
        assert first_topic_at(conn) == AT
        assert count_topics(conn, [(AT, AT + HOUR)]) == {"site": 1, "points": 1}
        assert count_topics(conn, [(AT - HOUR, AT), (AT + HOUR, AT + 2 * HOUR)]) == {"site": 1}
        assert purge_topics(conn, AT + MINUTE) == 1
        assert first_topic_at(conn) == AT + MINUTE


def test_it_keeps_who_changed_what(database: Database) -> None:
    changes = [
        QuestionnaireChange("card", "phone", old, new, "caller", "CA1", AT)
        for old, new in ((None, "a" * 64), ("a" * 64, "b" * 64))
    ]
    with database.transaction() as conn:
        for change in changes:
            add_change(conn, change)
        assert list_changes(conn, "card") == changes
        assert list_changes(conn, "other") == []
