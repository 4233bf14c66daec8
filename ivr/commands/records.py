"""``cards``: look into the embedded base, take in cards and what happened on them."""

from pathlib import Path

import typer

from ivr.clock import SystemClock
from ivr.commands.output import open_database, print_all, print_one
from ivr.errors import HotlineError
from ivr.store.cards import find_card, import_cards, sample_cards
from ivr.store.cards import list_cards as all_cards
from ivr.store.history_import import import_operations, import_receipts

cards = typer.Typer(help="Loyalty cards of the embedded base.", no_args_is_help=True)


@cards.command(name="import")
def import_file(path: Path) -> None:
    """Take in a CSV file: number,status,name,birth_date,phone,balance,reason. All of it or nothing.

    It may also have issued_on,activated_on.
    """
    with open_database().transaction() as conn:
        count = import_cards(conn, path)
    typer.echo(f"{count} cards taken in.")


@cards.command()
def receipts(path: Path) -> None:
    """Take in a CSV file of receipts: id,card_number,at,shop,total,tobacco,spend,points_due."""
    with open_database().transaction() as conn:
        typer.echo(f"{import_receipts(conn, path)} receipts taken in.")


@cards.command()
def operations(path: Path) -> None:
    """Take in a CSV file of points that came or went: id,card_number,at,points,cause."""
    with open_database().transaction() as conn:
        typer.echo(f"{import_operations(conn, path)} operations taken in.")


@cards.command()
def samples() -> None:
    """Take in fictional cards for a first look."""
    with open_database().transaction() as conn:
        typer.echo(f"{sample_cards(conn, SystemClock().now().date())} sample cards taken in.")


@cards.command()
def show(number: str, as_json: bool = typer.Option(False, "--json")) -> None:
    """Show one card."""
    with open_database().reading() as conn:
        card = find_card(conn, number)
    if card is None:
        raise HotlineError("There is no such card; check the sixteen digits, or import it: python -m ivr cards import")
    print_one(card, as_json)


@cards.command(name="list")
def list_cards(as_json: bool = typer.Option(False, "--json")) -> None:
    """List the cards."""
    with open_database().reading() as conn:
        print_all(all_cards(conn), as_json)
