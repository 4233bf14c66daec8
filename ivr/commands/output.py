"""What commands that look into the database share: opening it, and printing what they find."""

import dataclasses
import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import typer

from ivr.settings import load_settings
from ivr.store.db import Database

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def open_database() -> Database:
    """The hotline's database, brought up to date. Raises ``SettingsError`` or ``StoreUnavailable``."""
    db = Database(load_settings().database_url)
    db.migrate()
    return db


def plain(record: "DataclassInstance") -> dict[str, object]:
    """A record as JSON can hold it."""
    values = dataclasses.asdict(record)
    return {k: v.isoformat() if isinstance(v, date | datetime) else v for k, v in values.items()}


def print_one(record: "DataclassInstance", as_json: bool) -> None:
    """Print one record: as an object, or as a line."""
    if as_json:
        typer.echo(json.dumps(plain(record), ensure_ascii=False, indent=2))
    else:
        _print_line(plain(record))


def print_all(records: Sequence["DataclassInstance"], as_json: bool, without: Collection[str] = ()) -> None:
    """Print records, less the fields ``without``: as a list of objects, or as lines."""
    rows = [{name: value for name, value in plain(record).items() if name not in without} for record in records]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        _print_line(row)


def _print_line(row: dict[str, object]) -> None:
    typer.echo("  ".join(f"{key}={value}" for key, value in row.items() if value not in (None, "")))
