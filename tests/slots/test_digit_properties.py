"""Any number in any style of reading is among the readings."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialog.events import Hypothesis, Keyed, Part, Spoken, Utterance, keyed, said
from ivr.dialog.forms import Complete, Partial, SlotType
from tests.slots.styles import DIGIT_STYLES, FIRST_GUESS_STYLES, in_groups, mixed_groups

numbers = st.one_of(
    st.text("0123456789", min_size=16, max_size=16),
    st.text("0012", min_size=16, max_size=16),
    st.lists(st.sampled_from(["00", "20", "05", "11", "100", "77"]), min_size=8).map(lambda g: "".join(g)[:16]),
)
few = settings(max_examples=40, deadline=None)
CODE_STYLES = [style for style in DIGIT_STYLES if style != "fours"]


def spoken(words: list[str]) -> Spoken:
    return Spoken((Hypothesis(" ".join(words)),))


def values(slot: SlotType, utterance: Utterance) -> tuple[str, ...]:
    reading = slot.read(utterance)
    assert isinstance(reading, Complete), reading
    return reading.values


@pytest.mark.parametrize("style", DIGIT_STYLES)
@few
@given(number=numbers)
def test_it_reads_any_number_in_any_style(card_number: SlotType, style: str, number: str) -> None:
    heard = values(card_number, said(" ".join(DIGIT_STYLES[style](number))))
    assert number in heard
    if style in FIRST_GUESS_STYLES:
        assert heard[0] == number


@settings(max_examples=150, deadline=None)
@given(data=st.data(), number=numbers)
def test_it_reads_mixed_groups(card_number: SlotType, data: st.DataObject, number: str) -> None:
    assert number in values(card_number, said(" ".join(data.draw(mixed_groups(number)))))


@pytest.mark.parametrize("style", DIGIT_STYLES)
@few
@given(number=numbers, data=st.data())
def test_it_reads_a_number_with_pauses_anywhere(
    card_number: SlotType, style: str, number: str, data: st.DataObject
) -> None:
    words = DIGIT_STYLES[style](number)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(words) - 1), max_size=4)))
    parts = [spoken(words[a:b]) for a, b in zip([0, *cuts], [*cuts, len(words)], strict=True)]
    assert number in values(card_number, Utterance(tuple(parts)))


@pytest.mark.parametrize("style", DIGIT_STYLES)
@few
@given(number=numbers, cuts=st.sets(st.integers(1, 15), min_size=1, max_size=3), keys_first=st.booleans())
def test_it_reads_keys_and_speech_in_turn(
    card_number: SlotType, style: str, number: str, cuts: set[int], keys_first: bool
) -> None:
    edges = [0, *sorted(cuts), 16]
    parts: list[Part] = []
    for turn, (start, end) in enumerate(pairwise(edges)):
        digits = number[start:end]
        parts.append(Keyed(digits) if (turn % 2 == 0) == keys_first else spoken(DIGIT_STYLES[style](digits)))
    assert number in values(card_number, Utterance(tuple(parts)))


@settings(max_examples=100, deadline=None)
@given(number=numbers, at=st.integers(0, 7), wrong=st.text("0123456789", min_size=2, max_size=2), data=st.data())
def test_it_replaces_a_pair_that_the_caller_corrects(
    card_number: SlotType, number: str, at: int, wrong: str, data: st.DataObject
) -> None:
    pairs = [number[start : start + 2] for start in range(0, 16, 2)]
    marker = data.draw(st.sampled_from(["нет", "ой нет", "извините", "точнее", "то есть", "э вернее"]))
    style = in_groups(2)
    before, after = style("".join([*pairs[:at], wrong])), style("".join(pairs[at:]))
    if wrong == pairs[at]:
        return
    heard = values(card_number, said(" ".join([*before, marker, *after])))
    assert number in heard
    assert all(len(value) == 16 for value in heard)


@few
@given(
    number=numbers, said_before=st.text("0123456789", min_size=2, max_size=14), style=st.sampled_from([*DIGIT_STYLES])
)
def test_it_starts_over(card_number: SlotType, number: str, said_before: str, style: str) -> None:
    render = DIGIT_STYLES[style]
    for restart in ("нет сначала", "заново", "ой давайте заново"):
        heard = said(" ".join([*render(said_before), restart, *render(number)]))
        assert number in values(card_number, heard)


@few
@given(number=numbers, size=st.integers(1, 15))
def test_it_tells_what_was_understood_so_far(card_number: SlotType, number: str, size: int) -> None:
    beginning = number[:size]
    assert card_number.read(keyed(beginning)) == Partial(beginning)
    assert card_number.read(said(" ".join(DIGIT_STYLES["singly"](beginning)))) == Partial(beginning)


@few
@given(number=numbers, pairs=st.integers(1, 7))
def test_it_does_not_take_unfinished_pairs_for_a_whole_number(card_number: SlotType, number: str, pairs: int) -> None:
    beginning = number[: pairs * 2]
    assert card_number.read(said(" ".join(in_groups(2)(beginning)))) == Partial(beginning)


@few
@given(code=st.text("0123456789", min_size=6, max_size=6), style=st.sampled_from(CODE_STYLES))
def test_it_reads_a_code_in_any_style(slots: dict[str, SlotType], code: str, style: str) -> None:
    assert code in values(slots["one_time_code"], said(" ".join(DIGIT_STYLES[style](code))))


@few
@given(number=numbers)
def test_it_understands_what_it_says_back(card_number: SlotType, number: str) -> None:
    pieces = card_number.spoken(number)
    assert len(pieces) == 8
    assert [piece.endswith(",") for piece in pieces] == [False, True] * 3 + [False] * 2, "a pause after each block"
    assert values(card_number, said(" ".join(pieces).replace(",", "")))[0] == number
