"""The cabinet for pages: each verb in a transaction of its own, promised SMS sent after it.

A loyalty base over HTTP is asked before the transaction opens; inside it are only changes of whom a code has proven.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import Connection

from ivr.actions.services import Context
from ivr.cabinet.ahead import asked_ahead
from ivr.cabinet.changes import KEPT, Asked, ChangeField, Changes, Confirmed, contact_changed, erasure_reason
from ivr.cabinet.form import Registration
from ivr.cabinet.limits import CONSENTS_PER_DAY, DAY, EntryLimits
from ivr.cabinet.page import CabinetPage, CardShown, card_ref, own_cards, read_card, read_page
from ivr.cabinet.setting import PURPOSE, CabinetSetting, RegistrationServices, VisitServices
from ivr.cabinet.visit import Step, Visit
from ivr.codes import ActivationForm, CodeRequest
from ivr.consent import ConsentKind
from ivr.erasure import CABINET, ErasureRefused, Reason, erase_person, person_to_erase
from ivr.errors import LoyaltyUnavailable
from ivr.store.db import Database, lock_names
from ivr.store.traces import Person, open_appeals

OFFER = "card"
"""What a browser keeps of the card of a message, under this name: see ``Visits.keep_for``."""
ACTIVE: frozenset[str] = frozenset({"activated", "already_active", "long_active"})


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of entering a code. ``wrong``: whatever the reason, for the reason would tell whose codes are live."""

    outcome: Literal["right", "wrong", "limited", "unavailable"]
    token: str = field(default="", repr=False)
    """With ``right``: the browser's, for the visit."""
    activation: str | None = None
    """With ``right``: what became of the card of the form; None where there was none."""
    offer: str = field(default="", repr=False)
    """With ``right``: the card of the message that asked for the code, sealed, for the browser to keep."""


