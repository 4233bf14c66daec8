"""Numbers of appeals: said, keyed, said back."""

from collections.abc import Mapping

import pytest

from ivr.dialog.events import keyed, said
from ivr.dialog.forms import Complete, Partial, Rejection, SlotType


@pytest.mark.parametrize(
    "text",
    [
        "сорок четыре тридцать семь шестьдесят девять сорок один",
        "номер обращения сорок четыре тридцать семь шестьдесят девять сорок один",
        "четыре четыре три семь шесть девять четыре один",
        "сорок четыре тридцать семь шестьдесят восемь нет шестьдесят девять сорок один",
    ],
)
def test_it_hears_the_number_of_an_appeal(slots: Mapping[str, SlotType], text: str) -> None:
    reading = slots["appeal_number"].read(said(text))
    assert isinstance(reading, Complete)
    assert reading.values[0] == "44376941"


def test_it_takes_the_number_of_an_appeal_from_keys_and_says_it_in_pairs(slots: Mapping[str, SlotType]) -> None:
    slot = slots["appeal_number"]
    assert slot.read(keyed("44376941")) == Complete(("44376941",))
    assert isinstance(slot.read(keyed("4437694")), Partial)
    assert slot.read(keyed("443769412")) == Rejection("too_long")
    assert slot.key_count() == 8
    said_back = " ".join(slot.spoken("44376941")).replace(",", "")
    assert said_back == "сорок четыре тридцать семь шестьдесят девять сорок один"
