"""The reports of a hotline, as the pages under ``/reports`` and the command ``reports`` ask for them."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.clock import Clock
from ivr.reports.ledger import Ledger, ReportGround
from ivr.reports.pages import CHARTS, PAGES, TABLES
from ivr.reports.period import Period, last_days, read_period, today
from ivr.reports.source import reading
from ivr.reports.staffing import Staffing
from ivr.reports.tables import Table
from ivr.reports.wallboard import Group, Wallboard, look
from ivr.reports.words import ReportWords
from ivr.store.db import Database

BOARD_FRESH = timedelta(seconds=1)
"""How old a wallboard may be: any number of supervisors costs no more than one."""
CHART_FRESH = timedelta(minutes=1)
CHARTS_KEPT = 24


class Reports:
    """Safe to use from several threads. Methods raise ``ivr.store.db.StoreError`` where the database fails."""

    def __init__(self, db: Database, clock: Clock, ground: ReportGround) -> None:
        self._db = db
        self._clock = clock
        self._ground = ground
        self._looking = threading.Lock()
        self._board: Wallboard | None = None
        self._charts = _Kept()

    @property
    def words(self) -> ReportWords:
        return self._ground.words

    @property
    def zone(self) -> ZoneInfo:
        return self._ground.schedule.working.zone

    def period(self, first: str = "", last: str = "") -> Period:
        """The days that an address names; none: the last week. Raises ``PeriodError``."""
        most = self._ground.rules.most_days
        return read_period(first, last, now=self._clock.now(), zone=self.zone, most_days=most)

    def last_days(self, days: int) -> Period:
        """So many days, today included."""
        return last_days(self._clock.now(), self.zone, days)

    def wallboard(self) -> Wallboard:
        """The present state, a second old at most."""
        with self._looking:
            now = self._clock.now()
            if self._board is None or not self._board.at <= now < self._board.at + BOARD_FRESH:
                with reading(self._db) as conn:
                    day = today(now, self.zone)
                    paused = self._ground.codes_paused(conn, now)
                    self._board = look(conn, day, now, self._ground.slots(), self._ground.rules, codes_paused=paused)
            return self._board

    def groups(self, page: str, period: Period) -> tuple[Group, ...]:
        """The figures of a page. Raises ``KeyError`` for one that is not there."""
        make = PAGES[page].groups
        with self._ledger(period) as ledger:
            return make(ledger)

    def table(self, name: str, period: Period) -> Table:
        """Raises ``KeyError`` for one that is not there."""
        make = TABLES[name]
        with self._ledger(period) as ledger:
            return make(ledger)

    def chart(self, name: str, period: Period) -> bytes:
        """A PNG, a minute old at most. Raises ``KeyError`` for one that is not there."""
        read = CHARTS[name]
        now = self._clock.now()
        kept = self._charts.find(name, period, now)
        if kept is None:
            with self._ledger(period) as ledger:
                draw = read(ledger)
            kept = draw()
            self._charts.keep(name, period, now, kept)
        return kept

    def staffing(self) -> Staffing:
        """The coming week."""
        with self._ledger(today(self._clock.now(), self.zone)) as ledger:
            return ledger.staffing()

    @contextmanager
    def _ledger(self, period: Period) -> Iterator[Ledger]:
        with reading(self._db) as conn:
            yield Ledger(conn, self._ground, period, self._clock.now())


class _Kept:
    """Charts that were drawn a moment ago: a page that is loaded again costs no drawing."""

    def __init__(self) -> None:
        self._charts: OrderedDict[tuple[str, Period], tuple[datetime, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, name: str, period: Period, now: datetime) -> bytes | None:
        with self._lock:
            drawn_at, png = self._charts.get((name, period), (None, b""))
            return png if drawn_at is not None and drawn_at <= now < drawn_at + CHART_FRESH else None

    def keep(self, name: str, period: Period, now: datetime, png: bytes) -> None:
        with self._lock:
            self._charts[name, period] = now, png
            self._charts.move_to_end((name, period))
            while len(self._charts) > CHARTS_KEPT:
                self._charts.popitem(last=False)
