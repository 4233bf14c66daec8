"""What the actions decide, on services that only remember."""

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import cast

import pytest

from ivr.actions import Action, load_actions
from ivr.actions.line_services import LineMode
from ivr.actions.services import CodeOffer, CodeVerdict, Context, Services
from ivr.dialog.events import Finished
from ivr.dialog.walk import OPERATOR_ASKED
from ivr.errors import LoyaltyUnavailable

NUMBER = "4276051200020024"
CALLER = "+79160000102"
ON_FILE = "+79160000777"
BORN = date(1985, 5, 23)
SLOTS = {"card_number": NUMBER, "birth_date": "1985-05-23", "person_name": "мария", "one_time_code": "012345"}


@dataclass(frozen=True)
class FakeCard:
    status: str = "issued"
    birth_date: date | None = BORN
    phone: str | None = ON_FILE
    activated_at: datetime | None = None
    name: str | None = "Мария"


@dataclass
class FakeServices:
    """Says what it is told to say, and keeps what it was asked."""

    cards: dict[str, FakeCard] = field(default_factory=dict)
    verdict: CodeVerdict = "right"
    offered: CodeOffer = "sent"
    activates: bool = True
    consents: list[tuple[str, str]] = field(default_factory=list)
    mode: LineMode = "direct"
    joined: list[str | None] = field(default_factory=list)
    offers: list[tuple[str, str | None]] = field(default_factory=list)
    activations: list[tuple[str, str, date, str | None]] = field(default_factory=list)

    silent: bool = False
    """True where the loyalty base does not answer."""

    def find_card(self, number: str) -> FakeCard | None:
        if self.silent:
            raise LoyaltyUnavailable("no answer")
        return self.cards.get(number)

    def proof_of(self, number: str) -> str:
        return f"proof of {number}"

    def since_in_words(self, moment: datetime | None) -> str:
        assert moment is not None
        return f"words|{moment.date().isoformat()}"

    def known_cards(self, numbers: Collection[str]) -> set[str]:
        return self.cards.keys() & set(numbers)

    def activate(self, number: str, name: str, birth_date: date, phone: str | None) -> bool:
        self.activations.append((number, name, birth_date, phone))
        return self.activates

    def note_consent(self, phone: str, number: str) -> None:
        self.consents.append((phone, number))

    def offer_code(self, card_number: str, phone: str | None) -> CodeOffer:
        self.offers.append((card_number, phone))
        return self.offered

    def check_code(self, card_number: str, code: str) -> CodeVerdict:
        assert (card_number, code) == (NUMBER, SLOTS["one_time_code"])
        return self.verdict

    def line_mode(self) -> LineMode:
        return self.mode

    def join_line(self, category: str | None) -> None:
        self.joined.append(category)

    def date_in_words(self, day: date) -> str:
        return f"words|{day.isoformat()}"

    def local_date(self, moment: datetime) -> date:
        return moment.date()


ACTIONS = load_actions()
ASKED_ONCE = {"card_base_asked": "1"}


PROVEN = {"verified": f"proof of {NUMBER}"}


def run(
    name: str,
    services: FakeServices,
    caller: str | None = CALLER,
    *,
    candidates: tuple[str, ...] = (),
    slots: Mapping[str, str] = SLOTS,
    facts: Mapping[str, str] = PROVEN,
    args: Mapping[str, str] = MappingProxyType({}),
) -> Finished:
    context = Context("CA1", caller, slots, candidates, args, facts)
    return ACTIONS[name].run(context, cast(Services, services))


def test_every_module_is_an_action_of_its_own_name() -> None:
    assert {"activate_verified", "call_operator", "pick_known_card", "register_appeal", "send_code"} < set(ACTIONS)
    assert all(action.outcomes for action in ACTIONS.values())
    assert all(vars(sys.modules[f"ivr.actions.{name}"])["NAME"] == name for name in ACTIONS)


def test_an_outcome_that_was_not_declared_is_a_defect() -> None:
    wrong = Action("wrong", frozenset({"a"}), lambda context, services: Finished("wrong", "b"))
    with pytest.raises(AssertionError, match="no outcome b"):
        wrong.run(Context("CA1", None, {}), cast(Services, FakeServices()))


@pytest.mark.parametrize(
    ("card", "caller", "phone"),
    [
        (FakeCard(), CALLER, ON_FILE),
        (FakeCard(birth_date=None), CALLER, ON_FILE),
        (FakeCard(phone=None), CALLER, CALLER),
        (FakeCard(phone=None), None, None),
        (FakeCard(birth_date=date(1985, 5, 24)), CALLER, None),
        (FakeCard(birth_date=date(1985, 5, 24), phone=None), CALLER, None),
        (FakeCard(status="active"), CALLER, ON_FILE),
        (None, CALLER, None),
    ],
)
def test_a_code_goes_to_the_phone_on_file_or_nowhere(
    card: FakeCard | None, caller: str | None, phone: str | None
) -> None:
    services = FakeServices({NUMBER: card} if card else {})
    assert run("send_code", services, caller).outcome == "sent"
    assert services.offers == [(NUMBER, phone)]


