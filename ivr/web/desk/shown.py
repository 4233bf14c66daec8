"""The line as the desk shows it, and moments as people read them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Flask

from ivr.store.desk_reads import calls_of_operators
from ivr.store.line import AHEAD, Place, live_places
from ivr.store.operators import list_operators
from ivr.web.context import DeskParts


@dataclass(frozen=True, slots=True)
class QueueRow:
    """Somebody in the line; nothing of it is personal."""

    place: Place
    position: int
    """From 1; 0 for who talks already."""
    title: str
    """Of the category; empty where none is known."""
    operator: str
    """Who talks, or is being rung, as colleagues read it."""


@dataclass(frozen=True, slots=True)
class Board:
    """The line and the people who work it."""

    rows: tuple[QueueRow, ...]
    waiting: int
    statuses: Mapping[str, int]
    """How many operators are in each status, ``off`` left out."""
    now: datetime


def read_board(parts: DeskParts) -> Board:
    """The line as it is now."""
    with parts.db.reading() as conn:
        places, staff, owners = live_places(conn), list_operators(conn), calls_of_operators(conn)
    names = {operator.name: operator.shown for operator in staff}
    has = {number: names.get(name, "") for name, number in owners.values()}
    ahead = [place.number for place in places if place.state in AHEAD]
    rows = tuple(
        QueueRow(
            place,
            ahead.index(place.number) + 1 if place.number in ahead else 0,
            parts.titles.get(place.category or "", ""),
            has.get(place.number, "") if place.state not in ("away", "waiting") else "",
        )
        for place in places
    )
    present = Counter[str](operator.status for operator in staff if operator.status != "off")
    return Board(rows, len(ahead), present, parts.clock.now())


def install_filters(web: Flask, parts: DeskParts) -> None:
    """Moments in templates: on the clock of the hotline's zone, and as seconds for scripts."""

    def clock(moment: datetime) -> str:
        return f"{moment.astimezone(parts.zone):%H:%M}"

    def day(moment: datetime) -> str:
        return f"{moment.astimezone(parts.zone):%d.%m.%Y}"

    def when(moment: datetime) -> str:
        today = moment.astimezone(parts.zone).date() == parts.clock.now().astimezone(parts.zone).date()
        return clock(moment) if today else f"{moment.astimezone(parts.zone):%d.%m %H:%M}"

    def passed(moment: datetime) -> str:
        return minutes(max(0, int((parts.clock.now() - moment).total_seconds())))

    def epoch(moment: datetime) -> int:
        return int(moment.timestamp())

    web.jinja_env.filters.update(clock=clock, day=day, when=when, passed=passed, epoch=epoch, minutes=minutes)


def minutes(seconds: int) -> str:
    """``4:05``; hours where there are any."""
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
