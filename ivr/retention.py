"""How long what is kept, table by table, and the forgetting: by the worker each hour, or by a command.

Every table has a rule here or a reason why it has none; a test compares both with the tables, and the list with
``docs/security.md``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from ivr.clock import Clock
from ivr.diagnosis import WAYS_KEPT_DAYS
from ivr.errors import HotlineError
from ivr.hotline import Hotline
from ivr.inbox import KNOWN_FOR
from ivr.store.answers import HISTORY_KEPT, purge_answers
from ivr.store.callers import purge_callers
from ivr.store.calls import purge_tokens
from ivr.store.clips import purge_clips
from ivr.store.code_events import purge_events
from ivr.store.codes import purge_codes
from ivr.store.db import Database, be_patient
from ivr.store.incidents import purge_topics
from ivr.store.line_history import LINE_KEPT, purge_line
from ivr.store.messages import purge_messages
from ivr.store.retention import (
    empty_calls,
    purge_acts,
    purge_appeals,
    purge_calls,
    purge_captures,
    purge_consents,
    purge_outbox,
)
from ivr.store.tables import BATCH
from ivr.store.visits import purge_visits, purge_wrong_entries
from ivr.store.ways import purge_ways

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
CODES_KEPT = timedelta(days=2)
"""Webhook tokens, codes and their counts: the limits look one day back."""
VISITS_KEPT = DAY
"""A visit that nobody goes on with has ended long before."""
CALLERS_KEPT = YEAR
"""How long it is known how fast a caller wants to be spoken to."""
STATEMENT_SECONDS = 60
"""How long PostgreSQL may work on one rule; its first run may find months."""

KEPT_ON: Mapping[str, tuple[str, str]] = {
    "cards": ("cards and questionnaires", "until another file is imported over them, or the holder is erased"),
    "receipts": ("purchases with cards", "with their card"),
    "operations": ("points that came and went", "with their card"),
    "incidents": ("outages", "for ever: nothing of a person"),
    "operators": ("employees' accounts", "until `operators remove`"),
    "desk_actions": ("what employees did, with digests", "for ever: it is the proof"),
    "questionnaire_changes": ("who changed which field, with digests", "until the holder is erased: it is the proof"),
    "consent_texts": ("what was agreed to", "for ever: it is the proof; nothing of a person"),
}
"""Tables without a rule: what is in them, and how long it is kept for which reason."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is forgotten when."""

    tables: tuple[str, ...]
    what: str
    kept: timedelta
    since: str
    """From when on ``kept`` is counted."""
    purge: Callable[[Connection, datetime], int]
    """Forgets what is older than a moment, ``BATCH`` rows or more at a time; returns how many rows."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What one rule forgot, or would."""

    tables: tuple[str, ...]
    what: str
    before: datetime
    rows: int


def rules_of(hotline: Hotline) -> tuple[Rule, ...]:
    """All rules; how long what the law is about is kept stands in ``hotline.yaml``."""
    own = hotline.retention
    emptied = own.calls_days * DAY
    topics = max(HISTORY_KEPT, (hotline.incidents.watch_days + 1) * DAY)
    clips, captures = hotline.desk.clip_hours * HOUR, own.captures_hours * HOUR
    calls = max(emptied, HISTORY_KEPT)
    return (
        Rule(("calls", "turns"), "caller's number, answers, dialogue in words", emptied, "the call", empty_calls),
        Rule(("calls",), "what reports count: times, driver, how it ended", calls, "the call", purge_calls),
        Rule(("topics",), "what a call was about", topics, "the call", purge_topics),
        Rule(("answers",), "how answers fared", HISTORY_KEPT, "the answer", purge_answers),
        Rule(("clips",), "the sound behind an answer, encrypted", clips, "the answer, or less", purge_clips),
        Rule(("captures",), "the sound of whole steps, encrypted, where switched on", captures, "it", purge_captures),
        Rule(("seen",), "webhook tokens", CODES_KEPT, "the webhook", purge_tokens),
        Rule(
            ("codes",),
            "one-time codes: digests, and a form that waits for its code, sealed",
            CODES_KEPT,
            "the code",
            purge_codes,
        ),
        Rule(("code_events",), "counts of codes and tries", CODES_KEPT, "the try", purge_events),
        Rule(("wrong_entries",), "wrong codes by address of the web", CODES_KEPT, "the try", purge_wrong_entries),
        Rule(("visits",), "visits of the cabinet", VISITS_KEPT, "the last request", purge_visits),
        Rule(("outbox",), "phone and fate of an SMS", own.outbox_days * DAY, "the promise", purge_outbox),
        Rule(("messages",), "verdicts on messages to the short number", KNOWN_FOR, "the message", purge_messages),
        Rule(("ways",), "ways that were tried", WAYS_KEPT_DAYS * DAY, "the try", purge_ways),
        Rule(("callers",), "the pace that a caller asked for", CALLERS_KEPT, "the wish", purge_callers),
        Rule(("places", "offers", "line_events"), "who waited in the line", LINE_KEPT, "the end", purge_line),
        Rule(("appeals",), "appeals and answers", own.appeals_years * YEAR, "the end", purge_appeals),
        Rule(("consents",), "consents", own.consents_years * YEAR, "their withdrawal", purge_consents),
        Rule(("erasures",), "acts of erasure", own.acts_years * YEAR, "the erasure", purge_acts),
    )


