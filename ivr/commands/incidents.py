"""``incident``: announce a known outage, and tell that it is over."""

import typer

from ivr.clock import SystemClock
from ivr.commands.output import open_database, print_all
from ivr.content import GRAMMARS
from ivr.errors import RecordError
from ivr.hotline import load_hotline
from ivr.incidents import ALL, IncidentDesk, Outage
from ivr.settings import load_settings
from ivr.spoken import ANSWER_SECONDS, check_spoken
from ivr.store.incidents import list_incidents, open_incidents
from ivr.watch import find_suggestions

app = typer.Typer(help="Known outages: announced in the greeting and in the answers.", no_args_is_help=True)
CATEGORIES = GRAMMARS / "categories"


@app.command(name="open")
def open_one(
    category: str = typer.Option(..., help="A file of grammars/categories, or its beginning; all: every caller."),
    say: str = typer.Option(..., help="What they hear of it: words only, twelve seconds at most."),
    title: str = typer.Option("", help="For people on duty."),
    hours: int = typer.Option(0, min=0, max=720, help="How long it is announced; 0: as hotline.yaml says."),
) -> None:
    """Announce an outage from now on."""
    outage = Outage(_known_category(category), title, check_spoken(say), hours or None)
    with open_database().transaction() as conn:
        incident = _desk().open(conn, outage)
    until = incident.expires_at.astimezone(load_settings().zone)
    typer.echo(f"Incident {incident.number} is announced until {until:%d.%m.%Y %H:%M}.")


@app.command(name="list")
def list_all(
    every: bool = typer.Option(False, "--all", help="Closed ones and those that ran out, too."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """List the open incidents, oldest first."""
    with open_database().reading() as conn:
        found = list_incidents(conn) if every else open_incidents(conn, SystemClock().now())
    print_all(found, as_json)


@app.command()
def close(number: int, say: str = typer.Option("", help="Texted to who has appealed; empty: as hotline.yaml.")) -> None:
    """The outage is over: answer the appeals under it."""
    text = check_spoken(say, ANSWER_SECONDS) if say else None
    with open_database().transaction() as conn:
        texted = _desk().close(conn, number, text)
    typer.echo(f"Incident {number} is closed; {len(texted)} SMS promised.")


@app.command()
def suggest(as_json: bool = typer.Option(False, "--json")) -> None:
    """Which calls rise as if something were out of order?"""
    rules = load_hotline(GRAMMARS / "hotline.yaml").incidents
    with open_database().reading() as conn:
        found = find_suggestions(conn, rules, SystemClock().now())
    print_all(found, as_json)
    if not found and not as_json:
        typer.echo("Nothing rises.")


def _desk() -> IncidentDesk:
    return IncidentDesk(load_hotline(GRAMMARS / "hotline.yaml"), SystemClock())


def _known_category(typed: str) -> str:
    """The category with this name; its beginning will do where no other begins so."""
    known = [ALL, *sorted(path.stem for path in CATEGORIES.glob("*.yaml"))]
    found = [name for name in known if name == typed] or [name for name in known if typed and name.startswith(typed)]
    if len(found) != 1:
        raise RecordError(f"Category `{typed}` is none, or several; write one of: {', '.join(known)}")
    return found[0]
