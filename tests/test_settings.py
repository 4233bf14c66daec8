"""Settings, what is said about them in ``.env.example``, and what is refused."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from ivr.errors import SettingsError
from ivr.serving import open_serving
from ivr.settings import LOCAL_ACCOUNT_SID, ROOT, SECRET_KEY_LENGTH, Settings, load_settings

EXAMPLE = ROOT / ".env.example"
ACCOUNT = {
    "twilio_account_sid": "AC" + "7" * 32,
    "twilio_auth_token": "t" * 32,
    "public_base_url": "https://voice.example.ru",
    "secret_key": "k" * SECRET_KEY_LENGTH,
}
NAMES = sorted(name.upper() for name in Settings.model_fields)


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No setting of this machine and no ``.env`` plays a part."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def documented() -> dict[str, tuple[str, str]]:
    """Name to the comment above it and the value behind it."""
    found: dict[str, tuple[str, str]] = {}
    for block in EXAMPLE.read_text("utf-8").split("\n\n"):
        *comments, last = block.strip().splitlines()
        if match := re.fullmatch(r"([A-Z_]+)=(.*)", last):
            found[match[1]] = ("\n".join(line.removeprefix("# ") for line in comments), match[2])
    return found


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert sorted(documented()) == NAMES
    lines = [line for line in EXAMPLE.read_text("utf-8").splitlines() if re.match(r"#?\s?[A-Z_]+=", line)]
    assert len(lines) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_is_documented_with_its_meaning_and_default(name: str) -> None:
    field = Settings.model_fields[name.lower()]
    meaning, shown = documented()[name]
    default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else str(field.default)
    assert field.description
    assert field.description in meaning
    assert shown == default


def test_the_example_is_itself_a_good_file(empty_folder: Path) -> None:
    without = load_settings(secret_key=ACCOUNT["secret_key"])
    (empty_folder / ".env").write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    assert load_settings(secret_key=ACCOUNT["secret_key"]) == without


def test_a_setting_is_read_from_the_file_the_environment_and_the_caller(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / ".env").write_text("PORT=1\nTIME_ZONE=Asia/Omsk\nMAX_STREAMS=3\n")
    monkeypatch.setenv("PORT", "2")
    monkeypatch.setenv("TIME_ZONE", "Asia/Tomsk")
    settings = load_settings(port=3)
    assert (settings.port, settings.time_zone, settings.max_streams) == (3, "Asia/Tomsk", 3)
    assert settings.zone.key == "Asia/Tomsk"


@pytest.mark.parametrize("line", ["PROT=8000", "VOSK_MODLE=x"])
def test_an_unknown_name_in_the_file_is_refused_by_name(empty_folder: Path, line: str) -> None:
    (empty_folder / ".env").write_text(line)
    with pytest.raises(SettingsError, match=f"Unknown setting {line.partition('=')[0]}: remove it") as caught:
        load_settings()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("MAX_STREAMS", "-1"),
        ("LOG_FORMAT", "xml"),
        ("TIME_ZONE", "Moscow"),
        ("TIME_ZONE", "../etc/passwd"),
        ("PUBLIC_BASE_URL", "voice.example.ru"),
        ("LOYALTY_URL", "loyalty.example.ru"),
        ("LOYALTY_URL", "localhost:8080"),
        ("LOYALTY_URL", "http://loyalty.example.ru/v1"),
    ],
)
def test_a_bad_value_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^Setting {name}: ") as caught:
        load_settings()
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_an_account_is_taken_as_it_is() -> None:
    settings = load_settings(**ACCOUNT)
    assert settings.has_account
    assert settings.signing_token == ACCOUNT["twilio_auth_token"]
    assert load_settings(**ACCOUNT | {"public_base_url": "https://voice.example.ru/"}).public_base_url == (
        "https://voice.example.ru"
    )


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"secret_key": "k" * (SECRET_KEY_LENGTH - 1)}, "SECRET_KEY"),
        ({"secret_key": "", "database_url": "postgresql+psycopg://hotline@db/hotline"}, "SECRET_KEY"),
        ({"twilio_account_sid": ""}, "TWILIO_ACCOUNT_SID"),
        ({"public_base_url": ""}, "PUBLIC_BASE_URL"),
        ({"loyalty_url": "https://loyalty.example.ru/v1"}, "LOYALTY_TOKEN"),
    ],
)
def test_an_unguarded_account_is_refused(changes: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named) as caught:
        load_settings(**ACCOUNT | changes)
    assert "\n" not in str(caught.value)


def test_without_an_account_the_local_exchange_gets_secrets_that_outlive_a_restart(empty_folder: Path) -> None:
    first, second = load_settings(), load_settings()
    assert not first.has_account
    assert first.twilio_account_sid == LOCAL_ACCOUNT_SID
    assert len(first.secret_key.get_secret_value()) >= SECRET_KEY_LENGTH
    assert first.signing_token == second.signing_token
    key = empty_folder / "var" / "hotline.db-key"
    assert key.stat().st_mode & 0o077 == 0
    key.unlink()
    assert load_settings().signing_token != first.signing_token


def test_secrets_are_never_shown() -> None:
    shown = repr(load_settings(**ACCOUNT))
    assert ACCOUNT["twilio_auth_token"] not in shown
    assert ACCOUNT["secret_key"] not in shown


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "voice.example.ru"])
def test_without_an_account_only_this_machine_is_served(host: str) -> None:
    with pytest.raises(SettingsError, match="HOST") as caught:
        open_serving(load_settings(host=host, port=0))
    assert "\n" not in str(caught.value)


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(load_settings(), "port", 1)  # noqa: B010