@pytest.mark.parametrize(
    ("card", "phone"),
    [(FakeCard(), ON_FILE), (FakeCard(phone=None), None), (FakeCard(phone=None, birth_date=None), None), (None, None)],
)
def test_without_a_date_of_birth_a_code_goes_to_the_phone_on_file_only(
    card: FakeCard | None, phone: str | None
) -> None:
    services = FakeServices({NUMBER: card} if card else {})
    assert run("send_code", services, slots={"card_number": NUMBER}).outcome == "sent"
    assert services.offers == [(NUMBER, phone)]


def test_a_silent_base_uses_no_code_up() -> None:
    services = FakeServices(silent=True, verdict="spent")
    assert run("send_code", services).outcome == "unavailable"
    assert services.offers == []


@pytest.mark.parametrize("cards", [{}, {NUMBER: FakeCard()}, {NUMBER: FakeCard(birth_date=date(1, 1, 1))}])
def test_known_and_unknown_cards_are_answered_alike(cards: dict[str, FakeCard]) -> None:
    assert run("send_code", FakeServices(cards)) == Finished("send_code", "sent")
    assert run("send_code", FakeServices(cards, offered="limited")) == Finished("send_code", "limited")
    assert run("send_code", FakeServices(cards, offered="paused")) == Finished("send_code", "paused")


def test_a_proven_caller_activates() -> None:
    services = FakeServices({NUMBER: FakeCard()})
    assert run("activate_verified", services) == Finished("activate_verified", "activated")
    assert services.activations == [(NUMBER, "мария", BORN, None)]
    assert services.consents == [(ON_FILE, NUMBER)]


def test_a_card_without_a_phone_takes_the_callers() -> None:
    services = FakeServices({NUMBER: FakeCard(phone=None)})
    run("activate_verified", services)
    assert services.activations[0][3] == CALLER
    assert services.consents == [(CALLER, NUMBER)]


def test_an_active_card_is_never_activated_again() -> None:
    since = datetime(2026, 3, 5, tzinfo=UTC)
    services = FakeServices({NUMBER: FakeCard(status="active", activated_at=since)})
    finished = run("activate_verified", services)
    assert finished == Finished("activate_verified", "already_active", facts={"since": "words|2026-03-05"})
    services = FakeServices({NUMBER: FakeCard(status="active")})
    assert run("activate_verified", services).outcome == "long_active"
    assert services.activations == []


def test_a_card_that_is_out_of_use_is_not_activated() -> None:
    blocked = FakeServices({NUMBER: FakeCard(status="blocked")}, activates=False)
    assert run("activate_verified", blocked).outcome == "not_possible"


@pytest.mark.parametrize(
    ("known", "finished"),
    [
        ([], Finished("pick_known_card", "unclear", facts=ASKED_ONCE)),
        (["2"], Finished("pick_known_card", "picked", slots={"card_number": "2"}, facts=ASKED_ONCE)),
        (["1", "2"], Finished("pick_known_card", "unclear", facts=ASKED_ONCE)),
        (["9"], Finished("pick_known_card", "unclear", facts=ASKED_ONCE)),
    ],
)
def test_the_one_reading_that_is_a_card_is_picked(known: list[str], finished: Finished) -> None:
    services = FakeServices({number: FakeCard() for number in known})
    assert run("pick_known_card", services, candidates=("1", "2", "3")) == finished


def test_the_base_of_cards_is_asked_three_times_in_a_call() -> None:
    """However often a caller tries numbers out, so many are told apart and no more."""
    services, facts, outcomes = FakeServices({"2": FakeCard()}), dict[str, str](), list[str]()
    for _ in range(5):
        finished = ACTIONS["pick_known_card"].run(
            Context("CA1", CALLER, {}, ("1", "2"), facts=facts), cast(Services, services)
        )
        outcomes.append(finished.outcome)
        facts |= finished.facts
    assert outcomes == ["picked"] * 3 + ["unclear"] * 2


MODES: tuple[LineMode, ...] = ("direct", "closed", "nobody")
FIRST_WISH = {OPERATOR_ASKED: "1"}


@pytest.mark.parametrize("mode", MODES)
def test_nobody_joins_a_line_that_is_none(mode: LineMode) -> None:
    services = FakeServices(mode=mode)
    assert run("call_operator", services, facts=FIRST_WISH).outcome == mode
    assert services.joined == []


@pytest.mark.parametrize(
    ("mode", "facts", "outcome"),
    [
        ("peak", FIRST_WISH, "line"),
        ("quiet", FIRST_WISH, "quiet"),
        ("quiet", {OPERATOR_ASKED: "2"}, "line"),
        ("quiet", {}, "line"),
        ("quiet", FIRST_WISH | {"category": "balance"}, "line"),
    ],
)
def test_self_service_is_offered_once_and_only_in_quiet_hours(
    mode: LineMode, facts: dict[str, str], outcome: str
) -> None:
    services = FakeServices(mode=mode)
    assert run("call_operator", services, facts=facts).outcome == outcome
    assert services.joined == ([facts.get("category")] if outcome == "line" else [])


def test_who_was_in_the_line_before_goes_back_at_once() -> None:
    services = FakeServices(mode="quiet")
    assert run("call_operator", services, facts=FIRST_WISH, args={"at_once": "yes"}).outcome == "line"
