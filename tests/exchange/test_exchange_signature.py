"""Vectors printed in several public test suites; the token is 12345."""

import pytest

from ivr.exchange.signature import body_hash, sign

TOKEN = "12345"
FORM = {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "To": "+18005551212"}


@pytest.mark.parametrize(
    ("url", "caller", "signature"),
    [
        ("https://mycompany.com/myapp.php?foo=1&bar=2", "+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
        ("https://example.com/myapp.php?foo=1&bar=2", "+14158675310", "L/OH5YylLD5NRKLltdqwSvS0BnU="),
        ("https://example.com/myapp.php?foo=1&bar=2#rc=2", "+14158675310", "L/OH5YylLD5NRKLltdqwSvS0BnU="),
    ],
)
def test_it_signs_a_form(url: str, caller: str, signature: str) -> None:
    form = FORM | {"Caller": caller, "From": caller}
    assert sign(url, form.items(), TOKEN) == signature


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        ("wss://stream.example.org/media", "kZYAlgpzGuQKk5Lxg6nsNxPDeAQ="),
        ("wss://stream.example.org/media/", "wmx+0anhFgLCwkRAvF9R2phfd3U="),
        ("https://stream.example.org/media", "SwdkBF69X4MPvJUM1sHqhdRpWZ0="),
    ],
)
def test_it_signs_a_socket_by_the_spelling_of_its_address(url: str, signature: str) -> None:
    assert sign(url, (), TOKEN) == signature


def test_it_signs_a_json_body_through_its_hash() -> None:
    digest = body_hash(b'{"property": "value", "boolean": true}')
    assert digest == "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    url = f"https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256={digest}"
    assert sign(url, (), TOKEN) == "a9nBmqA0ju/hNViExpshrM61xv4="


def test_it_counts_the_different_values_of_a_repeated_field_once() -> None:
    repeated = [("Digits", "2"), ("Digits", "1"), ("Digits", "2")]
    assert sign("https://x.ru/", repeated, TOKEN) == sign("https://x.ru/", [("Digits", "1"), ("Digits", "2")], TOKEN)
