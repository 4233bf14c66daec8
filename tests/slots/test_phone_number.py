"""Telephone numbers and numbers of appeals, said and keyed."""

from collections.abc import Mapping

import pytest

from ivr.dialog.events import Keyed, Utterance, said
from ivr.dialog.forms import Complete, Partial, Rejection, SlotType


def keyed(keys: str) -> Utterance:
    return Utterance((Keyed(keys),))


@pytest.mark.parametrize(
    "words",
    [
        "восемь девятьсот шестнадцать ноль ноль ноль ноль один девяносто девять",
        "плюс семь девять один шесть ноль ноль ноль ноль один девять девять",
        "мой номер восемь девятьсот шестнадцать ноль ноль ноль ноль один девяносто девять",
        "девятьсот шестнадцать ноль ноль ноль ноль один девяносто девять",
    ],
)
def test_it_hears_a_phone_with_what_stands_before_it(slots: Mapping[str, SlotType], words: str) -> None:
    reading = slots["phone_number"].read(said(words))
    assert isinstance(reading, Complete)
    assert reading.values[0] == "9160000199"


@pytest.mark.parametrize("keys", ["89160000199", "79160000199", "9160000199"])
def test_it_takes_keys(slots: Mapping[str, SlotType], keys: str) -> None:
    reading = slots["phone_number"].read(keyed(keys))
    assert isinstance(reading, Complete)
    assert reading.values == ("9160000199",)
    assert reading.closed is (len(keys) == 11)


def test_it_waits_for_the_rest_of_a_phone(slots: Mapping[str, SlotType]) -> None:
    phone = slots["phone_number"]
    assert phone.key_count() == 11
    reading = phone.read(said("восемь девятьсот шестнадцать"))
    assert reading == Partial("8916")
    assert " ".join(phone.spoken("8916")) == "восемь девять шестнадцать"


def test_it_refuses_keys_that_are_no_mobile_phone(slots: Mapping[str, SlotType]) -> None:
    assert slots["phone_number"].read(keyed("84951234567")) == Rejection("impossible")


def test_it_says_a_phone_back_in_recorded_pieces(slots: Mapping[str, SlotType]) -> None:
    spoken = slots["phone_number"].spoken("9160000199")
    assert spoken == ("восемь", "девять", "шестнадцать", "ноль", "ноль ноль", "ноль один", "девяносто девять")


def test_it_hears_the_number_of_an_appeal(slots: Mapping[str, SlotType]) -> None:
    appeal = slots["appeal_number"]
    reading = appeal.read(said("обращение сорок четыре тридцать семь шестьдесят девять сорок один"))
    assert isinstance(reading, Complete)
    assert reading.values == ("44376941",)
    assert appeal.read(keyed("44376941")) == Complete(("44376941",))
    assert appeal.key_count() == 8
