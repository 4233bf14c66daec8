"""``operators``: who may sign in to the desk."""

import re
import sys

import typer

from ivr.clock import SystemClock
from ivr.commands.output import open_database, print_all
from ivr.errors import RecordError
from ivr.passwords import hash_password
from ivr.phones import callable_phone
from ivr.store import operators as store
from ivr.store.operators import Device, Operator, Role, find_operator, list_operators

app = typer.Typer(help="Operators: who may sign in to the desk.", no_args_is_help=True)
NAME = re.compile(r"[a-z][a-z0-9_]{1,31}")
"""What Twilio takes for the name of a browser's line, and nobody mistypes."""


@app.command()
def add(  # noqa: PLR0917  a command's options are its arguments
    name: str = typer.Argument(help="To sign in with: small Latin letters, digits, underscores."),
    shown: str = typer.Option(..., help="As colleagues read it."),
    supervisor: bool = typer.Option(False, help="May see reports and everybody's calls."),
    phone: str = typer.Option("", help="Own telephone, E.164: calls are taken there instead of in the browser."),
    password_stdin: bool = typer.Option(False, help="Read the password from standard input instead of asking for it."),
    without_password: bool = typer.Option(False, help="Sign-in by the identity provider (OIDC) only."),
) -> None:
    """Make an account; the password is asked for, unseen."""
    if not NAME.fullmatch(name):
        raise RecordError("A name is 2 to 32 small Latin letters, digits and underscores, a letter first.")
    if phone and callable_phone(phone) is None:
        raise RecordError("This telephone cannot be called; write it like +79160000102.")
    password_hash = None if without_password else hash_password(_ask_password(password_stdin))
    role: Role = "supervisor" if supervisor else "operator"
    device: Device = "phone" if phone else "browser"
    now = SystemClock().now()
    operator = Operator(name, shown, role, password_hash, None, phone or None, device, "off", now, None)
    with open_database().transaction() as conn:
        if not store.add_operator(conn, operator):
            raise RecordError(f"There is an operator {name} already; choose another name.")
    typer.echo("Added.")


@app.command(name="list")
def list_all(as_json: bool = typer.Option(False, "--json")) -> None:
    """List accounts and their status."""
    with open_database().reading() as conn:
        found = list_operators(conn)
    print_all(found, as_json, without=("password_hash",))


@app.command()
def remove(name: str) -> None:
    """Delete an account. What the person did stays in the line's events."""
    with open_database().transaction() as conn:
        operator = find_operator(conn, name)
        if operator is not None and operator.status in ("offered", "talking"):
            raise RecordError(f"The operator {name} is in a call; try again after it.")
        if not store.remove_operator(conn, name):
            raise _unknown(name)
    typer.echo("Removed.")


@app.command()
def password(
    name: str,
    password_stdin: bool = typer.Option(False, help="Read the password from standard input instead of asking for it."),
) -> None:
    """Set another password."""
    with open_database().reading() as conn:
        if find_operator(conn, name) is None:
            raise _unknown(name)
    password_hash = hash_password(_ask_password(password_stdin))
    with open_database().transaction() as conn:
        if not store.set_password(conn, name, password_hash):
            raise _unknown(name)
    typer.echo("Changed.")


def _ask_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _unknown(name: str) -> RecordError:
    return RecordError(f"There is no operator {name}; see: python -m ivr operators list")
