"""What is done after a step: Huey runs the outbox, in this process or in one of its own.

Huey's queue only says *now*: what is to be done stands in the outbox, so a lost job costs a minute, not a message. Jobs
hold ids, never phones or texts, and are signed, for Huey unpickles what it finds.
"""

import signal
import threading
from typing import Any

import structlog
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

from ivr.clock import Clock
from ivr.codes import CodeDesk
from ivr.errors import SettingsError
from ivr.line.legs import Ringing
from ivr.outbox import Outbox, SmsGateway
from ivr.retention import Retention
from ivr.settings import Settings
from ivr.store.db import Database
from ivr.watch import Watch

THREADS = 2
"""One waits for Twilio while the other takes the next message."""
POLL_SECONDS = 0.1
"""How often an idle thread looks into a queue that cannot wake it (SQLite); one select costs 20 microseconds."""
STOP_SECONDS = 12.0
"""A message that is being handed over gets this long to end."""
REDIS_SECONDS = 1.5
"""How long Redis may be silent: a caller may be waiting. Longer than the second that an idle thread listens for."""

_log = structlog.get_logger(__name__)


class Worker:
    """The jobs, and the threads that do them."""

    def __init__(
        self,
        huey: Huey,
        outbox: Outbox,
        db: Database,
        clock: Clock,
        *,
        watch: Watch | None = None,
        ringing: Ringing | None = None,
        retention: Retention | None = None,
        codes: CodeDesk | None = None,
    ) -> None:
        self._outbox = outbox
        self._watch = watch
        self._ringing = ringing
        self._retention = retention
        self._codes = codes
        self._db = db
        self._clock = clock
        self._huey = huey
        self._closing = threading.Lock()
        self._attend = huey.task(name="attend")(self._run_attend)
        self._sweep = huey.task(name="sweep")(self._run_sweep)
        self._ring = huey.task(name="ring")(self._run_ring)
        self._hang_up = huey.task(name="hang_up")(self._run_hang_up)
        huey.periodic_task(crontab(minute="*"), name="sweep_each_minute")(self._run_sweep)
        huey.periodic_task(crontab(minute="*"), name="watch_each_minute")(self._run_watch)
        huey.periodic_task(crontab(minute="*"), name="codes_each_minute")(self._run_codes)
        huey.periodic_task(crontab(minute="17"), name="forget_each_hour")(self._run_forget)
        # PostgreSQL's queue opens a connection for each thread and would leave it to the garbage collector.
        huey.on_shutdown(name="close")(self._close_storage)
        self._consumer: Consumer | None = None

    def deliver_soon(self, outbox_id: str | None) -> None:
        """Ask for a message to be sent now; call it after the commit. Never raises: the sweep finds what it missed."""
        if outbox_id is None:
            return
        try:
            self._attend(outbox_id)
        except Exception as error:
            _log.warning("job_not_queued", outbox_id=outbox_id, error=type(error).__name__)

    def ring_soon(self, offer_id: str) -> None:
        """Ask for an operator to be rung now; call it after the commit. Never raises: the line's sweep asks again."""
        try:
            self._ring(offer_id)
        except Exception as error:
            _log.warning("job_not_queued", offer=offer_id, error=type(error).__name__)

    def hang_up_soon(self, leg_sid: str) -> None:
        """Ask for an operator's leg to be hung up now. Never raises: who picks it up hears that it is too late."""
        try:
            self._hang_up(leg_sid)
        except Exception as error:
            _log.warning("job_not_queued", leg=leg_sid, error=type(error).__name__)

    def start(self) -> None:
        """Work in threads of this process, which keeps its own signal handlers."""
        if self._consumer is None:
            self._consumer = _QuietConsumer(self._huey, **_consumer_options())
            self._consumer.start()
            self._sweep_soon()

    def stop(self) -> None:
        """End the threads; what is being sent is finished first."""
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
            self._consumer = None
        self._close_storage()

    def _close_storage(self) -> None:
        """Each thread closes what is its own. Huey's SQLite storage fails where two of them do so at once."""
        with self._closing:
            self._huey.storage.close()

    def run_forever(self) -> None:
        """Be a process of its own: works until SIGTERM or SIGINT, then finishes what is being sent."""
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        self.start()
        stopping.wait()
        self.stop()

    def sweep(self) -> int:
        """Put right what crashes have left and queue what is due. Returns how many jobs were queued."""
        due = self._outbox.sweep()
        for outbox_id in due:
            self._attend(outbox_id)
        return len(due)

    def _sweep_soon(self) -> None:
        try:
            self._sweep()
        except Exception as error:
            _log.warning("job_not_queued", error=type(error).__name__)

    def _run_attend(self, outbox_id: str) -> None:
        pause = self._outbox.attend(outbox_id)
        if pause is not None:
            self._attend.schedule(args=(outbox_id,), delay=pause.total_seconds())

    def _run_ring(self, offer_id: str) -> None:
        if self._ringing is not None:
            self._ringing.ring(offer_id)

    def _run_hang_up(self, leg_sid: str) -> None:
        if self._ringing is not None:
            self._ringing.hang_up(leg_sid)

    def _run_sweep(self) -> None:
        self.sweep()

    def _run_watch(self) -> None:
        if self._watch is not None:
            self._watch.look()

    def _run_codes(self) -> None:
        if self._codes is not None:
            with self._db.transaction() as conn:
                self._codes.tend(conn)

    def _run_forget(self) -> None:
        if self._retention is not None:
            self._retention.apply()


