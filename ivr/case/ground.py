"""A call that is looked at or worked on: the call itself, its state, its place and its services, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ivr.actions import Action
from ivr.actions.proven import VERIFIED
from ivr.actions.services import Context
from ivr.case.clips import ClipSafe
from ivr.case.figures import CaseServices
from ivr.case.texts import CaseTexts
from ivr.clock import Clock
from ivr.dialog.forms import DialogBook, Field
from ivr.dialog.state import DialogState, state_from_json
from ivr.errors import LoyaltyUnavailable
from ivr.line_words import category_titles
from ivr.services import Desk
from ivr.store.calls import CallRow, load_call
from ivr.store.cards import Card
from ivr.store.line import Place, places_of_call

CARD = "card_number"
HELD = ("connecting", "talking")
"""States of a place that an operator has."""


@dataclass(frozen=True, slots=True)
class CaseSetting:
    """What all cases share."""

    desk: Desk
    book: DialogBook
    actions: Mapping[str, Action]
    texts: CaseTexts
    clips: ClipSafe

    @property
    def clock(self) -> Clock:
        return self.desk.clock

    @property
    def zone(self) -> ZoneInfo:
        return self.desk.zone

    def category_title(self, category: str | None) -> str:
        """As operators read it; a call that named none has words of its own."""
        return category_titles(self.book).get(category or "", self.texts.other_title)

    def question_title(self, name: str) -> str:
        """Of a question: its own title, or that of the form that asks it."""
        if name in self.texts.fields:
            return self.texts.fields[name]
        return next((form.title for form in self.book.forms.values() if name in form.ask), name)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """One call. ``card`` is None for a call without a card number, for an unknown card, and where the base is away."""

    setting: CaseSetting
    conn: Connection
    row: CallRow
    state: DialogState
    services: CaseServices
    place: Place | None
    """The one that an operator has, else the newest."""
    promised: Place | None
    """The call back that was booked in this call and not made yet."""
    card: Card | None
    base_away: bool

    @property
    def card_number(self) -> str | None:
        return self.state.slots.get(CARD)

    @property
    def category(self) -> str | None:
        return self.state.facts.get("category") or None

    @property
    def over(self) -> bool:
        """True where nobody can be asked for anything in this call any more."""
        return self.row.disposition is not None or self.row.ended_at is not None

    @property
    def proven(self) -> bool:
        """True once a code has proven the card's phone: in this very call, so never for a call back."""
        called_back = self.place is not None and self.place.kind == "call_back" and self.row.ended_at is not None
        number = self.card_number
        if number is None or called_back:
            return False
        return compare_digest(self.state.facts.get(VERIFIED, ""), self.services.proof_of(number))

    def field(self, name: str) -> Field | None:
        """A question whose answer may be shown."""
        field = self.setting.book.fields.get(name)
        return None if field is None or field.secret else field

    def context(
        self, slots: Mapping[str, str] = {}, args: Mapping[str, str] = {}, *, as_proven: bool = False
    ) -> Context:
        """The call as actions see it. ``as_proven``: to look at the card for the operator, whoever the caller is."""
        number, facts = self.card_number, dict(self.state.facts)
        if not self.proven:
            facts.pop(VERIFIED, None)
        if as_proven and number is not None:
            facts[VERIFIED] = self.services.proof_of(number)
        caller = self.setting.desk.caller_phone(self.row.from_number)
        return Context(self.row.sid, caller, {**self.state.slots, **slots}, args=args, facts=facts)

    def now(self) -> datetime:
        return self.setting.clock.now()


def open_case(setting: CaseSetting, conn: Connection, call_sid: str, *, lock: bool) -> OpenCase | None:
    """None where there is no such call. ``lock`` holds it, in a writing transaction."""
    row = load_call(conn, call_sid, lock=lock)
    if row is None or not row.state:
        return None
    state = state_from_json(row.state)
    services = CaseServices(setting.desk, conn, call_sid, row.from_number)
    card, away = _look_up(services, state.slots.get(CARD))
    places = places_of_call(conn, call_sid)
    promised = next((place for place in places if place.kind == "call_back" and place.ended_at is None), None)
    return OpenCase(setting, conn, row, state, services, _newest(places), promised, card, away)


def _newest(places: list[Place]) -> Place | None:
    """An operator who talks may book a call back besides: the place of the conversation stays the one that is shown."""
    return max(places, key=lambda place: (place.state in HELD, place.ended_at is None, place.number), default=None)


def _look_up(services: CaseServices, number: str | None) -> tuple[Card | None, bool]:
    try:
        return (services.find_card(number) if number else None), False
    except LoyaltyUnavailable:
        return None, True
