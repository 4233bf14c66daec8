"""The brake on all codes together: guessing from many lines, and a day's money.

Limits of one phone, card or asker do not see a hundred lines that try a hundred cards. All of them together are seen by
the share of right codes: people enter three of four rightly, guessers one of a million.
"""

import threading
from datetime import datetime, timedelta
from typing import Literal

import structlog
from sqlalchemy import Connection

from ivr.hotline import CodeLimits
from ivr.metrics import CODES_PAUSED
from ivr.store.code_events import Pulse, take_pulse

Reason = Literal["guessing", "budget"]
REASONS: tuple[Reason, ...] = ("guessing", "budget")
_log = structlog.get_logger(__name__)


def why_paused(pulse: Pulse, limits: CodeLimits, rubles: float) -> Reason | None:
    """Why nobody is sent a code now; None where codes are sent. ``rubles``: what a code costs."""
    if pulse.judged >= limits.brake_tries and pulse.right < limits.brake_right_share * pulse.judged:
        return "guessing"
    if (pulse.sent_day + 1) * rubles > limits.daily_budget_rubles:
        return "budget"
    return None


def pause_reason(conn: Connection, limits: CodeLimits, now: datetime, rubles: float) -> Reason | None:
    """The same, read from the database."""
    return why_paused(take_pulse(conn, now, timedelta(minutes=limits.brake_minutes)), limits, rubles)


class Brake:
    """Tells of the brake: a metric, and one line in the log when it is put on or let go. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shown: Reason | None = None

    def show(self, reason: Reason | None) -> None:
        """Take note of the state as it is now."""
        with self._lock:
            changed, self._shown = reason != self._shown, reason
        for one in REASONS:
            CODES_PAUSED.labels(reason=one).set(one == reason)
        if changed and reason:
            _log.warning("codes_paused", reason=reason)
        elif changed:
            _log.info("codes_go_on")
