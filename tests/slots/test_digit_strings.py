"""Card numbers and codes: what is said and keyed, by example."""

from collections.abc import Mapping

import pytest

from ivr.dialog.events import Hypothesis, Keyed, Spoken, Utterance, keyed, said
from ivr.dialog.forms import Complete, Partial, Rejection, SlotType

BEGINNING = "сорок два семьдесят шесть ноль пять двенадцать тридцать четыре пятьдесят шесть семьдесят восемь"
"""Fourteen digits."""


def first(slot: SlotType, text: str) -> str:
    reading = slot.read(said(text))
    assert isinstance(reading, Complete), reading
    return reading.values[0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("четыре два семь шесть ноль пять один два три четыре пять шесть семь восемь девять ноль", "4276051234567890"),
        (f"{BEGINNING} девяносто", "4276051234567890"),
        (f"э номер карты {BEGINNING} девять нуль", "4276051234567890"),
        ("четыре тысячи двести семьдесят шесть ноль пять двенадцать три тысячи четыреста пятьдесят шесть "
         "семь тысяч восемьсот девяносто один", "4276051234567891"),
        ("четыреста двадцать семь шестьсот пять сто двадцать три четыреста пятьдесят шесть "
         "семьсот восемьдесят девять ноль", "4276051234567890"),
        ("два нуля три семёрки дважды пять трижды два пара нулей пятьсот шесть двойка", "0077755222005062"),
        ("семь тысяч семьсот восемьдесят девять четыре нуля одиннадцать одиннадцать двадцать два двадцать два",
         "7789000011112222"),
        ("тысяча две тысячи три тысячи четыре тысячи", "1000200030004000"),
        ("две тысячи пять тысяча десять ноль ноль ноль ноль девяносто девять девяносто девять", "2005101000009999"),
        ("сорок два семьдесят шесть э ноль пять нет ноль шесть двенадцать тридцать четыре пятьдесят шесть "
         "семьдесят восемь девяносто один", "4276061234567891"),
        ("сорок два семьдесят шесть ноль пять не ноль пять а ноль шесть двенадцать тридцать четыре пятьдесят шесть "
         "семьдесят восемь девяносто один", "4276061234567891"),
        ("четыре два семь шесть ноль пять ой ноль шесть один два три четыре пять шесть семь восемь девять один",
         "4276061234567891"),
        (f"сорок один нет сначала {BEGINNING} девяносто один", "4276051234567891"),
        (f"{BEGINNING} девяносто [unk] нет девяносто один", "4276051234567891"),
        ("сорока двух семидесяти шести ноля пяти двенадцати тридцати четырёх пятидесяти шести "
         "семидесяти восьми одного двух", "4276051234567812"),
    ],
)  # fmt: skip
def test_it_reads_a_card_number(card_number: SlotType, text: str, number: str) -> None:
    assert first(card_number, text) == number


@pytest.mark.parametrize(
    ("words", "zeros", "number"),
    [
        ("двадцать пять", 13, "2050000000000000"),
        ("двадцать пять", 14, "2500000000000000"),
        ("пятьсот шесть", 12, "5006000000000000"),
        ("пятьсот шесть", 13, "5060000000000000"),
        ("сто двадцать три", 10, "1002030000000000"),
        ("сто двадцать три", 11, "1002300000000000"),
        ("сто двадцать три", 12, "1203000000000000"),
        ("сто двадцать три", 13, "1230000000000000"),
        ("две тысячи пять", 11, "2000500000000000"),
        ("две тысячи пять", 12, "2005000000000000"),
        ("два нуля", 14, "0000000000000000"),
        ("два нуля", 14, "2000000000000000"),
    ],
)
def test_it_keeps_every_reading_that_fits(card_number: SlotType, words: str, zeros: int, number: str) -> None:
    reading = card_number.read(said(words + " ноль" * zeros))
    assert isinstance(reading, Complete)
    assert number in reading.values


def test_it_puts_the_natural_reading_before_a_split_one(card_number: SlotType) -> None:
    split, natural = "двадцать пять" + " ноль" * 13, "двадцать шесть" + " ноль" * 14
    both = Complete(("2600000000000000", "2050000000000000"), closed=False, forced=True)
    assert card_number.read(said(split, natural)) == both
    assert card_number.read(said(natural, split)) == Complete(("2600000000000000", "2050000000000000"))


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        (f"{BEGINNING} девяносто", False),
        (f"{BEGINNING} девяносто один", True),
        (f"{BEGINNING} девять ноль", True),
        (f"{BEGINNING} двенадцать", True),
        ("четыре два семь шесть ноль пять один два три четыре пять шесть семь двести", False),
        ("двадцать пять" + " ноль" * 13, False),
    ],
)
def test_it_waits_while_the_last_number_may_go_on(card_number: SlotType, text: str, closed: bool) -> None:
    reading = card_number.read(said(text))
    assert isinstance(reading, Complete)
    assert reading.closed is closed


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("", Rejection("nothing")),
        ("[unk]", Rejection("nothing")),
        ("[unk] номер карты э", Rejection("nothing")),
        ("нет", Rejection("nothing")),
        (BEGINNING, Partial("42760512345678")),
        ("сорок два семьдесят шесть нет", Partial("42")),
        ("сорок два семьдесят шесть сначала", Rejection("restart")),
        ("ой давайте заново", Rejection("restart")),
        ("сорок два нет сорок три", Partial("43")),
        ("сорок два э то есть сорок три семьдесят", Partial("4370")),
        ("один " * 17, Rejection("too_long")),
    ],
)
def test_it_tells_why_there_is_no_number(card_number: SlotType, text: str, reading: Partial | Rejection) -> None:
    assert card_number.read(said(text)) == reading


