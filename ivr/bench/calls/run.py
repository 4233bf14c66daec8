"""The call bench: starts a hotline or finds one, gives the callers their cards, and measures until they are done."""

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from prometheus_client.parser import text_string_to_metric_families

from ivr.bench.calls.callers import SETTLE_SECONDS, WARM_UP_SECONDS, Load, run_callers, script_for
from ivr.bench.calls.people import Wanted, person, write_cards
from ivr.bench.calls.report import Buckets, CallsReport
from ivr.bench.calls.script import Script, load_scripts
from ivr.bench.calls.tally import Tally, lost_calls
from ivr.bench.gauge import Cost, Gauge
from ivr.bench.served import Served, database_file, listening_at, local_hotline_served
from ivr.bench.webhooks import WebhookReport, bench_webhooks
from ivr.content import GRAMMARS
from ivr.errors import HotlineError
from ivr.settings import LOOPBACK, Settings, load_settings
from ivr.slots import load_slot_types
from ivr.store.cards import import_cards
from ivr.store.db import Database

LOOK_SECONDS = 0.25
SPARE_STREAMS = 4
SHORTEST_CALL_SECONDS = 15.0
"""No script is shorter: so many cards are enough."""
OWN_SEED = 1
"""A hotline of the bench's own knows nobody yet, so that its callers may be the same in every run."""
LAG = "ivr_stream_lag_seconds"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for."""

    concurrency: int
    minutes: float
    scenarios: tuple[Path, ...]
    url: str
    """A running hotline without an account that reads the same settings; empty: one of the bench's own."""
    webhook_seconds: float
    webhook_connections: int

    @property
    def seconds(self) -> float:
        return self.minutes * 60

    @property
    def calls_at_most(self) -> int:
        """With the one of the warm-up."""
        return 1 + self.concurrency * (1 + round(self.seconds / SHORTEST_CALL_SECONDS))

    @property
    def expected_seconds(self) -> float:
        """For a progress bar; callers finish their calls when the time is over."""
        return WARM_UP_SECONDS + SETTLE_SECONDS + self.seconds + self.webhook_seconds


@dataclass(frozen=True, slots=True)
class _Ground:
    """A hotline to be called, and what it shares with its callers."""

    served: Served
    settings: Settings
    seed: int


def bench_calls(plan: Plan, done: Callable[[float], None]) -> CallsReport:
    """Call for ``plan.minutes``, then send webhooks alone. ``done``: told of seconds that have passed.

    Ctrl-C ends the run; the report then tells of what there is. Raises ``HotlineError`` where the hotline does not
    start, is not found, or is not one that may be called, and for scenarios that the bench cannot play.
    """
    scripts = load_scripts(plan.scenarios, load_slot_types(GRAMMARS / "lexicon")["card_number"])
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        with _ground(plan, Path(folder)) as ground:
            db = Database(ground.settings.database_url)
            try:
                _hand_out_cards(db, Path(folder), scripts, ground.seed, plan.calls_at_most)
                run = _Run(ground, plan, scripts, done)
                run.measure()
                lost = lost_calls(run.tally.ended, scripts, ground.seed, db)
            finally:
                db.close()
        return run.report(lost, None if run.interrupted else _webhooks(plan, done))


@contextmanager
def _ground(plan: Plan, folder: Path) -> Iterator[_Ground]:
    if plan.url:
        yield _Ground(listening_at(plan.url), _settings_of(plan.url), secrets.randbelow(10**8))
        return
    settings = _own_settings(folder)
    key = settings.secret_key.get_secret_value()
    with local_hotline_served(folder, key, plan.concurrency + SPARE_STREAMS) as served:
        yield _Ground(served, settings, OWN_SEED)


def _own_settings(folder: Path) -> Settings:
    """What the bench's own hotline is told; the machine's settings do not reach in."""
    return load_settings(
        _env_file=None,
        database_url=f"sqlite:///{database_file(folder)}",
        secret_key=secrets.token_hex(32),
        public_base_url="",
        twilio_account_sid="",
        twilio_auth_token="",
    )


def _settings_of(url: str) -> Settings:
    """Those of this folder. Raises ``HotlineError`` where a stranger could be called, or somebody's telephone."""
    settings = load_settings()
    if urlsplit(url).hostname not in LOOPBACK or settings.has_account:
        raise HotlineError("The bench calls a hotline on this machine without a Twilio account: leave --url out.")
    return settings


