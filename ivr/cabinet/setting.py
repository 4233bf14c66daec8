"""What the whole cabinet shares, and the services of one request."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from ivr.actions import Action
from ivr.actions.proven import proof
from ivr.actions.services import Context
from ivr.appeals import AppealDesk
from ivr.cabinet.form import FormGround, Registration
from ivr.cabinet.visit import Step, Visit, Visits
from ivr.cabinet.words import CabinetWords
from ivr.codes import CodeDesk, CodeRequest, Purpose
from ivr.consent import Consents
from ivr.dialog.events import Finished
from ivr.erasure import ErasureSetting
from ivr.errors import LoyaltyUnavailable
from ivr.phones import sms_phone
from ivr.services import CallServices, Desk
from ivr.sms_form import SmsWords
from ivr.store.questionnaires import ChangedBy

PURPOSE: Purpose = "web"


@dataclass(frozen=True, slots=True)
class CabinetSetting:
    """What all requests share."""

    desk: Desk
    actions: Mapping[str, Action]
    erasure: ErasureSetting
    visits: Visits
    words: CabinetWords
    sms_words: SmsWords
    titles: Mapping[str, str]
    """Of the categories of appeals, by name."""

    def forms(self) -> FormGround:
        """What forms are read with today."""
        today = self.desk.clock.now().astimezone(self.desk.zone).date()
        return FormGround(self.sms_words, self.desk.slot_types["phone_number"], self.desk.hotline.card_scheme, today)

    @property
    def cards_elsewhere(self) -> bool:
        """True where questionnaires are kept in a base behind HTTP, which the hotline cannot erase from."""
        return self.desk.loyalty.kind == "http"

    @property
    def appeals(self) -> AppealDesk:
        return self.desk.line.appeals

    @property
    def codes(self) -> CodeDesk:
        return self.desk.codes

    @property
    def consents(self) -> Consents:
        return self.desk.consents


class VisitServices(CallServices):
    """What actions get in a visit: what a call has proven by its code, the visit has proven by its own."""

    changed_by: ChangedBy = "cabinet"

    def __init__(self, setting: CabinetSetting, conn: Connection, visit: Visit) -> None:
        super().__init__(setting.desk, conn, visit.reference, visit.phone)
        self._visit, self._actions = visit, setting.actions

    def note_consent(self, phone: str, number: str) -> None:
        """As the form has asked for it."""
        consents, reference = self._cards.consents, self._visit.reference
        consents.give(self._conn, phone, "personal_data", "web", reference, card_number=number)

    def run(
        self, action: str, number: str, slots: Mapping[str, str], args: Mapping[str, str] | None = None
    ) -> Finished:
        """Run an action about a card of this visit. Raises ``LoyaltyUnavailable``: nothing is to be kept then."""
        context = Context(
            call_sid=self._visit.reference,
            caller=self._visit.phone,
            slots={"card_number": number, **slots},
            args=args or {},
            facts=proof(number, self),
        )
        finished = self._actions[action].run(context, self)
        if finished.outcome == "unavailable":
            raise LoyaltyUnavailable("The loyalty base is away: nothing was changed.")
        return finished


class RegistrationServices(CallServices):
    """What the action that sends codes gets of a form. ``step``: what the form waits for, once the action has run."""

    def __init__(self, setting: CabinetSetting, conn: Connection, form: Registration, address: str) -> None:
        super().__init__(setting.desk, conn, PURPOSE, form.phone)
        self._form, self._address = form, address
        self.step = Step(setting.codes.web_holder(None, form.card_number), form.phone, form)

    def code_request(self, card_number: str, phone: str | None) -> CodeRequest:
        """For whoever holds the phone that the code goes to, which need not be the one that was typed."""
        reached = sms_phone(phone or "")
        if reached is not None:
            self.step = Step(self._desk.codes.web_holder(reached), reached, self._form)
        return CodeRequest(PURPOSE, self.step.holder, card_number, reached, self._address)
