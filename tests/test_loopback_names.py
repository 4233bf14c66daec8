"""Which names of a host are this machine's."""

import pytest

from ivr.loopback import names_this_machine


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000", "127.1.2.3"]
)
def test_names_of_this_machine(host: str) -> None:
    assert names_this_machine(host)


@pytest.mark.parametrize(
    "host",
    ["evil.example.com:8000", "127.0.0.1.evil.example.com", "localhost.evil.example.com", "10.0.0.1", "", "[::1"],
)
def test_names_of_others(host: str) -> None:
    assert not names_this_machine(host)