def _hand_out_cards(db: Database, folder: Path, scripts: tuple[Script, ...], seed: int, calls: int) -> None:
    callers = ((script_for(scripts, index), person(seed, index)) for index in range(calls))
    file = folder / "cards.csv"
    write_cards(file, (Wanted(script.sample, who, script.caller) for script, who in callers if script.sample))
    with db.transaction() as conn:
        import_cards(conn, file)


def _webhooks(plan: Plan, done: Callable[[float], None]) -> WebhookReport | None:
    if not plan.webhook_seconds:
        return None
    try:
        return bench_webhooks(plan.webhook_seconds, plan.webhook_connections, done)
    except KeyboardInterrupt:
        return None


class _Run:
    """The calls of one run."""

    def __init__(self, ground: _Ground, plan: Plan, scripts: tuple[Script, ...], done: Callable[[float], None]) -> None:
        self._ground = ground
        self._plan = plan
        self._scripts = scripts
        self._done = done
        self._lag_before = Buckets()
        self._lag = Buckets()
        self._idle_bytes = 0
        self._cost = Cost(0.0, 0, 0.0, 0.0)
        self._load_cores = 0.0
        self.tally = Tally()
        self.interrupted = False

    def measure(self) -> None:
        """Let the callers call. Ctrl-C ends it."""
        context = get_context("spawn")
        news, told = context.Pipe(duplex=False)
        process = context.Process(target=run_callers, args=(self._load(), told), daemon=True)
        process.start()
        told.close()
        try:
            self._warm_up(process, news)
            self._watch(process, news)
        except KeyboardInterrupt:
            self.interrupted = True
        finally:
            process.terminate()
            process.join()

    def report(self, lost: dict[str, int], webhooks: WebhookReport | None) -> CallsReport:
        cost = self._cost
        return CallsReport(
            concurrency=self._plan.concurrency,
            seconds=cost.seconds,
            dialled=self.tally.dialled,
            lost=lost,
            ended=len(self.tally.ended),
            turns=self.tally.turns(),
            recognition_lag=self._lag.since(self._lag_before),
            idle_bytes=self._idle_bytes,
            loaded_bytes=cost.most_bytes,
            cores=cost.cores,
            load_cores=self._load_cores,
            other_cores=cost.machine_cores - cost.cores - self._load_cores,
            interrupted=self.interrupted,
            webhooks=webhooks,
        )

    def _load(self) -> Load:
        settings, url = self._ground.settings, self._ground.served.url
        return Load(
            url=url,
            public_url=settings.public_base_url or url,
            account_sid=settings.twilio_account_sid,
            token=settings.signing_token,
            callers=self._plan.concurrency,
            seconds=self._plan.seconds,
            scripts=self._scripts,
            seed=self._ground.seed,
        )

    def _warm_up(self, process: BaseProcess, news: Connection) -> None:
        while not self.tally.warm and self._listen(process, news):
            self._done(LOOK_SECONDS)
        time.sleep(SETTLE_SECONDS / 2)
        self._idle_bytes = self._ground.served.memory_bytes()
        self._lag_before = self._lag = read_lag(self._ground.served.url)

    def _watch(self, process: BaseProcess, news: Connection) -> None:
        gauge, callers = Gauge(self._ground.served), Gauge(Served("", process.pid or 0))
        try:
            while self._listen(process, news):
                gauge.look()
                self._load_cores = callers.cost().cores
                self._done(LOOK_SECONDS)
        finally:
            self._cost = gauge.cost()
            self._lag = read_lag(self._ground.served.url)

    def _listen(self, process: BaseProcess, news: Connection) -> bool:
        """Take in what is told within a look; False: the callers are done. Raises ``HotlineError`` where they broke."""
        until = time.monotonic() + LOOK_SECONDS
        try:
            while news.poll(max(0.0, until - time.monotonic())):
                self.tally.take(news.recv())
        except EOFError:
            process.join()
            if process.exitcode:
                raise HotlineError("The callers' process broke off; its last words are above.") from None
            return False
        return True


def read_lag(url: str) -> Buckets:
    """The hotline's own histogram of recognition lag, so far."""
    text = httpx.get(f"{url}/metrics", trust_env=False).text
    family = next(family for family in text_string_to_metric_families(text) if family.name == LAG)
    counts = ((float(one.labels["le"]), one.value) for one in family.samples if one.name.endswith("_bucket"))
    return Buckets(tuple(counts))