class _QuietConsumer(Consumer):  # type: ignore[misc]
    """Huey's consumer without its signal handlers: the web server in this process has its own."""

    def _set_signal_handlers(self) -> None:
        pass


def build_worker(
    settings: Settings,
    db: Database,
    gateway: SmsGateway,
    clock: Clock,
    *,
    watch: Watch | None = None,
    ringing: Ringing | None = None,
    retention: Retention | None = None,
    codes: CodeDesk | None = None,
) -> Worker:
    """Make the worker that these settings ask for; nothing runs yet.

    ``watch`` None: nobody looks for rising calls; ``ringing`` None: nobody rings operators; ``retention`` None: nothing
    is forgotten; ``codes`` None: nobody tends the codes.
    Jobs wait in Redis where ``REDIS_URL`` is set, else in PostgreSQL where that is the database, else in a SQLite file
    beside the database. Raises ``SettingsError`` or ``StoreUnavailable``.
    """
    outbox = Outbox(db, gateway, clock, settings.public_base_url)
    queue = _open_queue(settings, db)
    return Worker(queue, outbox, db, clock, watch=watch, ringing=ringing, retention=retention, codes=codes)


def _open_queue(settings: Settings, db: Database) -> Huey:
    serializer = SignedSerializer(secret=settings.secret_key.get_secret_value(), salt="hotline-jobs")
    common: dict[str, Any] = {"name": "hotline", "results": False, "serializer": serializer}
    if settings.redis_url:
        return _open_redis(settings.redis_url, common)
    # Huey opens its tables at once; a database that is down is told of in our own words.
    db.ping()
    if db.kind == "postgresql":
        dsn = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresHuey(dsn=dsn, table_prefix="jobs", **common)
    return SqliteHuey(filename=f"{db.url.database}-jobs", **common)


def _open_redis(url: str, common: dict[str, Any]) -> Huey:
    try:
        pool = ConnectionPool.from_url(
            url, socket_connect_timeout=REDIS_SECONDS, socket_timeout=REDIS_SECONDS, retry=Retry(NoBackoff(), 1)
        )
    except ValueError as error:
        raise SettingsError("Setting REDIS_URL: write it like redis://localhost:6379/0.") from error
    return RedisHuey(connection_pool=pool, **common)


def _consumer_options() -> dict[str, Any]:
    return {
        "workers": THREADS,
        "initial_delay": POLL_SECONDS,
        "backoff": 1.0,
        "max_delay": POLL_SECONDS,
        "shutdown_timeout": STOP_SECONDS,
    }
