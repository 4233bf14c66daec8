"""The case for pages: each verb in a transaction of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from ivr.case import blocks
from ivr.case.actions import CaseActions
from ivr.case.card import card_block, finding
from ivr.case.doing import Asked, Done
from ivr.case.ground import CaseSetting, OpenCase, open_case
from ivr.case.screen import CallScreen, TranscriptLine
from ivr.case.suggest import suggestion
from ivr.store.case_rows import answers_of, lines_of
from ivr.store.clips import forget_clips
from ivr.store.db import Database


@dataclass(frozen=True, slots=True)
class Case:
    """What the desk's views call; made in ``ivr.application``. Safe to use from several threads."""

    db: Database
    setting: CaseSetting
    deliver_soon: Callable[[str], None]
    """Told of a promised SMS after the commit."""

    def screen(self, call_sid: str) -> CallScreen | None:
        """All of a call; None where there is no such call."""
        with self.db.reading() as conn:
            case = open_case(self.setting, conn, call_sid, lock=False)
            return _screen(case) if case else None

    def transcript(self, call_sid: str, after: int = 0) -> tuple[TranscriptLine, ...]:
        """The dialogue behind line ``after``, oldest first."""
        with self.db.reading() as conn:
            return blocks.told(lines_of(conn, call_sid, after))

    def act(self, asked: Asked) -> Done:
        """Do what an operator asks for, and have promised SMS sent. Raises ``RecordError``: no such call."""
        with self.db.transaction() as conn:
            done = CaseActions(self.setting).act(conn, asked)
        for outbox_id in done.outbox_ids:
            self.deliver_soon(outbox_id)
        return done

    def clip_wav(self, call_sid: str, field: str) -> bytes | None:
        """The sound behind an answer as a WAV file of 8 kHz; None where none is kept."""
        with self.db.reading() as conn:
            return self.setting.clips.wav(conn, call_sid, field)

    def forget_clips(self, call_sid: str) -> None:
        """The operator has finished with the call: its sound is no longer needed."""
        with self.db.transaction() as conn:
            forget_clips(conn, call_sid)


def _screen(case: OpenCase) -> CallScreen:
    answers = answers_of(case.conn, case.row.sid)
    own = list(case.services.own_appeals())
    found = finding(case)
    return CallScreen(
        call_sid=case.row.sid,
        who=blocks.who(case),
        why=blocks.why(case, answers, own),
        wait=blocks.wait(case),
        fields=blocks.fields(case, answers),
        card=card_block(case),
        base_away=case.base_away,
        finding=found,
        suggestion=suggestion(case, found),
        appeals=blocks.appeals(case, own),
        transcript=blocks.told(lines_of(case.conn, case.row.sid, 0)),
    )
