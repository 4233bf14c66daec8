"""Which number is meant: ranks, the scheme of issued numbers, and what is worth a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog.events import Hypothesis, Spoken, Utterance, keyed, said
from ivr.dialog.forms import Complete, Rejection
from ivr.dialog.parts import Difference, InBlocks
from ivr.slots import Scheme, load_slot_types
from ivr.slots.solver import (
    EXPLAINED_NATS,
    NUMBERS_AT_MOST,
    PROMOTED_AT_MOST,
    RIVAL_NATS,
    difference,
    passes_luhn,
    solve,
)
from tests.slots.conftest import LEXICON

ANY = Scheme()
LUHN = Scheme(luhn=True)
RIGHT, WRONG = "4276051234567891", "4276051234567890"
"""With Luhn's check digit, and without."""
BLOCKS = ("4276", "0512", "4571", "0024")
HEARD = "сорок два семьдесят шесть ноль пять двенадцать {} ноль ноль двадцать четыре"

numbers = st.text("0123456789", min_size=16, max_size=16)
scores = st.dictionaries(numbers, st.floats(-30, 0), min_size=1, max_size=30)
schemes = st.builds(Scheme, st.sampled_from([(), ("42",), ("4276", "9")]), st.booleans())


def check_digit(number: str) -> str:
    return next(digit for digit in "0123456789" if passes_luhn(number[:-1] + digit))


@given(scores, schemes)
def test_it_only_ranks_what_was_heard(given_scores: dict[str, float], scheme: Scheme) -> None:
    solution = solve(given_scores, scheme)
    assert {one.digits: one.score for one in solution.candidates}.items() <= given_scores.items()
    assert 1 <= solution.rivals <= len(solution.candidates) <= NUMBERS_AT_MOST
    assert all(one.score >= max(given_scores.values()) - EXPLAINED_NATS for one in solution.candidates)


@given(scores, schemes)
def test_the_scheme_brings_no_deep_reading_to_the_front(given_scores: dict[str, float], scheme: Scheme) -> None:
    plain, solved = solve(given_scores, ANY).numbers, solve(given_scores, scheme).numbers
    assert set(solved[:PROMOTED_AT_MOST]) == set(plain[:PROMOTED_AT_MOST])
    assert solved[PROMOTED_AT_MOST:] == plain[PROMOTED_AT_MOST:]
    fits = [scheme.fits(number) for number in solved[:PROMOTED_AT_MOST]]
    assert fits == sorted(fits, reverse=True)


@given(scores)
def test_rivals_are_as_likely_as_the_first(given_scores: dict[str, float]) -> None:
    solution = solve(given_scores, ANY)
    first, *others = solution.candidates
    near = [one for one in others if first.score - one.score <= RIVAL_NATS]
    assert solution.rivals == 1 + len(near)


def test_luhn_promotes_the_second_reading_but_never_the_fourth() -> None:
    near = {WRONG: 0.0, RIGHT: -3.0}
    assert solve(near, LUHN).numbers == (RIGHT, WRONG)
    others = [f"427605123456789{digit}" for digit in "234"]
    deep = {number: -float(rank) for rank, number in enumerate([WRONG, *others, RIGHT])}
    assert solve(deep, LUHN).numbers[0] == WRONG


def test_series_promote_alike_and_refuse_nothing() -> None:
    issued = Scheme(series=("4276", "2200"))
    assert solve({"5276051234567890": 0.0, WRONG: -1.0}, issued).numbers[0] == WRONG
    assert solve({"5276051234567890": 0.0}, issued).numbers == ("5276051234567890",)


def test_a_reading_that_fits_has_no_rival_that_does_not() -> None:
    assert solve({WRONG: 0.0, RIGHT: -0.5}, LUHN).rivals == 1
    assert solve({WRONG: 0.0, RIGHT: -0.5}, ANY).rivals == 2


@given(numbers)
def test_luhn_finds_every_single_wrong_digit(number: str) -> None:
    right = number[:-1] + check_digit(number)
    wrong = (right[:at] + digit + right[at + 1 :] for at in range(16) for digit in "0123456789" if digit != right[at])
    assert not any(map(passes_luhn, wrong))


@given(
    st.lists(st.sampled_from(BLOCKS), min_size=4, max_size=4), st.lists(st.sampled_from(BLOCKS), min_size=4, max_size=4)
)
def test_a_difference_is_one_block(first: list[str], second: list[str]) -> None:
    found = difference(first, second)
    unlike = [at for at in range(4) if first[at] != second[at]]
    assert (found is None) == (len(unlike) != 1)
    if found:
        assert found == Difference(unlike[0], (first[unlike[0]], second[unlike[0]]))


def test_two_versions_of_a_block_are_rivals() -> None:
    slot = load_slot_types(LEXICON)["card_number"]
    versions = ("сорок пять семьдесят один", "сорок шесть семьдесят один")
    near = [Hypothesis(HEARD.format(version), score) for version, score in zip(versions, (300.0, 299.2), strict=True)]
    reading = slot.read(Utterance((Spoken(tuple(near)),)))
    assert isinstance(reading, Complete)
    assert reading.rivals == 2
    assert isinstance(slot, InBlocks)
    assert slot.difference(*reading.values) == Difference(2, ("4571", "4671"))
    far = Spoken((near[0], Hypothesis(near[1].text, 295.0)))
    assert slot.read(Utterance((far,))) == reading
    again = slot.read(Utterance((far,)))
    assert isinstance(again, Complete)
    assert again.rivals == 1


def test_what_recognition_does_not_explain_is_no_reading() -> None:
    slot = load_slot_types(LEXICON)["card_number"]
    hypotheses = (
        Hypothesis(HEARD.format("сорок пять семьдесят один"), 300.0),
        Hypothesis(HEARD.format("ноль ноль ноль"), 280.0),
    )
    assert slot.read(Utterance((Spoken(hypotheses),))) == Complete(("4276051245710024",))


@pytest.mark.parametrize("scheme", [Scheme(luhn=True), Scheme(series=("4277",))])
def test_keys_that_are_no_card_are_entered_again(scheme: Scheme) -> None:
    slot = load_slot_types(LEXICON, scheme=scheme)["card_number"]
    assert slot.read(keyed(WRONG)) == Rejection("impossible")
    assert isinstance(slot.read(said(" ".join(slot.spoken(WRONG)).replace(",", ""))), Complete)
    fitting = "4277051234567890"[:-1] + check_digit("4277051234567890")
    assert slot.read(keyed(fitting)) == Complete((fitting,))
