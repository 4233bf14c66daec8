"""Published vectors of Twilio's signature, and what is refused."""

import base64
import hmac
from hashlib import sha1

import pytest
from werkzeug.datastructures import MultiDict

from ivr.telephony.signature import SignatureCheck, socket_url

TOKEN = "12345"
PATH = "/myapp.php?foo=1&bar=2"
FORM = MultiDict(
    {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
)
SIGNATURE = "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


@pytest.fixture
def check() -> SignatureCheck:
    return SignatureCheck(TOKEN, "https://mycompany.com")


def test_it_accepts_the_published_vectors(check: SignatureCheck) -> None:
    assert check.webhook(PATH, FORM, SIGNATURE)
    other = MultiDict({**FORM.to_dict(), "Caller": "+14158675310", "From": "+14158675310"})
    assert SignatureCheck(TOKEN, "https://example.com").webhook(PATH, other, "L/OH5YylLD5NRKLltdqwSvS0BnU=")


def test_it_accepts_the_published_vector_of_a_socket() -> None:
    check = SignatureCheck(TOKEN, "https://stream.example.org")
    assert check.socket("/media", "kZYAlgpzGuQKk5Lxg6nsNxPDeAQ=")
    assert not check.socket("/media/", "kZYAlgpzGuQKk5Lxg6nsNxPDeAQ=")
    assert not check.socket("/media", "SwdkBF69X4MPvJUM1sHqhdRpWZ0=")  # the same path by https


@pytest.mark.parametrize("signature", [None, "", "0/KCTR6DLpKmkAf8muzZqo1nDgQ", SIGNATURE.lower(), "ё" * 28, "=" * 28])
def test_a_missing_or_wrong_signature_is_refused(check: SignatureCheck, signature: str | None) -> None:
    assert check.webhook(PATH, FORM, signature) is False
    assert check.socket("/media", signature) is False


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/myapp.php?foo=1&bar=3", FORM),
        ("/myapp.php?bar=2&foo=1", FORM),
        ("/myapp.php", FORM),
        (PATH, MultiDict({**FORM.to_dict(), "Digits": "12345"})),
        (PATH, MultiDict({**FORM.to_dict(), "Extra": ""})),
        (PATH, MultiDict()),
    ],
)
def test_any_change_is_noticed(check: SignatureCheck, path: str, form: MultiDict[str, str]) -> None:
    assert not check.webhook(path, form, SIGNATURE)


def test_another_token_or_host_is_refused() -> None:
    assert not SignatureCheck("54321", "https://mycompany.com").webhook(PATH, FORM, SIGNATURE)
    assert not SignatureCheck(TOKEN, "https://mycompany.ru").webhook(PATH, FORM, SIGNATURE)
    assert not SignatureCheck(TOKEN, "http://mycompany.com").webhook(PATH, FORM, SIGNATURE)


def test_repeated_fields_count_once_each_in_order(check: SignatureCheck) -> None:
    form = MultiDict([("Event", "b"), ("Event", "a"), ("Event", "b")])
    text = "https://mycompany.com/xEventaEventb"
    signature = base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), sha1).digest()).decode()
    assert check.webhook("/x", form, signature)


def test_a_port_is_part_of_the_address() -> None:
    text = "https://voice.example.ru:8443/x"
    signature = base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), sha1).digest()).decode()
    assert SignatureCheck(TOKEN, "https://voice.example.ru:8443").webhook("/x", MultiDict(), signature)
    assert not SignatureCheck(TOKEN, "https://voice.example.ru:9443").webhook("/x", MultiDict(), signature)


def test_the_socket_has_the_twin_address() -> None:
    assert socket_url("https://voice.example.ru") == "wss://voice.example.ru"
    assert socket_url("http://127.0.0.1:8000") == "ws://127.0.0.1:8000"
