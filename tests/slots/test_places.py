"""Blocks in any order, and corrections that name their place while the number is still being read."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialog.events import Hypothesis, Keyed, Spoken, Utterance, said
from ivr.dialog.forms import Complete, Partial, SlotType
from tests.slots.styles import DIGIT_STYLES

NAMES = ("первый блок", "второй блок", "третий блок", "четвёртый блок")
FIRST_TWELVE = "сорок два семьдесят шесть ноль пять двенадцать ноль ноль ноль два"
WHOLE = f"{FIRST_TWELVE} ноль ноль двадцать четыре"
NUMBER = "4276051200020024"
BLOCKS = ("4276", "0512", "0002", "0024")
STYLES = ("singly", "pairs", "singly_feminine")
numbers = st.text("0123456789", min_size=16, max_size=16)
few = settings(max_examples=60, deadline=None)


def blocks(number: str) -> list[str]:
    return [number[at : at + 4] for at in range(0, 16, 4)]


@few
@given(number=numbers, order=st.permutations(range(4)), style=st.sampled_from(STYLES))
def test_it_takes_named_blocks_in_any_order(card_number: SlotType, number: str, order: list[int], style: str) -> None:
    words = [word for at in order for word in (NAMES[at], *DIGIT_STYLES[style](blocks(number)[at]))]
    reading = card_number.read(said(" ".join(words)))
    assert isinstance(reading, Complete), reading
    assert number in reading.values


@few
@given(number=numbers, order=st.permutations(range(4)), pauses=st.randoms())
def test_it_takes_named_blocks_over_pauses(
    card_number: SlotType, number: str, order: list[int], pauses: random.Random
) -> None:
    parts = list[Spoken]()
    for at in order:
        name, digits = NAMES[at], " ".join(DIGIT_STYLES["singly"](blocks(number)[at]))
        texts = [f"{name} {digits}"] if pauses.random() < 0.5 else [name, digits]
        parts += [Spoken((Hypothesis(text),)) for text in texts]
    assert card_number.read(Utterance(tuple(parts))) == Complete((number,))


@few
@given(number=numbers, order=st.permutations(range(4)), known=st.integers(1, 3))
def test_it_tells_which_blocks_it_has(card_number: SlotType, number: str, order: list[int], known: int) -> None:
    given_blocks = set(order[:known])
    words = [word for at in order[:known] for word in (NAMES[at], *DIGIT_STYLES["singly"](blocks(number)[at]))]
    mask = "".join(block if at in given_blocks else "...." for at, block in enumerate(blocks(number))).rstrip(".")
    assert card_number.read(said(" ".join(words))) == Partial(mask)


@few
@given(number=numbers, at=st.integers(0, 3), new=st.text("0123456789", min_size=4, max_size=4))
def test_a_named_block_replaces_what_was_said_there(card_number: SlotType, number: str, at: int, new: str) -> None:
    for mark in ("нет", "ой нет", "точнее", ""):
        words = [*DIGIT_STYLES["singly"](number), mark, NAMES[at], *DIGIT_STYLES["singly"](new)]
        corrected = "".join([*blocks(number)[:at], new, *blocks(number)[at + 1 :]])
        reading = card_number.read(said(" ".join(words)))
        assert isinstance(reading, Complete)
        assert reading.values[0] == corrected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"последние четыре ноль один один девять первые {FIRST_TWELVE}", "4276051200020119"),
        (f"последние четыре ноль один один девять {FIRST_TWELVE}", "4276051200020119"),
        (f"{WHOLE} нет последние четыре ноль один один девять", "4276051200020119"),
        (f"{WHOLE} последние две двадцать пять", "4276051200020025"),
        (f"{FIRST_TWELVE} в конце ноль ноль двадцать четыре", NUMBER),
        ("первые восемь сорок два семьдесят шесть ноль пять двенадцать последние восемь "
         "ноль ноль ноль два ноль ноль двадцать четыре", NUMBER),
        ("второй блок ноль пять двенадцать первый блок сорок два семьдесят шесть последний блок ноль ноль "
         "двадцать четыре третий блок ноль ноль ноль два", NUMBER),
        (f"{FIRST_TWELVE} последние четыре ноль один нет ноль ноль двадцать четыре", NUMBER),
        (f"первый блок одиннадцать одиннадцать нет сначала {WHOLE}", NUMBER),
        ("сорок два семьдесят шесть ноль пять вместо ноль пять ноль шесть двенадцать ноль ноль ноль два ноль ноль "
         "двадцать четыре", "4276061200020024"),
        (f"одну минутку {WHOLE}", NUMBER),
        ("единичка четвёрка " + "ноль " * 14, "1400000000000000"),
    ],
)  # fmt: skip
def test_it_puts_digits_where_the_caller_says(card_number: SlotType, text: str, number: str) -> None:
    reading = card_number.read(said(text))
    assert isinstance(reading, Complete), reading
    assert reading.values[0] == number


def test_keys_and_named_speech_fill_one_number(card_number: SlotType) -> None:
    parts = (
        Spoken((Hypothesis("последние четыре ноль ноль двадцать четыре первые"),)),
        Keyed("4276"),
        Spoken((Hypothesis("ноль пять двенадцать"),)),
        Keyed("0002"),
    )
    assert card_number.read(Utterance(parts)) == Complete((NUMBER,))


def test_a_key_takes_back_the_last_keyed_block(card_number: SlotType) -> None:
    parts = (Spoken((Hypothesis("сорок два семьдесят шесть"),)), Keyed("0612*051200020024"))
    assert card_number.read(Utterance(parts)) == Complete((NUMBER,))


def test_it_names_blocks_behind_a_hole(card_number: SlotType) -> None:
    assert card_number.spoken("............0119") == ("четвёртый блок:", "ноль один", "девятнадцать")
    assert card_number.spoken("4276....0002") == (
        "первый блок:", "сорок два", "семьдесят шесть", "третий блок:", "ноль ноль", "ноль два",
    )  # fmt: skip


def test_it_offers_the_names_of_blocks(slots: Mapping[str, SlotType]) -> None:
    for phrase in (*NAMES, "последние четыре"):
        assert {phrase, f"{phrase} семьдесят"} <= set(slots["card_number"].phrases())
        assert phrase not in slots["one_time_code"].phrases()
