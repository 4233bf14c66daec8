"""The limits hold under the simulated attacks; ``python -m tests.attacks.enumeration`` plays them at length."""

import pytest

from ivr.hotline import Hotline
from tests.attacks.attack import Tally
from tests.attacks.enumeration import enumerate_cards
from tests.attacks.pumping import pump
from tests.codes.code_caller import with_limits


@pytest.fixture(scope="module")
def enumeration() -> Tally:
    """A sixth of an hour of forty lines."""
    return enumerate_cards(1 / 6, lines=40)


def test_guessing_is_stopped_after_fifty_tries_in_ten_minutes(enumeration: Tally, hotline: Hotline) -> None:
    most = hotline.codes.brake_tries + hotline.codes.tries_per_code
    assert hotline.codes.brake_tries <= enumeration.tries <= most
    assert enumeration.right == 0
    assert enumeration.answers["paused"] > 500


def test_the_answers_tell_nobody_which_cards_exist(enumeration: Tally) -> None:
    known, unknown = enumeration.answers_known, enumeration.answers_unknown
    assert abs(known.total() - unknown.total()) <= 1
    # Both kinds are asked for in turn, so that what stops them stops them alike, but for one request more or less.
    assert all(abs(known[answer] - unknown[answer]) <= 2 for answer in known | unknown)


def test_no_phone_is_texted_more_often_than_the_limit_says(enumeration: Tally, hotline: Hotline) -> None:
    assert 0 < enumeration.most_to_a_phone <= hotline.codes.codes_per_phone_per_ten_minutes


def test_without_the_brake_a_line_still_has_five_codes_an_hour(hotline: Hotline) -> None:
    tally = enumerate_cards(0.1, lines=5, hotline=with_limits(hotline, brake_tries=10**6))
    assert tally.answers["sent"] == 5 * hotline.codes.codes_per_line_per_hour
    assert tally.tries == 3 * tally.answers["sent"]
    assert tally.answers["limited"] == tally.asked - tally.answers["sent"]


def test_pumping_ends_at_the_range_of_phones(hotline: Hotline) -> None:
    tally = pump(0.5, machines=400, hotline=with_limits(hotline, codes_per_range_per_hour=6))
    assert tally.most_to_a_range == 6
    assert tally.messages == 6 * 40
    assert tally.answers["limited"] == tally.asked - tally.messages


def test_pumping_ends_at_the_money_of_a_day(hotline: Hotline) -> None:
    tally = pump(0.5, machines=100, hotline=with_limits(hotline, daily_budget_rubles=500))
    assert tally.rubles <= 500
    assert tally.messages == 111
    assert tally.answers["paused"] > 100
    assert tally.most_to_a_phone == 1
