"""A code of one purpose opens no other, stays with whom it is for, and carries what it was asked for with."""

from datetime import date, timedelta
from typing import get_args

import pytest
from sqlalchemy import text

from ivr.clock import SetClock
from ivr.codes import ActivationForm, CodeRequest, Purpose, Redeemed
from tests.codes.code_caller import CARD, OTHER_CARD, OTHER_PHONE, PHONE, Caller, other_than

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
FORM = ActivationForm(CARD, "мария", date(1985, 5, 23)).to_bytes()
WEB = "w" * 64


def ask(purpose: Purpose = "web", holder: str = WEB, card: str | None = None, **more: object) -> CodeRequest:
    given: dict[str, object] = {"phone": PHONE, "source": "203.0.113.7", "carried": None} | more
    return CodeRequest(purpose, holder, card, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_it_opens_its_own_purpose_only(caller: Caller, purpose: Purpose) -> None:
    code = caller.code(caller.ask(ask(purpose, card=CARD)))
    others = [other for other in PURPOSES if other != purpose]
    assert [caller.check(code, CARD, WEB, other) for other in others] == ["none", "none"]
    assert caller.check(code, CARD, WEB, purpose) == "right"


def test_a_code_stays_when_one_of_another_purpose_is_sent(caller: Caller) -> None:
    codes = {purpose: caller.code(caller.ask(ask(purpose, card=CARD))) for purpose in PURPOSES}
    assert [caller.check(code, CARD, WEB, purpose) for purpose, code in codes.items()] == ["right"] * 3


def test_a_new_code_voids_those_of_its_card_and_those_of_its_holder(caller: Caller) -> None:
    of_card = caller.code(caller.ask(ask(holder="a", card=CARD)))
    of_holder = caller.code(caller.ask(ask(holder="b", card=OTHER_CARD, phone=OTHER_PHONE)))
    caller.ask(ask(holder="b", card=CARD))
    assert caller.check(of_card, CARD, "a", "web") == "none"
    assert caller.check(of_holder, OTHER_CARD, "b", "web") == "none"


def test_a_code_about_no_card_voids_no_other_phone_s(caller: Caller) -> None:
    first = caller.code(caller.ask(ask(holder="a")))
    caller.ask(ask(holder="b", phone=OTHER_PHONE))
    assert caller.check(first, None, "a", "web") == "right"


def test_a_code_about_a_card_is_taken_where_no_card_is_named(caller: Caller) -> None:
    code = caller.code(caller.ask(ask(card=CARD)))
    assert caller.check(code, OTHER_CARD, WEB, "web") == "none"
    assert caller.check(code, None, WEB, "web") == "right"


@pytest.mark.parametrize(
    ("purpose", "words"),
    [("call", "Код для звонка"), ("web", "Код для сайта"), ("data_change", "Код для анкеты")],
)
def test_each_purpose_is_told_and_codes_of_the_web_are_bound_to_its_address(
    caller: Caller, purpose: Purpose, words: str
) -> None:
    offer = caller.ask(ask(purpose))
    body, code = caller.body(offer), caller.code(offer)
    assert body.startswith(f"{words}")
    assert body.endswith(f"\n\n@moy.magnit.ru #{code}") is (purpose != "call")


# -- what a code carries -----------------------------------------------------------------------------------------------


def test_it_hands_back_what_it_carries_with_the_right_code_and_once(caller: Caller) -> None:
    code = caller.code(caller.ask(ask(carried=FORM)))
    assert caller.redeem("web", WEB, other_than(code)) == Redeemed("wrong", None)
    assert caller.redeem("web", WEB, code) == Redeemed("right", FORM)
    assert caller.redeem("web", WEB, code) == Redeemed("spent", None)
    assert ActivationForm.from_bytes(FORM).card_number == CARD


def test_a_second_code_of_the_holder_carries_what_the_first_did(caller: Caller) -> None:
    """A message asks for a code about a card; the phone is then named in the cabinet, which asks for another one."""
    caller.ask(ask(card=CARD, carried=FORM))
    code = caller.code(caller.ask(ask(card=None)))
    assert caller.redeem("web", WEB, code) == Redeemed("right", FORM)


def test_what_has_expired_is_carried_no_further(caller: Caller, clock: SetClock) -> None:
    caller.ask(ask(carried=FORM))
    clock.move(timedelta(minutes=5))
    code = caller.code(caller.ask(ask()))
    assert caller.redeem("web", WEB, code) == Redeemed("right", None)


def test_nobody_else_s_code_carries_it(caller: Caller) -> None:
    caller.ask(ask(card=CARD, carried=FORM))
    code = caller.code(caller.ask(ask(holder="other", card=CARD)))
    assert caller.redeem("web", "other", code) == Redeemed("right", None)


def test_a_form_put_right_within_the_minute_goes_with_the_code_on_its_way(caller: Caller) -> None:
    code = caller.code(caller.ask(ask(card=CARD, carried=FORM)))
    assert caller.ask(ask(card=CARD, carried=b"put right")).outcome == "early"
    assert caller.redeem("web", WEB, code) == Redeemed("right", b"put right")


def sealed(caller: Caller) -> list[bytes]:
    with caller.database.reading() as conn:
        kept = conn.execute(text("SELECT sealed FROM codes WHERE sealed IS NOT NULL")).scalars()
        return [bytes(one) for one in kept]


def test_nothing_can_be_read_of_it_in_the_table(caller: Caller) -> None:
    caller.ask(ask(card=CARD, carried=FORM))
    (kept,) = sealed(caller)
    assert CARD.encode() not in kept
    assert "мария".encode() not in kept


def test_it_is_dropped_with_the_code(caller: Caller, clock: SetClock) -> None:
    caller.redeem("web", WEB, caller.code(caller.ask(ask(carried=FORM))))
    assert sealed(caller) == []
    caller.ask(ask(carried=FORM))
    clock.move(timedelta(minutes=5))
    assert len(sealed(caller)) == 1
    with caller.database.transaction() as conn:
        caller.desk.tend(conn)
    assert sealed(caller) == []


def test_of_a_decoy_nothing_is_kept_but_the_length(caller: Caller) -> None:
    caller.ask(ask(phone=None, carried=FORM))
    (kept,) = sealed(caller)
    assert caller.desk._keys.open(kept) not in (None, FORM)


def test_a_request_shows_nothing_personal() -> None:
    shown = repr(ask(card=CARD, carried=FORM, named=PHONE)) + repr(Redeemed("right", FORM))
    shown += repr(ActivationForm.from_bytes(FORM))
    assert not any(secret in shown for secret in (CARD, PHONE, "мария", "1985", "203.0.113"))
