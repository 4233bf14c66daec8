"""Settings from the environment or ``.env``. Each is documented in ``.env.example``; a test compares the two."""

import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
"""The repository: ``grammars/`` and ``audio/`` are found from here."""
SECRET_KEY_LENGTH = 32
LOOPBACK = ("localhost", "127.0.0.1", "::1")
LOCAL_ACCOUNT_SID = "AC" + "0" * 31 + "1"
"""The account of the local exchange, used where no Twilio account is set."""


class Settings(BaseSettings):
    """Everything that a machine may set differently."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="forbid", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    public_base_url: str = Field(
        "", description="The address Twilio calls, such as https://voice.example.ru; empty: the listening address."
    )
    database_url: str = Field("sqlite:///var/hotline.db", description="SQLite file or postgresql+psycopg://… address.")
    redis_url: str = Field("", description="Redis for the job queue, redis://…; empty: jobs live in SQLite.")
    twilio_account_sid: str = Field("", description="The Twilio account; empty: the local exchange.")
    twilio_auth_token: SecretStr = Field(SecretStr(""), description="Its token: signs webhooks and sockets.")
    twilio_api_base_url: str = Field("", description="Where Twilio's REST interface is; tests name a stand-in.")
    twilio_api_key_sid: str = Field("", description="An API key, SK…: operators take calls in the browser by it.")
    twilio_api_key_secret: SecretStr = Field(SecretStr(""), description="Its secret.")
    sms_from: str = Field("", description="Sender of SMS, E.164 or a registered name; empty: the hotline's number.")
    sms_gateway_url: str = Field(
        "", description="An aggregator's SMS gateway, as in docs/sms-gateway.yaml, https://…; empty: Twilio sends."
    )
    sms_gateway_token: SecretStr = Field(
        SecretStr(""), description="What the gateway and the hotline know each other by."
    )
    loyalty_url: str = Field(
        "", description="The loyalty base, as in docs/loyalty-api.yaml, https://…; empty: cards are in the database."
    )
    loyalty_token: SecretStr = Field(SecretStr(""), description="What the loyalty base knows the hotline by.")
    vosk_model: str = Field("", description="Model directory or official name; empty: the bundled model.")
    vosk_servers: str = Field("", description="Addresses of vosk-servers, comma separated; empty: in-process.")
    secret_key: SecretStr = Field(
        SecretStr(""), description="Pepper of codes and tokens, 32 characters or more; empty: a file beside SQLite."
    )
    oidc_issuer: str = Field(
        "", description="Who signs operators in beside passwords, https://…; empty: passwords alone."
    )
    oidc_client_id: str = Field("", description="What the issuer knows the desk by.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="The desk's own secret at the issuer.")
    time_zone: str = Field("Europe/Moscow", description="The zone of working hours.")
    max_streams: int = Field(24, ge=0, description="Calls heard at once, the rest by keypad; 0: keypad only.")
    debug_capture: bool = Field(False, description="Keep what callers say, encrypted, for some days: True or False.")
    log_format: str = Field("console", pattern="^(console|json)$", description="console or json.")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("not a time zone; write one like Europe/Moscow") from error
        return value

    @field_validator("public_base_url")
    @classmethod
    def _absolute_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with https:// (or http:// on this machine)")
        return value.rstrip("/")

    @field_validator("loyalty_url", "oidc_issuer", "sms_gateway_url")
    @classmethod
    def _guarded_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in LOOPBACK):
            raise ValueError("must begin with https://, since it carries personal data (http:// on this machine)")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _guarded(self) -> "Settings":
        key = self.secret_key.get_secret_value()
        if key and len(key) < SECRET_KEY_LENGTH:
            raise ValueError(f"SECRET_KEY must have {SECRET_KEY_LENGTH} characters or more")
        if not key and self.has_account and not self.database_url.startswith("sqlite"):
            raise ValueError("SECRET_KEY is needed with this database: all replicas have to share it")
        if self.loyalty_url and not self.loyalty_token.get_secret_value():
            raise ValueError("LOYALTY_TOKEN is needed with LOYALTY_URL")
        for name in ("twilio_account_sid", "public_base_url"):
            if self.has_account and not getattr(self, name):
                raise ValueError(f"{name.upper()} is needed with TWILIO_AUTH_TOKEN")
        self._need_all("twilio_api_key_sid", "twilio_api_key_secret")
        self._need_all("sms_gateway_url", "sms_gateway_token")
        self._need_all("oidc_issuer", "oidc_client_id", "oidc_client_secret")
        return self

    def _need_all(self, *names: str) -> None:
        """Settings that are of use together only."""
        missing = [name for name in names if not _plain(getattr(self, name))]
        if 0 < len(missing) < len(names):
            given = next(name for name in names if name not in missing)
            raise ValueError(f"{missing[0].upper()} is needed with {given.upper()}")

    @property
    def has_account(self) -> bool:
        """True when a real (or stand-in) Twilio account is set; False: the local exchange, loopback only."""
        return bool(self.twilio_auth_token.get_secret_value())

    @property
    def signing_token(self) -> str:
        """What signs webhooks and sockets: the account's token, or a secret of this process and its local exchange."""
        token = self.twilio_auth_token.get_secret_value()
        return token or sha256(f"local-exchange|{self.secret_key.get_secret_value()}".encode()).hexdigest()

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose out of the one secret, so that none of them stands for another."""
        return sha256(f"{purpose}|{self.secret_key.get_secret_value()}".encode()).digest()

    @property
    def web_host(self) -> str | None:
        """Where the cabinet is reached by everybody; None on this machine, whose address no SMS should name."""
        address = urlsplit(self.public_base_url)
        return address.hostname if address.scheme == "https" else None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def load_settings(**overrides: object) -> Settings:
    """Read and check the settings; ``overrides`` win over the environment.

    Raises ``SettingsError`` with one line that names the setting and the cure.
    """
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error
    return _with_secrets(settings)


def _with_secrets(settings: Settings) -> Settings:
    """Fill in what is not set. The key outlives a restart, or codes on their way would be void."""
    key = settings.secret_key.get_secret_value() or _kept_key(settings)
    sid = settings.twilio_account_sid or LOCAL_ACCOUNT_SID
    return settings.model_copy(update={"secret_key": SecretStr(key), "twilio_account_sid": sid})


def _kept_key(settings: Settings) -> str:
    """A key kept in a file beside the SQLite database; a new one where there is no such file yet."""
    database = settings.database_url.partition(":///")[2]
    if not settings.database_url.startswith("sqlite") or not database:
        return secrets.token_hex(32)
    path = Path(f"{database}-key")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_hex(32))
    except OSError as error:
        raise SettingsError(f"Setting DATABASE_URL: cannot write {path} ({error.strerror}).") from error
    return path.read_text("ascii")


def _write_once(path: Path, text: str) -> None:
    """Make the file whole or not at all, unless it is there: two processes may start at once."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"]).upper()
    if first["type"] == "extra_forbidden":
        return f"Unknown setting {name}: remove it from .env, or see .env.example for the names."
    text = first["msg"].removeprefix("Value error, ")
    return f"Setting {name}: {text}." if name else f"{text}."
