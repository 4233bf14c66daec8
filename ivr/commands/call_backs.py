"""``callbacks``: whom an operator has promised to call."""

from zoneinfo import ZoneInfo

import typer

from ivr.clock import SystemClock
from ivr.commands.output import open_database, print_all
from ivr.content import GRAMMARS
from ivr.errors import RecordError
from ivr.hotline import load_hotline
from ivr.line.desk import LineDesk, line_desk
from ivr.settings import load_settings
from ivr.store.line import all_places

app = typer.Typer(help="Call backs that were booked.", no_args_is_help=True)


@app.command(name="list")
def list_all(
    every: bool = typer.Option(False, "--all", help="Those that are done, too."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """List the people who wait for a call, in the order of the line."""
    with open_database().reading() as conn:
        call_backs = [place for place in all_places(conn) if place.kind == "call_back"]
    print_all([place for place in call_backs if every or place.state != "ended"], as_json)


@app.command()
def done(phone: str) -> None:
    """The person was called, past the line."""
    desk = open_line(load_settings().zone)
    with open_database().transaction() as conn:
        place = desk.booked_for(conn, phone)
        if place is None or not desk.ended(conn, place.number):
            raise RecordError("Nobody waits for a call at this phone; see: python -m ivr callbacks list")
    typer.echo("Done.")


def open_line(zone: ZoneInfo) -> LineDesk:
    """The line with the rules that ship with the program. Raises ``BookError``."""
    return line_desk(load_hotline(GRAMMARS / "hotline.yaml"), zone, SystemClock())
