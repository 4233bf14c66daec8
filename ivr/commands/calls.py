"""``calls``: calls that took place; ``save`` makes a scenario of one, with an invented person and a made voice."""

import logging
from pathlib import Path

import typer

from ivr.application import Application
from ivr.content import current_content
from ivr.logs import configure_logs
from ivr.retelling.by_text import Deaf
from ivr.retelling.keeping import keep_call
from ivr.settings import load_settings
from ivr.simulator.voices import caller_voices

app = typer.Typer(help="Calls that took place.", no_args_is_help=True)


@app.callback()
def calls() -> None:
    """Calls that took place."""


@app.command()
def save(
    call_sid: str,
    file: Path,
    title: str = typer.Option("", "--title", help="The scenario's title; its file's name without it."),
    own_voice: bool = typer.Option(
        False, "--own-voice", help="Menu answers as the caller said them, with DEBUG_CAPTURE and the caller's consent."
    ),
) -> None:
    """Save a call as a scenario that `call` plays: a sample card in place of the caller's, a synthetic voice."""
    configure_logs("console", logging.ERROR)
    application = Application(load_settings(), ear=Deaf(), content=current_content())
    try:
        kept = keep_call(application, call_sid, file, caller_voices(), title=title, own_voice=own_voice)
    finally:
        application.db.close()
    for remark in kept.remarks:
        typer.echo(f"Note: {remark}.", err=True)
    typer.echo(f"Saved, and played as it was: {kept.saved.path}, {kept.saved.recordings} recordings.", err=True)
