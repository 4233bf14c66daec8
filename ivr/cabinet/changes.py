"""What a visit may change, once a code of its own was entered: a phone or an e-mail, and the erasure of everything.

What is changed travels with the code, sealed. A code that went to a new phone counts for that phone alone: the phone is
part of who may enter it, so that a code which came to one number never confirms another one.
"""

import json
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from sqlalchemy import Connection

from ivr.cabinet.limits import DAY, WISHES_PER_DAY
from ivr.cabinet.page import card_ref, own_cards
from ivr.cabinet.setting import CabinetSetting, VisitServices
from ivr.cabinet.visit import Step, Visit
from ivr.codes import CodeRequest, Purpose
from ivr.erasure import Act, Reason
from ivr.store.db import lock_names

ChangeField = Literal["phone", "email", "name", "birth_date"]
ContactField = Literal["phone", "email"]
FIELDS: tuple[ChangeField, ...] = get_args(ChangeField)
CONTACTS: tuple[ContactField, ...] = get_args(ContactField)
CHANGE = "change_questionnaire"
CATEGORY, WISH = "questionnaire", "change_"
"""Category and beginning of the kind of the appeals that the action makes."""
PURPOSE: Purpose = "data_change"
ERASURE = "erasure"
KEPT = "phone"
"""What a browser keeps of a change of phone, under this name: see ``Visits.keep_for``."""
AskedOutcome = Literal[
    "sent", "limited", "paused", "unavailable", "same", "appeal", "waiting", "wishes", "not_possible"
]
ConfirmedOutcome = Literal["right", "changed", "wrong", "limited", "unavailable", "not_possible", "erased", "refused"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking for a code."""

    outcome: AskedOutcome
    """``appeal``: an operator decides, and no code is needed. ``waiting``: he still looks at an earlier wish about this
    field; ``wishes``: this phone has had too many of them today."""
    step: Step | None = None
    kept: str = field(default="", repr=False)
    """With ``sent`` for another phone: that phone, sealed, for the browser to keep until its code is entered."""

    @staticmethod
    def of(outcome: str, step: Step | None = None) -> "Asked":
        """``outcome``: one of the action ``send_code``."""
        return Asked(cast(AskedOutcome, outcome), step)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came of the code."""

    outcome: ConfirmedOutcome
    act: Act | None = None
    """With ``erased``."""
    why: str = ""
    """With ``refused``: what still goes on, as ``ivr.erasure.ErasureRefused`` has it; ``late``: the code is used up."""


class Changes:
    """Changes of one visit within one transaction. ``outbox_ids``: messages that were promised."""

    def __init__(self, setting: CabinetSetting, conn: Connection, visit: Visit) -> None:
        self._setting, self._conn, self._visit = setting, conn, visit
        self._services = VisitServices(setting, conn, visit)
        self.outbox_ids = self._services.outbox_ids

    def ask(self, number: str, field: ChangeField, value: str, address: str) -> Asked:
        """``value`` in the form that calls have it in: E.164, ISO date. Raises ``LoyaltyUnavailable``."""
        card = self._services.find_card(number)
        if card is None:
            return Asked("not_possible")
        if value.casefold() == str(getattr(card, field) or "").casefold():
            return Asked("same")
        if field not in CONTACTS:
            return self._wished(number, field, value)
        reached = value if field == "phone" else self._visit.phone
        carried = json.dumps({"card": number, "field": field, "value": value}, ensure_ascii=False).encode()
        return self._offer(field, number, reached, address, carried)

    def confirm(self, ref: str, field: ChangeField, code: str, phone: str | None) -> Confirmed:
        """``ref``: the card that the visitor means. ``phone``: the new one, for a change of phone; None: not known.

        Raises ``LoyaltyUnavailable``.
        """
        holder = self._holder(field, phone)
        redeemed = self._setting.codes.redeem(self._conn, PURPOSE, holder, None, code)
        if redeemed.verdict != "right" or redeemed.carried is None:
            return Confirmed("wrong")
        wish = json.loads(redeemed.carried)
        number, value = wish["card"], wish["value"]
        if card_ref(self._setting, self._visit, number) != ref or (field == "phone" and value != phone):
            return Confirmed("not_possible")
        return Confirmed("changed" if self._carried_out(number, field, value) else "not_possible")

    def _carried_out(self, number: str, field: ChangeField, value: str) -> bool:
        """False for a card that is this visit's no longer."""
        own = {card.number for card in own_cards(self._setting, self._conn, self._visit)}
        if number not in own and not self._is_done(number, field, value):
            return False
        outcome = self._change(number, field, value)
        if field != "phone":
            return outcome in ("changed", "same")
        if outcome == "same":
            self._services.note_change(number, field, self._visit.phone, value)
        if outcome in ("changed", "same") and not own - {number}:
            self._setting.visits.move(self._conn, self._visit, value)
        return outcome in ("changed", "same")

    def _is_done(self, number: str, field: ChangeField, value: str) -> bool:
        """True where a base over HTTP has put the phone on file and its answer was lost: the old one is to be told."""
        card = self._services.find_card(number) if field == "phone" else None
        return card is not None and card.phone == value

    def _wished(self, number: str, field: ChangeField, value: str) -> Asked:
        """An appeal, one at a time for each field of a card, and so many for a phone and a day."""
        lock_names(self._conn, self._setting.codes.key_of("wishes", self._visit.phone))
        since, own = self._setting.desk.clock.now() - DAY, self._setting.appeals.of_phone(self._conn, self._visit.phone)
        wishes = [one for one in own if one.category == CATEGORY and (one.kind or "").startswith(WISH)]
        this = [one for one in wishes if (one.card_number, one.kind) == (number, WISH + field)]
        if (opened := next((one for one in this if one.status == "open"), None)) is not None:
            return Asked("appeal" if opened.text == value else "waiting")
        if sum(one.created_at > since for one in wishes) >= WISHES_PER_DAY:
            return Asked("wishes")
        return Asked("appeal" if self._change(number, field, value) == "needs_approval" else "not_possible")

    def ask_erasure(self, address: str) -> Asked:
        """The code goes to the phone that the visit has proven."""
        return self._offer(ERASURE, None, self._visit.phone, address, b"")

    def confirm_erasure(self, code: str) -> Confirmed:
        """``right`` once: the code is used up before the search, which one code may not start twice."""
        redeemed = self._setting.codes.redeem(self._conn, PURPOSE, self._holder(ERASURE), None, code)
        return Confirmed("right" if redeemed.verdict == "right" else "wrong")

    def _offer(self, field: str, number: str | None, phone: str, address: str, carried: bytes) -> Asked:
        named = phone if field == "phone" else None
        request = CodeRequest(PURPOSE, self._holder(field, phone), number, phone, address, carried, named=named)
        offer = self._setting.codes.offer(self._conn, request)
        self._services.promise(offer.outbox_id)
        kept = self._setting.visits.keep_for(self._visit, KEPT, phone.encode()) if named else ""
        return Asked(offer.told, kept=kept)

    def _holder(self, field: str, phone: str | None = None) -> str:
        """This visit, for this field, and of another phone for that one alone."""
        about = f"{field}\x1f{phone}" if field == "phone" else field
        return self._setting.codes.key_of("change", f"{self._visit.key}\x1f{about}")

    def _change(self, number: str, field: ChangeField, value: str) -> str:
        match field:
            case "phone" | "email":
                return contact_changed(self._services, number, field, value)
        return self._services.run(CHANGE, number, {f"new_{field}": value}, {"field": field}).outcome


def erasure_reason(setting: CabinetSetting, conn: Connection, visit: Visit) -> Reason:
    """A consent that was given once and stands no more was withdrawn."""
    agreed = [one for one in setting.consents.of(conn, visit.phone) if one.kind == "personal_data"]
    return "withdrawn" if agreed and all(one.withdrawn_at for one in agreed) else "request"


def contact_changed(services: VisitServices, number: str, field: ContactField, value: str) -> str:
    """Put another phone (E.164) or e-mail on file, as a call does. Raises ``LoyaltyUnavailable``."""
    answer = value.removeprefix("+7") if field == "phone" else value
    return services.run(CHANGE, number, {f"new_{field}": answer}, {"field": field}).outcome
