"""The sound of whole listening steps, for debugging: sealed when it is kept, gone after hours, off unless switched on.

A step is kept from the end of the caller's last turn to the end of this one, prompts included, so that a call can be
played again as it was. Of a question whose answer is secret, such as a code, nothing is ever kept.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from ivr.clock import Clock
from ivr.dialog.forms import DialogBook
from ivr.dialog.state import DialogState, state_from_json
from ivr.sealing import Seal
from ivr.store.calls import load_call
from ivr.store.captures import add_capture, captures_of
from ivr.store.db import Database, StoreError

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Capture:
    """What was heard in one listening step."""

    step: int
    """The step whose question was open: the reply with this number ended in ``Listen``."""
    mulaw: bytes
    """8 kHz, one byte a sample."""
    at: datetime
    """When the turn was over."""


@dataclass(frozen=True, slots=True)
class CaptureSafe:
    """Keeps captures, sealed. ``key``: 32 bytes that the database does not hold."""

    key: bytes
    book: DialogBook
    clock: Clock
    keeps: bool
    """``DEBUG_CAPTURE``; False: nothing is ever kept."""

    def keep(self, conn: Connection, call_sid: str, step: int, before: DialogState | None, mulaw: bytes) -> None:
        """Keep what was heard in a step; ``before``: the state with the question that was open."""
        field = self.book.fields.get(before.field or "") if before is not None else None
        if not self.keeps or not mulaw or field is None or field.secret:
            return
        add_capture(conn, call_sid, step, Seal(self.key).seal(mulaw), self.clock.now())

    def keep_turn(self, db: Database, call_sid: str, step: int, mulaw: bytes) -> None:
        """Keep what a media session heard in the call's present step. Never raises: no call breaks for it."""
        try:
            with db.transaction() as conn:
                row = load_call(conn, call_sid)
                if row is not None and row.step == step:
                    self.keep(conn, call_sid, step, state_from_json(row.state), mulaw)
        except StoreError as error:
            _log.warning("capture_lost", call_sid=call_sid, error=type(error).__name__)

    def sounds(self, conn: Connection, call_sid: str) -> list[Capture]:
        """The sounds of a call that can be opened, by step: not those that were sealed with another key."""
        seal = Seal(self.key)
        opened = ((row, seal.open(row.sealed)) for row in captures_of(conn, call_sid))
        return [Capture(row.step, mulaw, row.at) for row, mulaw in opened if mulaw is not None]
