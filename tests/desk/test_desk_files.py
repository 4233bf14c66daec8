"""Vendored scripts, tokens for browsers, passwords, results of calls."""

import base64
import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from ivr.desk_access import identity_provider, voice_tokens
from ivr.dispositions import load_dispositions, names_of
from ivr.errors import BookError, RecordError
from ivr.passwords import fits, hash_password
from ivr.settings import ROOT, load_settings
from ivr.telephony.voice_token import LIFETIME_SECONDS, VoiceTokens
from tests.desk.desk_world import PASSWORD, password_hash

VENDOR = ROOT / "ivr" / "web" / "static" / "vendor"
ROW = re.compile(r"^\| `([\w.-]+)` \| .* \| `([0-9a-f]{64})` \|$", re.MULTILINE)


def test_vendored_scripts_are_what_their_readme_says() -> None:
    listed = dict(ROW.findall((VENDOR / "README.md").read_text("utf-8")))
    there = {path.name for path in VENDOR.iterdir() if path.suffix == ".js"}
    assert set(listed) == there
    for name, digest in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_every_vendored_script_has_its_licence() -> None:
    licences = {path.name.removesuffix(".LICENSE") for path in VENDOR.glob("*.LICENSE")}
    assert licences == {path.name.removesuffix(".min.js") for path in VENDOR.glob("*.js")}


def part(token: str, index: int) -> dict[str, Any]:
    text = token.split(".")[index]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def test_a_token_lets_a_browser_be_called_and_not_call() -> None:
    token = VoiceTokens("AC" + "1" * 32, "SK" + "2" * 32, "s" * 32).token("olga")
    header, claims = part(token, 0), part(token, 1)
    assert header == {"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"}
    assert (claims["iss"], claims["sub"]) == ("SK" + "2" * 32, "AC" + "1" * 32)
    assert claims["grants"] == {"identity": "olga", "voice": {"incoming": {"allow": True}}}
    assert abs(claims["exp"] - time.time() - LIFETIME_SECONDS) < 60


ACCOUNT = {
    "twilio_account_sid": "AC" + "1" * 32,
    "twilio_auth_token": "t" * 32,
    "public_base_url": "https://voice.example.ru",
    "secret_key": "k" * 32,
}


def test_tokens_are_made_with_an_api_key_alone() -> None:
    assert voice_tokens(load_settings(_env_file=None, **ACCOUNT)) is None
    key = {"twilio_api_key_sid": "SK1", "twilio_api_key_secret": "s" * 32}
    made = voice_tokens(load_settings(_env_file=None, **ACCOUNT, **key))
    assert made == VoiceTokens("AC" + "1" * 32, "SK1", "s" * 32)


def test_the_identity_provider_is_an_option() -> None:
    assert identity_provider(load_settings(_env_file=None, **ACCOUNT)) is None


def test_a_password_fits_itself_alone() -> None:
    stored = password_hash()
    assert PASSWORD not in stored
    assert stored.startswith("$argon2id$")
    assert fits(PASSWORD, stored)
    assert not fits(PASSWORD + "x", stored)
    assert not fits("", stored)
    assert not fits(PASSWORD, None)
    assert not fits(PASSWORD, "no hash at all")


@pytest.mark.parametrize("password", ["", "eleven lett", "x" * 129])
def test_a_password_of_a_wrong_length_is_refused(password: str) -> None:
    with pytest.raises(RecordError, match="12 to 128"):
        hash_password(password)


def test_the_delivered_results_are_few_enough_to_choose_from() -> None:
    names = list(names_of(load_dispositions(ROOT / "grammars" / "dispositions.yaml")))
    assert 12 <= len(names) <= 18
    assert len(set(names)) == len(names)


BAD = {
    "no groups": ("leaves: []", "`groups:` and a list"),
    "no leaves": ("groups:\n- title: А\n", "`title` and a list of `leaves`"),
    "no title": ("groups:\n- title: А\n  leaves:\n  - {name: a}\n", ":4: a disposition has"),
    "unknown key": ("groups:\n- title: А\n  leaves:\n  - {name: a, title: А, more: 1}\n", "a disposition has"),
    "bad name": ("groups:\n- title: А\n  leaves:\n  - {name: 'A b', title: А}\n", "is no name"),
    "long name": (f"groups:\n- title: А\n  leaves:\n  - {{name: {'a' * 33}, title: А}}\n", "is no name"),
    "empty title": ("groups:\n- title: А\n  leaves:\n  - {name: a, title: ''}\n", "`title` is not a text"),
    "twice": (
        "groups:\n- title: А\n  leaves:\n  - {name: a, title: А}\n  - {name: a, title: Б}\n",
        "`a` stands here twice",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_of_results_is_told_with_its_place(name: str, tmp_path: Path) -> None:
    text, told = BAD[name]
    path = tmp_path / "dispositions.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(BookError, match=re.escape(told)) as caught:
        load_dispositions(path)
    assert "dispositions.yaml:" in str(caught.value)
