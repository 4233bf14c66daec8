"""``retention``: what has been kept for long enough, and forgetting it."""

import typer

from ivr.clock import SystemClock
from ivr.commands.output import open_database, print_all
from ivr.content import GRAMMARS
from ivr.errors import RecordError
from ivr.hotline import load_hotline
from ivr.retention import Retention, documented, rules_of

app = typer.Typer(help="How long what is kept.", no_args_is_help=True)


@app.command()
def run(
    dry_run: bool = typer.Option(False, "--dry-run", help="Only tell what would be forgotten."),
    apply: bool = typer.Option(False, "--apply", help="Forget it now; the worker does so each hour."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Forget what has been kept for long enough."""
    if dry_run == apply:
        raise RecordError("Say what to do: python -m ivr retention run --dry-run, or --apply")
    retention = Retention(open_database(), rules_of(load_hotline(GRAMMARS / "hotline.yaml")), SystemClock())
    print_all(retention.apply() if apply else retention.look(), as_json)


@app.command()
def rules() -> None:
    """Print the rules as a table."""
    for line in documented(rules_of(load_hotline(GRAMMARS / "hotline.yaml"))):
        typer.echo(line)
