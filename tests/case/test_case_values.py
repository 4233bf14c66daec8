"""Values as people read and type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.case.values import card_masked, choices_of, phone_masked, phone_shown, shown, typed
from ivr.dialog.forms import SlotType
from tests.case.case_world import content


def slot(name: str) -> SlotType:
    return content().slot_types[name]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("card_number", "4276051200070086", "4276 0512 0007 0086"),
        ("appeal_number", "12345678", "12 34 56 78"),
        ("birth_date", "1955-12-12", "12.12.1955"),
        ("phone_number", "9160000108", "+7 916 000-01-08"),
        ("person_name", "татьяна", "Татьяна"),
        ("yes_no", "yes", "да"),
    ],
)
def test_it_shows_a_value_and_reads_it_again(name: str, value: str, text: str) -> None:
    assert shown(slot(name), value) == text
    assert typed(slot(name), text) == value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("birth_date", "1955-12-12", "1955-12-12"),
        ("birth_date", "5.3.1980", "1980-03-05"),
        ("birth_date", "12 декабря 1955", "1955-12-12"),
        ("birth_date", "двенадцатое декабря пятьдесят пятого", "1955-12-12"),
        ("birth_date", "31.02.1980", None),
        ("birth_date", "", None),
        ("card_number", "4276-0512-0007-0086", "4276051200070086"),
        ("card_number", "4276 0512 0007", None),
        ("card_number", "4276 0512 0007 0086 1", None),
        ("phone_number", "8 (916) 000-01-08", "9160000108"),
        ("phone_number", "9160000108", "9160000108"),
        ("phone_number", "12345", None),
        ("person_name", "таня", "татьяна"),
        ("person_name", "Алёна-Мария", "алена-мария"),
        ("person_name", "Mary", None),
        ("person_name", "<b>", None),
    ],
)
def test_it_reads_what_operators_type(name: str, text: str, value: str | None) -> None:
    assert typed(slot(name), text) == value


@given(st.sampled_from(["card_number", "birth_date", "person_name", "phone_number", "appeal_number"]), st.text())
def test_it_reads_anything_without_failing(name: str, text: str) -> None:
    value = typed(slot(name), text)
    assert value is None or shown(slot(name), value)


def test_it_offers_what_can_be_listed() -> None:
    assert choices_of(slot("yes_no")) == (("yes", "да"), ("no", "нет"))
    assert choices_of(slot("card_number")) == ()


@pytest.mark.parametrize(
    ("number", "whole", "masked"),
    [
        ("+79160000108", "+7 916 000-01-08", "+7 *** ***-01-08"),
        ("+12025550123", "+12025550123", "+*******0123"),
        ("+74951234567", "+7 495 123-45-67", "+7 *** ***-45-67"),
    ],
)
def test_it_masks_all_but_the_last_four_digits(number: str, whole: str, masked: str) -> None:
    assert phone_shown(number) == whole
    assert phone_masked(number) == masked


def test_it_masks_a_card() -> None:
    assert card_masked("4276051200070086") == "**** **** **** 0086"