@dataclass(frozen=True, slots=True)
class Cabinet:
    """What the cabinet's views call; made in ``ivr.application``. Safe to use from several threads."""

    db: Database
    setting: CabinetSetting
    deliver_soon: Callable[[str], None]
    """Told of a promised SMS after the commit."""

    # -- before a visit -----------------------------------------------------------------------------------------------

    def ask_to_enter(self, phone: str, address: str) -> Asked:
        """Send a code to a phone that has a card or an appeal, and pretend to for any other: answers are alike."""
        if not self._may_ask(address):
            return Asked("limited")
        step = self.expect(phone)
        setting = asked_ahead(self.setting, lambda base: base.cards_of(phone))
        try:
            with self._promising() as (conn, promised):
                reached = phone if _knows(setting, conn, phone) else None
                request = CodeRequest(PURPOSE, step.holder, None, reached, address, named=phone)
                offer = setting.codes.offer(conn, request)
                promised.append(offer.outbox_id)
        except LoyaltyUnavailable:
            return Asked("unavailable")
        return Asked(offer.told, step)

    def expect(self, phone: str) -> Step:
        """What waits for a code that was asked for elsewhere, such as by a message to the short number."""
        return Step(self.setting.codes.web_holder(phone), phone)

    def register(self, form: Registration, address: str) -> Asked:
        """Send the code for a new card, as a call with these answers does; the answer is alike for every card."""
        slots = {
            "card_number": form.card_number,
            "birth_date": form.birth_date.isoformat(),
            "person_name": form.name,
        }
        if not self._may_ask(address):
            return Asked("limited")
        setting = asked_ahead(self.setting, lambda base: base.find_card(form.card_number))
        try:
            with self._promising() as (conn, promised):
                services = RegistrationServices(setting, conn, form, address)
                finished = setting.actions["send_code"].run(Context(PURPOSE, form.phone, slots), services)
                promised.extend(services.outbox_ids)
        except LoyaltyUnavailable:
            return Asked("unavailable")
        return Asked.of(finished.outcome, services.step)

    def enter(self, step: Step, code: str, address: str) -> Entered:
        """Judge a code; a right one opens a visit and activates the card of the form.

        The card of a message is only offered: its sender can be forged, and a form then names somebody else.
        """
        limits, form = self._limits(), step.form
        if self._is_exhausted(address):
            return Entered("limited")
        number = form.card_number if form else None
        setting = asked_ahead(self.setting, lambda base: base.find_card(number)) if number else self.setting
        try:
            with self._promising() as (conn, promised):
                if limits.exhausted(conn, address):
                    return Entered("limited")
                redeemed = setting.codes.redeem(conn, PURPOSE, step.holder, number, code)
                if redeemed.verdict != "right":
                    limits.note(conn, address)
                    return Entered("wrong")
                token, visit = setting.visits.open(conn, step.phone)
                services = VisitServices(setting, conn, visit)
                activation = self._registered(conn, visit, services, form) if form else None
                promised.extend(services.outbox_ids)
        except LoyaltyUnavailable:  # nothing was kept, so the code can be entered again
            return Entered("unavailable")
        carried = redeemed.carried if form is None else None
        return Entered("right", token, activation, setting.visits.keep_for(visit, OFFER, carried) if carried else "")

    def _registered(self, conn: Connection, visit: Visit, services: VisitServices, form: Registration) -> str:
        slots = {"birth_date": form.birth_date.isoformat(), "person_name": form.name}
        outcome = services.run("activate_verified", form.card_number, slots).outcome
        self._agreed(conn, visit, form.card_number, messages=form.messages)
        if form.email and outcome in ACTIVE:
            contact_changed(services, form.card_number, "email", form.email)
        return outcome

    def _agreed(self, conn: Connection, visit: Visit, number: str, *, messages: bool) -> None:
        kinds: tuple[ConsentKind, ...] = ("personal_data", "messages") if messages else ("personal_data",)
        for kind in kinds:
            self.setting.consents.give(conn, visit.phone, kind, "web", visit.reference, card_number=number)

    # -- a visit ------------------------------------------------------------------------------------------------------

    def visit(self, token: str) -> Visit | None:
        """Whose request this is; None where nobody has entered a code, or no longer counts."""
        with self.db.reading() as conn:
            visit = self.setting.visits.find(conn, token)
        if visit is not None and not visit.is_fresh:
            with self.db.transaction() as conn:
                self.setting.visits.note(conn, visit)
        return visit

    def leave(self, visit: Visit) -> None:
        """Sign out: the visit ends here, whatever the browser keeps."""
        with self.db.transaction() as conn:
            self.setting.visits.end(conn, visit)

    def page(self, visit: Visit) -> CabinetPage:
        """All that is shown."""
        setting = asked_ahead(
            self.setting, lambda base: [base.operations(card.number) for card in base.cards_of(visit.phone)]
        )
        with self.db.reading() as conn:
            return read_page(setting, conn, visit)

    def card(self, visit: Visit, ref: str) -> CardShown | None:
        """The card that an address names; None for any other visit's. Raises ``LoyaltyUnavailable``."""
        setting = self._with_own_cards(visit)
        with self.db.reading() as conn:
            return read_card(setting, conn, visit, ref)

    def has_open_appeal(self, visit: Visit) -> bool:
        """True where somebody waits for an answer."""
        with self.db.reading() as conn:
            return bool(open_appeals(conn, visit.phone))

    def activate(self, visit: Visit, ref: str, name: str, birth_date: str) -> str | None:
        """Activate a card of this phone; what ``_activated`` answers. The visit is its proof.

        None: the phone has no such card. Raises ``LoyaltyUnavailable`` where that cannot be told.
        """
        setting, slots = self._with_own_cards(visit), {"birth_date": birth_date, "person_name": name}
        with self.db.reading() as conn:
            if _number_of(setting, conn, visit, ref) is None:
                return None
        return self._activated(setting, visit, lambda conn: _number_of(setting, conn, visit, ref), slots)

    def offered(self, visit: Visit, kept: str) -> ActivationForm | None:
        """The card of the message that asked for the code of this visit."""
        carried = self.setting.visits.kept_for(visit, OFFER, kept)
        return ActivationForm.from_bytes(carried) if carried else None

    def take_offer(self, visit: Visit, form: ActivationForm) -> str:
        """Activate the card of the message; what ``_activated`` answers. The code of the visit is its proof."""
        setting = asked_ahead(self.setting, lambda base: base.find_card(form.card_number))
        slots = {"birth_date": form.birth_date.isoformat(), "person_name": form.name}
        return self._activated(setting, visit, lambda conn: _number_offered(setting, conn, visit, form), slots)

    def _activated(
        self,
        setting: CabinetSetting,
        visit: Visit,
        find: Callable[[Connection], str | None],
        slots: dict[str, str],
    ) -> str:
        """The outcome of the action; ``unavailable``, or ``consents`` where there were too many of them today."""
        try:
            with self._promising() as (conn, promised):
                number = find(conn)
                if number is None:
                    return "not_possible"
                if not self._may_agree(conn, visit):
                    return "consents"
                services = VisitServices(setting, conn, visit)
                finished = services.run("activate_verified", number, slots)
                if finished.outcome in ACTIVE:
                    self._agreed(conn, visit, number, messages=False)
                promised.extend(services.outbox_ids)
        except LoyaltyUnavailable:
            return "unavailable"
        return finished.outcome

    def set_consent(self, visit: Visit, kind: ConsentKind, *, given: bool) -> Literal["given", "withdrawn", "consents"]:
        """Give a consent or withdraw it. ``consents``: too many were given today."""
        with self.db.transaction() as conn:
            if not given:
                self.setting.consents.withdraw(conn, visit.phone, kind)
                return "withdrawn"
            if not self._may_agree(conn, visit):
                return "consents"
            self.setting.consents.give(conn, visit.phone, kind, "web", visit.reference)
        return "given"

    def _may_agree(self, conn: Connection, visit: Visit) -> bool:
        """Each consent that is given is a row that is kept for years."""
        lock_names(conn, self.setting.codes.key_of("phone", visit.phone))
        since = self.setting.desk.clock.now() - DAY
        return sum(one.given_at > since for one in self.setting.consents.of(conn, visit.phone)) < CONSENTS_PER_DAY

    def _with_own_cards(self, visit: Visit) -> CabinetSetting:
        return asked_ahead(self.setting, lambda base: base.cards_of(visit.phone))

    # -- what needs a code of its own ---------------------------------------------------------------------------------

    def ask_change(self, visit: Visit, ref: str, field: ChangeField, value: str, address: str) -> Asked | None:
        """Another phone or e-mail: send the code for it. A name or date of birth becomes an appeal at once.

        None: the phone has no such card. Raises ``LoyaltyUnavailable``.
        """
        setting = self._with_own_cards(visit)
        with self._promising() as (conn, promised):
            number = _number_of(setting, conn, visit, ref)
            if number is None:
                return None
            changes = Changes(setting, conn, visit)
            asked = changes.ask(number, field, value, address)
            promised.extend(changes.outbox_ids)
        return asked

    def confirm_change(
        self, visit: Visit, ref: str, field: ChangeField, code: str, address: str, *, kept: str = ""
    ) -> Confirmed:
        """The code for another phone or e-mail of a card. ``kept``: what ``Asked.kept`` was."""
        opened = self.setting.visits.kept_for(visit, KEPT, kept)
        phone = opened.decode() if opened else None
        if self._is_exhausted(address):
            return Confirmed("limited")
        setting = self._with_own_cards(visit)
        return self._confirmed(setting, visit, address, lambda changes: changes.confirm(ref, field, code, phone))

    def ask_erasure(self, visit: Visit, address: str) -> Asked:
        """Send the code without which nothing is erased."""
        with self._promising() as (conn, promised):
            changes = Changes(self.setting, conn, visit)
            asked = changes.ask_erasure(address)
            promised.extend(changes.outbox_ids)
        return asked

    def erase(self, visit: Visit, code: str, address: str, *, even_open: bool) -> Confirmed:
        """Erase all that is kept of this phone; the visit is over then.

        What is refused at once uses no code up; the search, which takes seconds, begins when the code has been used up.
        """
        if self._is_exhausted(address):
            return Confirmed("limited")
        try:
            with self.db.reading() as conn:
                person = person_to_erase(conn, self.setting.erasure, visit.phone, CABINET, even_open=even_open)
                reason = erasure_reason(self.setting, conn, visit)
        except LoyaltyUnavailable:
            return Confirmed("unavailable")
        except ErasureRefused as refusal:
            return Confirmed("refused", why=refusal.why)
        confirmed = self._confirmed(self.setting, visit, address, lambda changes: changes.confirm_erasure(code))
        return self._erased(person, reason, even_open=even_open) if confirmed.outcome == "right" else confirmed

    def _erased(self, person: Person, reason: Reason, *, even_open: bool) -> Confirmed:
        try:
            act = erase_person(self.db, self.setting.erasure, person, reason, CABINET, even_open=even_open)
        except ErasureRefused:
            return Confirmed("refused", why="late")
        return Confirmed("erased", act)

    def _confirmed(
        self, setting: CabinetSetting, visit: Visit, address: str, confirm: Callable[[Changes], Confirmed]
    ) -> Confirmed:
        limits = self._limits()
        try:
            with self._promising() as (conn, promised):
                if limits.exhausted(conn, address):
                    return Confirmed("limited")
                changes = Changes(setting, conn, visit)
                confirmed = confirm(changes)
                if confirmed.outcome == "wrong":
                    limits.note(conn, address)
                promised.extend(changes.outbox_ids)
        except LoyaltyUnavailable:
            return Confirmed("unavailable")
        return confirmed

    # -- parts --------------------------------------------------------------------------------------------------------

    def _limits(self) -> EntryLimits:
        return EntryLimits(self.setting.codes.key_of, self.setting.desk.clock)

    def _may_ask(self, address: str) -> bool:
        """A short transaction of its own: who asks too often keeps neither the base nor the codes busy."""
        with self.db.transaction() as conn:
            return self._limits().may_ask(conn, address)

    def _is_exhausted(self, address: str) -> bool:
        """Before the base is asked; within the transaction of a code it is counted once more."""
        with self.db.reading() as conn:
            return self._limits().exhausted(conn, address)

    @contextmanager
    def _promising(self) -> Iterator[tuple[Connection, list[str | None]]]:
        """A writing transaction; the messages that are promised in it are sent after it."""
        promised: list[str | None] = []
        with self.db.transaction() as conn:
            yield conn, promised
        for outbox_id in promised:
            if outbox_id is not None:
                self.deliver_soon(outbox_id)


def _knows(setting: CabinetSetting, conn: Connection, phone: str) -> bool:
    """Both are always asked, so that the answer takes the same statements for every phone."""
    cards, appeals = setting.desk.loyalty.base(conn).cards_of(phone), setting.appeals.of_phone(conn, phone)
    return bool(cards) or bool(appeals)


def _number_of(setting: CabinetSetting, conn: Connection, visit: Visit, ref: str) -> str | None:
    cards = own_cards(setting, conn, visit)
    return next((card.number for card in cards if card_ref(setting, visit, card.number) == ref), None)


def _number_offered(setting: CabinetSetting, conn: Connection, visit: Visit, form: ActivationForm) -> str | None:
    """None where the card has got another phone since its code was sent."""
    card = setting.desk.loyalty.base(conn).find_card(form.card_number)
    return form.card_number if card and card.phone in (None, visit.phone) else None
