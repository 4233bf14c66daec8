"""An operator's actions on a call, on the connection of a writing transaction. Each is audited, a refused one too.

The audit holds names and keyed digests. What an operator has typed, and what a caller has said, is in none of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from ivr.case.doing import GOOD, INCOMPLETE, OUTCOMES, REFUSED, Asked, Done
from ivr.case.ground import CaseSetting, OpenCase, open_case
from ivr.case.suggest import inputs_of
from ivr.case.verbs import VERBS, Result
from ivr.errors import RecordError
from ivr.store.desk_actions import DeskAction, add_desk_action
from ivr.store.line import EventKind, add_event

log = structlog.get_logger(__name__)

NEEDED: Mapping[str, tuple[str, ...]] = {"correct_field": ("field", "value")}
"""Inputs that have no place on the screen of actions."""


@dataclass(frozen=True, slots=True)
class CaseActions:
    """Does what operators ask for."""

    setting: CaseSetting

    def act(self, conn: Connection, asked: Asked) -> Done:
        """Do it. Raises ``RecordError`` where there is no such call."""
        case = open_case(self.setting, conn, asked.call_sid, lock=True)
        if case is None:
            raise RecordError("There is no such call any more; go back to the queue.")
        if asked.kind not in OUTCOMES:
            return Done(REFUSED, REFUSED, self.setting.texts.say("results", REFUSED), good=False)
        missing = self._missing(case, asked)
        if missing is not None:
            return Done(asked.kind, INCOMPLETE, self._incomplete(missing), good=False)
        result = VERBS[asked.kind](case, asked.inputs)
        self._write_down(case, asked, result)
        return self._done(case, asked, result)

    def _missing(self, case: OpenCase, asked: Asked) -> str | None:
        """The first input that is needed and not there, or no choice of those that there are."""
        needed = [one for one in inputs_of(case, asked.kind) if one.required]
        for one in needed:
            value = asked.inputs.get(one.name, "").strip()
            if not value or (one.choices and value not in dict(one.choices)):
                return one.name
        return next((name for name in NEEDED.get(asked.kind, ()) if not asked.inputs.get(name, "").strip()), None)

    def _incomplete(self, name: str) -> str:
        title = self.setting.texts.texts["inputs"].get(name, name)
        return self.setting.texts.say("results", INCOMPLETE, input=title)

    def _write_down(self, case: OpenCase, asked: Asked, result: Result) -> None:
        about = dict(result.about)
        if case.card_number is not None:
            about["card"] = self.setting.desk.codes.key_of("card", case.card_number)
        now = case.now()
        action = DeskAction(now, asked.operator, case.row.sid, asked.kind, result.outcome, about)
        add_desk_action(case.conn, action)
        kind: EventKind = "corrected" if result.outcome == "corrected" else "action"
        told = {"field": about["field"]} if "field" in about else {}
        place = case.place.number if case.place else None
        add_event(case.conn, now, kind, place, asked.operator, action=asked.kind, outcome=result.outcome, **told)
        log.info("desk_action", call_sid=case.row.sid, action=asked.kind, outcome=result.outcome)

    def _done(self, case: OpenCase, asked: Asked, result: Result) -> Done:
        words = self.setting.texts.actions[asked.kind].outcomes[result.outcome]
        return Done(
            kind=asked.kind,
            outcome=result.outcome,
            text=words.format_map({"number": "", "due": "", "value": "", "when": "", **result.values}),
            good=result.outcome in GOOD,
            value=result.value,
            outbox_ids=tuple(case.services.outbox_ids),
        )
