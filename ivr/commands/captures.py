"""``captures``: sounds of calls that were kept for debugging (``DEBUG_CAPTURE``)."""

from pathlib import Path

import typer

from ivr.captures import CaptureSafe
from ivr.clock import SystemClock
from ivr.commands.output import open_database, print_all
from ivr.content import current_content
from ivr.errors import RecordError
from ivr.media.codec import wav
from ivr.settings import load_settings
from ivr.store.captures import captured_calls

app = typer.Typer(help="Sounds of calls, kept for debugging.", no_args_is_help=True)


@app.command(name="list")
def list_all(as_json: bool = typer.Option(False, "--json")) -> None:
    """List the calls of which sounds are kept, oldest first."""
    with open_database().reading() as conn:
        print_all(captured_calls(conn), as_json)


@app.command()
def export(call_sid: str, folder: Path) -> None:
    """Write the sounds of a call as WAV files, named by step. They are the caller's voice: delete them when done."""
    safe = CaptureSafe(load_settings().derived("captures"), current_content().book, SystemClock(), keeps=False)
    with open_database().reading() as conn:
        sounds = safe.sounds(conn, call_sid)
    if not sounds:
        raise RecordError("No sound of this call can be opened; see: python -m ivr captures list")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for sound in sounds:
            (folder / f"{sound.step:03}.wav").write_bytes(wav(sound.mulaw))
    except OSError as error:
        raise RecordError(f"The folder cannot be written ({error.strerror}); name another one") from error
    typer.echo(f"{len(sounds)} files written.")
