"""Tokens that open media streams."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.clock import SetClock, SystemClock
from ivr.telephony.stream_token import LIFETIME_SECONDS, StreamTokens

SID = "CA" + "0" * 32


@pytest.fixture
def tokens(clock: SetClock) -> StreamTokens:
    return StreamTokens(b"secret", clock)


def test_a_token_opens_its_own_stream(tokens: StreamTokens) -> None:
    assert tokens.serial_of(SID, tokens.issue(SID, 4)) == 4


def test_a_token_fits_into_a_parameter(tokens: StreamTokens) -> None:
    assert len(tokens.issue(SID, 10**9)) < 500


def test_a_token_of_another_call_opens_nothing(tokens: StreamTokens) -> None:
    assert tokens.serial_of("CA" + "1" * 32, tokens.issue(SID, 4)) is None


def test_a_token_lives_for_a_minute(tokens: StreamTokens, clock: SetClock) -> None:
    token = tokens.issue(SID, 4)
    clock.move(timedelta(seconds=LIFETIME_SECONDS))
    assert tokens.serial_of(SID, token) == 4
    clock.move(timedelta(seconds=1))
    assert tokens.serial_of(SID, token) is None


def test_a_token_of_another_secret_opens_nothing(tokens: StreamTokens, clock: SetClock) -> None:
    assert StreamTokens(b"other", clock).serial_of(SID, tokens.issue(SID, 4)) is None


def test_neither_number_nor_time_can_be_changed(tokens: StreamTokens) -> None:
    serial, expires, mac = tokens.issue(SID, 4).split(".")
    assert tokens.serial_of(SID, f"5.{expires}.{mac}") is None
    assert tokens.serial_of(SID, f"{serial}.{int(expires) + 1}.{mac}") is None
    assert tokens.serial_of(SID, f"{serial}.{expires}.{mac[:-1]}") is None


@pytest.mark.parametrize("junk", ["", "..", "1.2", "1.2.3.4", "a.b.c", "1.2.ё", "\ud800.1.2", "1.1e9.x", "9" * 9000])
def test_junk_opens_nothing(tokens: StreamTokens, junk: str) -> None:
    assert tokens.serial_of(SID, junk) is None
    assert tokens.serial_of("\ud800", "1.2.3") is None


@given(st.text())
def test_no_text_is_a_token(text: str) -> None:
    assert StreamTokens(b"secret", SystemClock()).serial_of(SID, text) is None
