"""Corrections of a value that is being read back, and answers about its blocks."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialog.events import Hypothesis, Spoken, Utterance, keyed, said
from ivr.dialog.forms import Complete, Partial, Reading, Rejection, SlotType
from ivr.dialog.parts import NO_CORRECTION, Joins, Mended, Mends
from tests.slots.styles import DIGIT_STYLES

NUMBER = "4276051200320024"
few = settings(max_examples=60, deadline=None)
numbers = st.text("0123456789", min_size=16, max_size=16)
fours = st.text("0123456789", min_size=4, max_size=4)


def mended(slot: SlotType, value: str, *texts: str, within: int | None = None) -> Mended:
    assert isinstance(slot, Mends)
    return slot.mend(value, said(*texts), within)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("нет последние четыре ноль один один девять", "4276051200320119"),
        ("последние четыре ноль один один девять", "4276051200320119"),
        ("нет второй блок ноль шесть двенадцать", "4276061200320024"),
        ("ошибка во втором блоке ноль шесть двенадцать", "4276061200320024"),
        ("нет во втором ноль шесть двенадцать", "4276061200320024"),
        ("первые четыре сорок два семьдесят семь", "4277051200320024"),
        ("в конце двадцать пять", "4276051200320025"),
        ("последние две двадцать пять", "4276051200320025"),
        ("вместо ноль пять ноль шесть", "4276061200320024"),
        ("нет вместо тридцати двух сорок два", "4276051200420024"),
        ("ноль шесть вместо ноль пять", "4276061200320024"),
        ("не ноль пять а ноль шесть", "4276061200320024"),
        ("ноль шесть а не ноль пять", "4276061200320024"),
        ("нет ноль шесть двенадцать", "4276061200320024"),
        ("ноль ноль сорок два", "4276051200420024"),
        ("нет сорок три семьдесят шесть ноль пять двенадцать", "4376051200320024"),
    ],
)
def test_it_carries_out_a_correction_of_a_card_number(card_number: SlotType, text: str, number: str) -> None:
    assert mended(card_number, NUMBER, text).values[0] == number


@pytest.mark.parametrize(
    ("text", "block"), [("второй блок", 1), ("нет ошибка во втором блоке", 1), ("последние четыре", 3)]
)
def test_it_hears_which_block_is_wrong(card_number: SlotType, text: str, block: int) -> None:
    assert mended(card_number, NUMBER, text) == Mended(block=block)


@pytest.mark.parametrize("text", ["нет", "да", "[unk]", "", "шесть", "нет ноль шесть", "девяносто девять", "сначала"])
def test_it_corrects_nothing_where_the_place_is_open(card_number: SlotType, text: str) -> None:
    assert mended(card_number, NUMBER, text) == NO_CORRECTION


def test_a_place_told_later_settles_a_correction(card_number: SlotType) -> None:
    assert mended(card_number, NUMBER, "нет ноль шесть", within=1).values == ("4276061200320024",)


def test_keys_correct_nothing(card_number: SlotType) -> None:
    assert isinstance(card_number, Mends)
    assert card_number.mend(NUMBER, keyed("06")) == NO_CORRECTION


@few
@given(number=numbers, at=st.integers(0, 3), new=fours)
def test_a_named_block_changes_nothing_else(card_number: SlotType, number: str, at: int, new: str) -> None:
    name = ("первый блок", "второй блок", "третий блок", "четвёртый блок")[at]
    found = mended(card_number, number, " ".join([name, *DIGIT_STYLES["pairs"](new)]))
    right = number[: at * 4] + new + number[at * 4 + 4 :]
    assert right == number or right in found.values
    assert all(
        value[: at * 4] == number[: at * 4] and value[at * 4 + 4 :] == number[at * 4 + 4 :] for value in found.values
    )


@few
@given(number=numbers, new=fours)
def test_a_piece_replaces_only_what_is_like_it(card_number: SlotType, number: str, new: str) -> None:
    for value in mended(card_number, number, " ".join(["нет", *DIGIT_STYLES["singly"](new)])).values:
        wrong = [at for at in range(16) if value[at] != number[at]]
        assert 1 <= len(wrong) <= 2
        assert wrong[0] // 4 == wrong[-1] // 4


def test_it_tries_every_hypothesis(card_number: SlotType) -> None:
    assert mended(card_number, NUMBER, "нет", "второй блок ноль шесть двенадцать").values == ("4276061200320024",)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("нет восемьдесят шестого", "1986-03-23"),
        ("не март а май", "1985-05-23"),
        ("вместо марта май", "1985-05-23"),
        ("мая", "1985-05-23"),
        ("двадцать пятое", "1985-03-25"),
        ("нет двадцать пятое", "1985-03-25"),
        ("июня восемьдесят шестого", "1986-06-23"),
        ("двадцать пятое апреля", "1985-04-25"),
    ],
)
def test_it_carries_out_a_correction_of_a_date(birth_date: SlotType, text: str, date: str) -> None:
    assert mended(birth_date, "1985-03-23", text).values[0] == date


@pytest.mark.parametrize("text", ["нет", "да", "", "сорок пять пятьдесят пять", "марта"])
def test_it_corrects_no_date(birth_date: SlotType, text: str) -> None:
    assert mended(birth_date, "1985-03-23", text) == NO_CORRECTION


# -- answers about blocks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("первый", "first"),
        ("первый вариант", "first"),
        ("первое", "first"),
        ("один", "first"),
        ("второй", "second"),
        ("нет второй вариант", "second"),
        ("два", "second"),
        ("ни то ни другое", "neither"),
        ("нет", "neither"),
        ("сорок шесть семьдесят один", "4671"),
        ("нет четыре шесть семь один", "4671"),
        ("[unk] второе", "second"),
    ],
)
def test_it_hears_which_version_is_meant(slots: Mapping[str, SlotType], text: str, value: str) -> None:
    reading = slots["which_version"].read(said(text))
    assert isinstance(reading, Complete), reading
    assert reading.values[0] == value


@pytest.mark.parametrize(("keys", "value"), [("1", "first"), ("2", "second"), ("3", "neither")])
def test_a_key_names_the_version(slots: Mapping[str, SlotType], keys: str, value: str) -> None:
    assert slots["which_version"].read(keyed(keys)) == Complete((value,))


@pytest.mark.parametrize(("text", "reading"), [
    ("да", Rejection("nothing")), ("", Rejection("nothing")), ("первый второй", Rejection("several")),
    ("сорок шесть", Partial("46")),
])  # fmt: skip
def test_it_hears_no_version(slots: Mapping[str, SlotType], text: str, reading: Reading) -> None:
    assert slots["which_version"].read(said(text)) == reading


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("во втором", "1"),
        ("второй", "1"),
        ("второй блок", "1"),
        ("первые", "0"),
        ("в третьем блоке", "2"),
        ("последний", "3"),
        ("предпоследний блок", "2"),
        ("второй ноль шесть двенадцать", "1:0612"),
        ("во втором блоке ноль шесть двенадцать", "1:0612"),
        ("последние четыре ноль один один девять", "mends"),
        ("вместо ноль пять ноль шесть", "mends"),
        ("ноль шесть двенадцать", "mends"),
        ("во всех", "all"),
    ],
)
def test_it_hears_where_the_mistake_is(slots: Mapping[str, SlotType], text: str, value: str) -> None:
    reading = slots["wrong_block"].read(said(text))
    assert isinstance(reading, Complete), reading
    assert reading.values == (value,)


def test_it_keeps_every_version_of_the_block(slots: Mapping[str, SlotType]) -> None:
    reading = slots["wrong_block"].read(said("второй ноль шесть двенадцать", "второй ноль пять двенадцать"))
    assert reading == Complete(("1:0612", "1:0512"))


def test_a_block_alone_may_get_its_digits_yet(slots: Mapping[str, SlotType]) -> None:
    assert slots["wrong_block"].read(said("во втором")) == Complete(("1",), closed=False)


@pytest.mark.parametrize(("keys", "reading"), [
    ("1", Complete(("0",))), ("4", Complete(("3",))), ("5", Complete(("all",))), ("7", Rejection("unknown")),
])  # fmt: skip
def test_a_key_names_the_block(slots: Mapping[str, SlotType], keys: str, reading: Reading) -> None:
    assert slots["wrong_block"].read(keyed(keys)) == reading


@few
@given(block=fours, style=st.sampled_from(["singly", "pairs", "fours"]))
def test_it_reads_one_block(slots: Mapping[str, SlotType], block: str, style: str) -> None:
    for before in ("", "второй блок", "нет последние четыре"):
        reading = slots["one_block"].read(said(" ".join([before, *DIGIT_STYLES[style](block)])))
        assert isinstance(reading, Complete)
        assert block in reading.values
    assert slots["one_block"].read(keyed(block)) == Complete((block,))


# -- a date piece by piece --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("birth_day", "двадцать третье", "23"),
        ("birth_day", "двадцать третьего", "23"),
        ("birth_day", "э пять", "05"),
        ("birth_day", "ноль пять", "05"),
        ("birth_day", "пятое нет шестое", "06"),
        ("birth_month", "марта", "03"),
        ("birth_month", "март", "03"),
        ("birth_month", "третий", "03"),
        ("birth_month", "двенадцать", "12"),
        ("birth_month", "не март а май", "05"),
        ("birth_year", "восемьдесят пятого года", "1985"),
        ("birth_year", "тысяча девятьсот восемьдесят пятый", "1985"),
        ("birth_year", "один девять восемь пять", "1985"),
        ("birth_year", "две тысячи пятого", "2005"),
    ],
)
def test_it_reads_a_piece_of_a_date(slots: Mapping[str, SlotType], name: str, text: str, value: str) -> None:
    reading = slots[name].read(said(text))
    assert isinstance(reading, Complete), reading
    assert reading.values[0] == value


@pytest.mark.parametrize(
    ("name", "keys", "reading"),
    [
        ("birth_day", "05", Complete(("05",))),
        ("birth_day", "5#", Complete(("05",))),
        ("birth_day", "5", Partial("5")),
        ("birth_day", "45", Rejection("unclear")),
        ("birth_month", "13", Rejection("unclear")),
        ("birth_month", "12*03", Complete(("03",))),
        ("birth_year", "1985", Complete(("1985",))),
        ("birth_year", "85#", Complete(("1985",))),
        ("birth_year", "19", Partial("19")),
        ("birth_year", "1585", Rejection("unclear")),
        ("birth_day", "*", Rejection("nothing")),
    ],
)
def test_it_reads_a_keyed_piece(slots: Mapping[str, SlotType], name: str, keys: str, reading: Reading) -> None:
    assert slots[name].read(keyed(keys)) == reading


@pytest.mark.parametrize(("name", "text", "reason"), [
    ("birth_day", "сорок", "unclear"), ("birth_month", "двадцать", "unclear"), ("birth_year", "", "nothing"),
    ("birth_day", "[unk]", "nothing"),
])  # fmt: skip
def test_it_hears_no_piece(slots: Mapping[str, SlotType], name: str, text: str, reason: str) -> None:
    assert slots[name].read(said(text)) == Rejection(reason)


def test_it_keeps_the_pieces_of_all_hypotheses(slots: Mapping[str, SlotType]) -> None:
    part = Spoken((Hypothesis("шестое", 10.0), Hypothesis("шестнадцатое", 9.0)))
    assert slots["birth_day"].read(Utterance((part,))) == Complete(("06", "16"))


@few
@given(day=st.dates())
def test_pieces_join_to_the_date_that_they_are_of(birth_date: SlotType, day: object) -> None:
    iso = str(day)
    assert isinstance(birth_date, Joins)
    assert birth_date.join((iso[8:], iso[5:7], iso[:4])) == Complete((iso,))


def test_pieces_that_are_no_date_do_not_join(birth_date: SlotType) -> None:
    assert isinstance(birth_date, Joins)
    assert birth_date.join(("31", "02", "1985")) == Rejection("impossible")


def test_a_piece_is_said_back(slots: Mapping[str, SlotType]) -> None:
    assert slots["birth_day"].spoken("23") == ("двадцать третье",)
    assert slots["birth_month"].spoken("03") == ("марта",)
    assert slots["birth_year"].spoken("1985") == ("тысяча девятьсот восемьдесят пятого", "года")
