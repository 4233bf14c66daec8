"""``cards`` and ``appeals``: look into the database, take cards in."""

import dataclasses
import json
from datetime import date, datetime
from pathlib import Path

import typer

from ivr.errors import HotlineError
from ivr.settings import load_settings
from ivr.store.appeals import Appeal, list_appeals
from ivr.store.cards import Card, find_card, import_cards, sample_cards
from ivr.store.cards import list_cards as all_cards
from ivr.store.db import Database

cards = typer.Typer(help="Loyalty cards of the embedded base.", no_args_is_help=True)
appeals = typer.Typer(help="Appeals that callers have made.", no_args_is_help=True)


@cards.command(name="import")
def import_file(path: Path) -> None:
    """Take in a CSV file: number,status,name,birth_date,phone,balance,reason. All of it or nothing."""
    with _database().transaction() as conn:
        count = import_cards(conn, path)
    typer.echo(f"{count} cards taken in.")


@cards.command()
def samples() -> None:
    """Take in fictional cards for a first look."""
    with _database().transaction() as conn:
        typer.echo(f"{sample_cards(conn)} sample cards taken in.")


@cards.command()
def show(number: str, as_json: bool = typer.Option(False, "--json")) -> None:
    """Show one card."""
    with _database().reading() as conn:
        card = find_card(conn, number)
    if card is None:
        raise HotlineError("There is no such card; check the sixteen digits, or import it: python -m ivr cards import")
    _print([_plain(card)], as_json, single=True)


@cards.command(name="list")
def list_cards(as_json: bool = typer.Option(False, "--json")) -> None:
    """List the cards."""
    with _database().reading() as conn:
        _print([_plain(card) for card in all_cards(conn)], as_json)


@appeals.command(name="list")
def list_all(as_json: bool = typer.Option(False, "--json")) -> None:
    """List appeals, oldest first."""
    with _database().reading() as conn:
        _print([_plain(appeal) for appeal in list_appeals(conn)], as_json)


def _database() -> Database:
    db = Database(load_settings().database_url)
    db.migrate()
    return db


def _plain(record: Card | Appeal) -> dict[str, object]:
    values = dataclasses.asdict(record)
    return {k: v.isoformat() if isinstance(v, date | datetime) else v for k, v in values.items()}


def _print(rows: list[dict[str, object]], as_json: bool, *, single: bool = False) -> None:
    if as_json:
        typer.echo(json.dumps(rows[0] if single else rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo("  ".join(f"{key}={value}" for key, value in row.items() if value not in (None, "")))
