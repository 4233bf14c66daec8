"""``doctor``: is this machine ready, and what to do where it is not."""

import shutil
from collections.abc import Callable

import typer

from ivr.clock import SystemClock
from ivr.commands.official import fetch_model
from ivr.content import PROMPTS, current_content
from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.errors import HotlineError
from ivr.loyalty import open_loyalty
from ivr.settings import Settings, load_settings
from ivr.speech.model import model_words, open_ear
from ivr.speech.official.ear import unheard_words
from ivr.speech.official.fit import model_rate
from ivr.speech.recognizer import SAMPLE_RATE
from ivr.speech.synthesizer import Synthesizer, shared_synthesizer
from ivr.store.db import Database
from ivr.vocabulary import check_vocabulary

SHOWN_WORDS = 8
NO_CARD = "0" * 16
"""Asked for to see whether the loyalty base answers."""


def doctor() -> None:
    """Check settings, dialogues, model, voice, database and prompts; exit code 1 where something is wrong."""
    settings = load_settings()
    checks: dict[str, Callable[[Settings], str]] = {
        "settings": _settings,
        "model": _model,
        "dialogues and model": _book,
        "voice": _voice,
        "database": _database,
        "loyalty base": _loyalty,
        "prompts": _prompts,
        "optional programs": _programs,
    }
    results = [_report(name, check, settings) for name, check in checks.items()]
    raise typer.Exit(0 if all(results) else 1)


def _report(name: str, check: Callable[[Settings], str], settings: Settings) -> bool:
    try:
        typer.echo(f"ok      {name}: {check(settings)}")
    except HotlineError as error:
        typer.echo(f"wrong   {name}: {error}")
        return False
    return True


def _settings(settings: Settings) -> str:
    return "a Twilio account is set" if settings.has_account else "no Twilio account: the local exchange, loopback only"


def _model(settings: Settings) -> str:
    folder = fetch_model(settings)
    rate, words = model_rate(folder), len(model_words(settings.vosk_model))
    made_for = f"{rate} Hz" if rate == SAMPLE_RATE else f"{rate} Hz, telephone audio is resampled for it"
    no_noise = open_ear(settings).missing_words([UNKNOWN_WORD])
    noise = f"; it has no {UNKNOWN_WORD} and takes noise for words" if no_noise else ""
    return f"{folder}, {words} words, made for {made_for}{noise}"


def _book(settings: Settings) -> str:
    content, ear = current_content(), open_ear(settings)
    check_vocabulary(content.book, ear)
    counts = f"{len(content.book.forms)} forms, {len(content.book.fields)} questions"
    return f"{counts}; {_unheard(unheard_words(content.book, ear))}"


def _unheard(words: list[str]) -> str:
    if not words:
        return "the model knows all their words"
    shown = ", ".join(words[:SHOWN_WORDS]) + (", …" if len(words) > SHOWN_WORDS else "")
    return (
        f"the model lacks {len(words)} of their words ({shown}), phrases with them are not heard: "
        "`python -m ivr lint` shows where; use other words or another model"
    )


def _voice(_: Settings) -> str:
    voice: Synthesizer = shared_synthesizer()
    return f"espeak-ng speaks at {voice.native_rate} Hz"


def _database(settings: Settings) -> str:
    db = Database(settings.database_url)
    db.ping()
    return f"{db.kind}, {'up to date' if db.at_head() else 'to be migrated when the hotline starts'}"


def _loyalty(settings: Settings) -> str:
    loyalty = open_loyalty(settings, SystemClock())
    if loyalty.kind == "embedded":
        return "in the database"
    try:
        with Database(settings.database_url).reading() as conn:
            loyalty.base(conn).find_card(NO_CARD)
    finally:
        loyalty.close()
    return f"{settings.loyalty_url} answers"


def _prompts(_: Settings) -> str:
    return f"{len(list(PROMPTS.glob('*.wav')))} recordings"


def _programs(_: Settings) -> str:
    names = ("festival", "chromium", "redis-server", "npx")
    return ", ".join(f"{name} {'found' if shutil.which(name) else 'not installed'}" for name in names)
