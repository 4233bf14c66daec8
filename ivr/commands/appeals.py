"""``appeals``: what callers asked to be looked into, and the answers to it."""

import typer

from ivr.appeals import AppealDesk
from ivr.clock import SystemClock
from ivr.commands.output import open_database, print_all, print_one
from ivr.content import GRAMMARS
from ivr.errors import RecordError
from ivr.hotline import load_hotline
from ivr.settings import load_settings
from ivr.spoken import ANSWER_SECONDS, check_spoken
from ivr.store.appeals import Status, find_appeal, list_appeals

app = typer.Typer(help="Appeals that callers have made.", no_args_is_help=True)
STATUSES: tuple[Status, ...] = ("open", "answered", "closed")


@app.command(name="list")
def list_all(
    status: str = typer.Option("", help="open, answered or closed; empty: all."),
    incident: int = typer.Option(0, help="Only those under this incident."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """List appeals, oldest first."""
    wanted = next((one for one in STATUSES if one == status), None)
    if status and wanted is None:
        raise RecordError(f"There is no status {status}; write --status open, answered or closed")
    with open_database().reading() as conn:
        found = list_appeals(conn, status=wanted, incident=incident or None)
    print_all(found, as_json)


@app.command()
def show(number: str, as_json: bool = typer.Option(False, "--json")) -> None:
    """Show one appeal."""
    with open_database().reading() as conn:
        appeal = find_appeal(conn, _digits(number))
    if appeal is None:
        raise RecordError("There is no such appeal; the numbers are in: python -m ivr appeals list")
    print_one(appeal, as_json)


@app.command()
def answer(number: str, say: str = typer.Option(..., help="In words: texted, and told to who asks.")) -> None:
    """Answer an appeal and those merged into it; the answer is texted."""
    text = check_spoken(say, ANSWER_SECONDS)
    with open_database().transaction() as conn:
        texted = _desk().answer(conn, _digits(number), text)
    typer.echo(f"Answered; {len(texted)} SMS promised.")


@app.command()
def close(number: str) -> None:
    """Put an appeal away; nobody is told."""
    with open_database().transaction() as conn:
        _desk().close(conn, _digits(number))
    typer.echo("Closed.")


@app.command()
def reopen(number: str) -> None:
    """Take an ended appeal up again."""
    desk = _desk()
    with open_database().transaction() as conn:
        appeal = desk.reopen(conn, _digits(number))
    typer.echo(f"Open again, due {desk.day(appeal.due_at)}.")


@app.command()
def merge(number: str, into: str) -> None:
    """Let an appeal share the answer of another one, which it repeats."""
    with open_database().transaction() as conn:
        _desk().merge(conn, _digits(number), _digits(into))
    typer.echo("Merged.")


def _desk() -> AppealDesk:
    return AppealDesk(load_hotline(GRAMMARS / "hotline.yaml"), load_settings().zone, SystemClock())


def _digits(number: str) -> str:
    """A number as it is stored, also where it is written in pairs."""
    return number.replace(" ", "").replace("-", "")
