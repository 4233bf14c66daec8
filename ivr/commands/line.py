"""``line``: who waits for an operator now."""

import json
from dataclasses import dataclass
from datetime import datetime

import typer

from ivr.clock import SystemClock
from ivr.commands.call_backs import open_line
from ivr.commands.output import open_database, plain, print_all
from ivr.settings import load_settings
from ivr.store.line import Place, live_places
from ivr.store.operators import list_operators

app = typer.Typer(help="The line to the operators.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """A place, as it is shown: without the caller's number."""

    number: int
    kind: str
    state: str
    category: str | None
    waits_seconds: int
    """0 for a call back that is not due."""
    tries: int
    operator: str | None


@app.command()
def show(as_json: bool = typer.Option(False, "--json")) -> None:
    """Show everybody in the line, in its order, and the operators by status."""
    now = SystemClock().now()
    desk = open_line(load_settings().zone)
    with open_database().reading() as conn:
        standing = [_standing(place, now) for place in live_places(conn)]
        statuses = [operator.status for operator in list_operators(conn)]
    counts = {status: statuses.count(status) for status in sorted(set(statuses))}
    if as_json:
        shown = {"open": desk.schedule.is_open(now), "peak": desk.schedule.is_peak(now), "operators": counts}
        typer.echo(json.dumps(shown | {"line": [plain(one) for one in standing]}, ensure_ascii=False, indent=2))
        return
    typer.echo("open" if desk.schedule.is_open(now) else "closed", nl=False)
    typer.echo("".join(f"  {status}={count}" for status, count in counts.items()))
    print_all(standing, as_json)


def _standing(place: Place, now: datetime) -> Standing:
    waited = now - max(place.joined_at, place.due_at)
    return Standing(
        number=place.number,
        kind=place.kind,
        state=place.state,
        category=place.category,
        waits_seconds=max(round(waited.total_seconds()), 0),
        tries=place.tries,
        operator=place.operator,
    )
