"""How long the line is remembered. The phones of who waited are in it, so it is not for ever."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select

from ivr.store.tables import line_events, places

LINE_KEPT = timedelta(days=100)
"""As long as answers and topics: the reports compare months."""

_LAST = select(func.max(places.c.number)).scalar_subquery()
# The newest place stays whatever its age: the next number is counted on from it, and none is ever given again.
_PURGE_PLACES = delete(places).where(places.c.ended_at < bindparam("before"), places.c.number < _LAST)
_PURGE_EVENTS = delete(line_events).where(line_events.c.at < bindparam("before"))


def purge_line(conn: Connection, before: datetime) -> int:
    """Forget places that ended, with their offers, and events. Returns how many places and events."""
    values = {"before": before}
    return conn.execute(_PURGE_PLACES, values).rowcount + conn.execute(_PURGE_EVENTS, values).rowcount