def test_it_keeps_the_uncorrected_number_out(card_number: SlotType) -> None:
    reading = card_number.read(said(f"{BEGINNING} девяносто один нет девяносто два"))
    assert isinstance(reading, Complete)
    assert reading.values[0] == "4276051234567892"
    assert "4276051234567891" not in reading.values


def test_it_sorts_hypotheses_by_likelihood_and_drops_those_that_do_not_fit(card_number: SlotType) -> None:
    part = Spoken((
        Hypothesis("четыре два семь шесть ноль пять один два три четыре пять шесть семь восемь девять", 310.0),
        Hypothesis(f"{BEGINNING} десять", 309.0),
        Hypothesis(f"{BEGINNING} девяносто", 304.5),
        Hypothesis(f"{BEGINNING} двенадцать", 307.0),
        Hypothesis(f"э {BEGINNING} десять", 306.0),
    ))  # fmt: skip
    reading = card_number.read(Utterance((part,)))
    assert isinstance(reading, Complete)
    expected = ("4276051234567810", "4276051234567812", "4276051234567890")
    assert reading.values == expected
    assert not reading.closed


def test_it_adds_up_likelihoods_over_pauses(card_number: SlotType) -> None:
    one = Spoken((
        Hypothesis("четыре два семь шесть ноль пять один два", 90.0),
        Hypothesis("четыре два семь шесть ноль шесть один два", 87.0),
    ))  # fmt: skip
    two = Spoken((
        Hypothesis("три четыре пять шесть семь восемь девять ноль", 200.0),
        Hypothesis("три четыре пять шесть семь восемь десять", 199.0),
    ))  # fmt: skip
    reading = card_number.read(Utterance((one, two)))
    assert isinstance(reading, Complete)
    assert reading.values == ("4276051234567890", "4276051234567810", "4276061234567890", "4276061234567810")


def test_it_keeps_the_work_in_bounds_for_many_long_lists(card_number: SlotType) -> None:
    """Eight stretches of ten hypotheses, each with several readings: 10^8 ways, and far more numbers."""
    hypotheses = tuple(Hypothesis("двадцать пять " + "ноль " * n, -n) for n in range(10))
    reading = card_number.read(Utterance((Spoken(hypotheses),) * 8))
    assert isinstance(reading, Complete)
    assert reading.values[0] == "25" * 8
    assert len(reading.values) <= 20


def test_it_takes_the_whole_number_said_anew_after_a_pause(card_number: SlotType) -> None:
    parts = [Spoken((Hypothesis(text),)) for text in ("сорок два семьдесят", f"{BEGINNING} девяносто один")]
    assert card_number.read(Utterance(tuple(parts))) == Complete(("4276051234567891",))


@pytest.mark.parametrize(
    ("keys", "reading"),
    [
        ("4276051234567890", Complete(("4276051234567890",))),
        ("4276051234567890#", Complete(("4276051234567890",))),
        ("42760512", Partial("42760512")),
        ("42760512#", Partial("42760512")),
        ("427605*11", Partial("427611")),
        ("42760512*", Partial("4276")),
        ("4276**", Rejection("nothing")),
        ("*", Rejection("nothing")),
        ("#", Rejection("nothing")),
        ("42760512345678901", Rejection("too_long")),
    ],
)
def test_it_reads_keys(card_number: SlotType, keys: str, reading: Complete | Partial | Rejection) -> None:
    assert card_number.read(keyed(keys)) == reading


def test_it_takes_back_a_spoken_block_by_key(card_number: SlotType) -> None:
    parts = (
        Spoken((Hypothesis("сорок два семьдесят шесть ноль пять двенадцать"),)),
        Keyed("*061234567890"),
    )
    assert card_number.read(Utterance(parts)) == Complete(("4276061234567890",))


def test_it_says_a_number_back_in_fours_of_two_pairs(card_number: SlotType) -> None:
    assert card_number.spoken("4276051230007800") == (
        "сорок два", "семьдесят шесть,", "ноль пять", "двенадцать,",
        "тридцать", "ноль ноль,", "семьдесят восемь", "ноль ноль",
    )  # fmt: skip
    assert card_number.spoken("42760") == ("сорок два", "семьдесят шесть,", "ноль")
    assert card_number.spoken("") == ()


def test_it_says_a_code_back_digit_by_digit(slots: Mapping[str, SlotType]) -> None:
    assert slots["one_time_code"].spoken("120056") == ("один", "два", "ноль", "ноль", "пять", "шесть")


@pytest.mark.parametrize("keys", ["123456", "123456#", "99*123456"])
def test_it_reads_a_keyed_code(slots: Mapping[str, SlotType], keys: str) -> None:
    assert slots["one_time_code"].read(keyed(keys)) == Complete(("123456",))


@pytest.mark.parametrize(
    "text",
    [
        "код сто двадцать три четыреста пятьдесят шесть",
        "двенадцать тридцать четыре пятьдесят шесть",
        "один два три четыре пять шесть",
    ],
)
def test_it_reads_a_spoken_code(slots: Mapping[str, SlotType], text: str) -> None:
    assert first(slots["one_time_code"], text) == "123456"


def test_it_knows_how_many_keys_make_an_answer(slots: Mapping[str, SlotType]) -> None:
    counts = {name: slot.key_count() for name, slot in slots.items()}
    assert (
        counts.items()
        >= {
            "card_number": 16,
            "one_time_code": 6,
            "which_version": 1,
            "wrong_block": 1,
            "one_block": 4,
            "birth_date": 8,
            "birth_day": 2,
            "birth_month": 2,
            "birth_year": 4,
            "person_name": None,
            "yes_no": 1,
        }.items()
    )