class RetentionFailed(HotlineError):
    """Rules that forgot nothing this time, or not all; the text names their tables."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Forgets what has been kept for long enough."""

    db: Database
    rules: tuple[Rule, ...]
    clock: Clock

    def apply(self) -> list[Forgotten]:
        """Forget, rule by rule, ``BATCH`` rows in a transaction: callers wait for no more than one of them.

        A rule that fails keeps no later one from its work. Raises ``RetentionFailed`` at the end where one failed.
        """
        forgotten, failed = [], []
        for rule in self.rules:
            try:
                forgotten.append(self._applied(rule))
            except Exception as error:
                _log.warning("not_forgotten", tables=rule.tables, error=type(error).__name__)
                failed.append(", ".join(rule.tables))
        self.db.settle()
        _log.info("forgotten", rows=sum(one.rows for one in forgotten))
        if failed:
            cure = "see `not_forgotten` in the log, and try again: python -m ivr retention run --apply"
            raise RetentionFailed(f"Not all was forgotten of {'; '.join(failed)}; {cure}")
        return forgotten

    def look(self) -> list[Forgotten]:
        """What ``apply`` would forget now; nothing is changed. Writers wait for it, as they would for ``apply``."""
        forgotten: list[Forgotten] = []
        with self.db.transaction() as conn:
            be_patient(conn, STATEMENT_SECONDS)
            forgotten += [self._forgotten(rule, partial(rule.purge, conn)) for rule in self.rules]
            conn.rollback()
        return forgotten

    def _applied(self, rule: Rule) -> Forgotten:
        def batch(before: datetime) -> int:
            with self.db.transaction() as conn:
                be_patient(conn, STATEMENT_SECONDS)
                return rule.purge(conn, before)

        return self._forgotten(rule, batch)

    def _forgotten(self, rule: Rule, purge: Callable[[datetime], int]) -> Forgotten:
        """As often as there is more."""
        before, rows, last = self.clock.now() - rule.kept, 0, BATCH
        while last >= BATCH:
            last = purge(before)
            rows += last
        return Forgotten(rule.tables, rule.what, before, rows)


def documented(rules: tuple[Rule, ...]) -> Iterator[str]:
    """The rules as lines of a table in Markdown, as ``docs/security.md`` has them."""
    yield "| what | where | how long |"
    yield "|---|---|---|"
    for rule in rules:
        yield f"| {rule.what} | {_named(rule.tables)} | {_in_words(rule.kept)} after {rule.since} |"
    yield from (f"| {what} | {_named((table,))} | {reason} |" for table, (what, reason) in KEPT_ON.items())


def _named(tables: tuple[str, ...]) -> str:
    return ", ".join(f"`{table}`" for table in tables)


def _in_words(kept: timedelta) -> str:
    years, days = divmod(kept.days, YEAR.days)
    if years and not days:
        return "a year" if years == 1 else f"{years} years"
    return f"{kept.days} days" if kept % DAY == timedelta(0) and kept.days > 3 else f"{kept // HOUR} hours"
