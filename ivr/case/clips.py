"""The sound behind answers: sealed when it is kept, opened for the operator's page alone.

Only answers that came of what was said have a clip: neither «operator», nor the «yes» of a read-back, nor a code. An
answer that came in parts has the sound of its parts, the last seconds of it.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from ivr.clock import Clock
from ivr.dialog.forms import DialogBook
from ivr.dialog.state import DialogState
from ivr.media.clip import MOST_SECONDS
from ivr.media.codec import BYTES_PER_SECOND, SILENCE, wav
from ivr.sealing import Seal
from ivr.store.clips import find_clip, put_clip

SEAM = SILENCE * (BYTES_PER_SECOND // 4)
"""Between two parts of an answer."""
MOST_BYTES = round(MOST_SECONDS * BYTES_PER_SECOND)


@dataclass(frozen=True, slots=True)
class ClipSafe:
    """Keeps clips. ``key``: 32 bytes that the database does not hold."""

    key: bytes
    book: DialogBook
    clock: Clock
    keeps: bool
    """False: nothing is ever kept."""

    def keep(
        self, conn: Connection, call_sid: str, before: DialogState | None, after: DialogState, mulaw: bytes
    ) -> None:
        """Keep what was said where it was an answer to the question that was open ``before``."""
        name = answered_field(before, after) if self.keeps and mulaw and before is not None else None
        field = self.book.fields.get(name or "")
        if before is None or field is None or field.secret:
            return
        earlier = self.sound(conn, call_sid, field.name) if _goes_on(before) else None
        whole = earlier + SEAM + mulaw if earlier else mulaw
        put_clip(conn, call_sid, field.name, Seal(self.key).seal(whole[-MOST_BYTES:]), self.clock.now())

    def sound(self, conn: Connection, call_sid: str, field: str) -> bytes | None:
        """The μ-law behind an answer; None where none is kept, or where it was sealed with another key."""
        sealed = find_clip(conn, call_sid, field)
        return Seal(self.key).open(sealed) if sealed else None

    def wav(self, conn: Connection, call_sid: str, field: str) -> bytes | None:
        """The same as a WAV file: 8 kHz, 16 bits, which every browser plays."""
        mulaw = self.sound(conn, call_sid, field)
        return wav(mulaw) if mulaw else None


def answered_field(before: DialogState, after: DialogState) -> str | None:
    """The question that the turn has answered, wholly or in part; None where it was no answer to it.

    A small question inside a bigger one answers the bigger one. The «yes» of a read-back is no answer.
    """
    name = before.aside.of if before.aside else before.field
    if name is None:
        return None
    new = after.slots.get(name)
    if new is not None and new != before.slots.get(name):
        agreed = before.confirming and before.candidates[:1] == (new,)
        return None if agreed else name
    open_after = after.aside.of if after.aside else after.field
    grown = (after.candidates, after.heard, after.aside) != (before.candidates, before.heard, before.aside)
    gave = bool(after.candidates or after.heard or (after.aside and before.aside))
    return name if open_after == name and grown and gave else None


def _goes_on(before: DialogState) -> bool:
    """True where the turn adds to what was said before: another part, a correction, a small question's answer."""
    return bool(before.heard or before.aside or before.confirming)
