"""``callbacks``: whom an operator has promised to call."""

import typer

from ivr.commands.output import open_database, print_all
from ivr.errors import RecordError
from ivr.store.call_backs import finish_call_back, list_call_backs

app = typer.Typer(help="Call backs that were booked.", no_args_is_help=True)


@app.command(name="list")
def list_all(
    every: bool = typer.Option(False, "--all", help="Those that are done, too."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """List the people who wait for a call, the first due first."""
    with open_database().reading() as conn:
        found = [one for one in list_call_backs(conn) if every or one.status == "booked"]
    print_all(found, as_json)


@app.command()
def done(phone: str) -> None:
    """The person was called."""
    with open_database().transaction() as conn:
        if not finish_call_back(conn, phone):
            raise RecordError("Nobody waits for a call at this phone; see: python -m ivr callbacks list")
    typer.echo("Done.")
