"""``scenarios``: what a tester's editor needs, and a check of scenarios without playing them."""

from collections.abc import Sequence
from pathlib import Path

import typer

from ivr.errors import BookError, HotlineError
from ivr.settings import ROOT
from ivr.simulator.scenario import Scenario, load_scenario
from ivr.simulator.schema import schema_text

app = typer.Typer(help="Scripted calls: check them, print their JSON schema.", no_args_is_help=True)
CALLS = ROOT / "tests" / "calls"


@app.callback()
def scenarios() -> None:
    """Scripted calls."""


@app.command()
def check(path: Path = typer.Argument(CALLS, help="A folder of scenarios, or one.")) -> None:  # noqa: B008
    """Read scenarios without playing them; exit code 2 and a line for each mistake."""
    typer.echo(f"{len(readable(path))} scenarios can be read.")


@app.command()
def schema() -> None:
    """Print the JSON schema that docs/scenario.schema.json holds."""
    typer.echo(schema_text(), nl=False)


def readable(path: Path) -> Sequence[tuple[Path, Scenario]]:
    """The scenarios of a folder or a file, when all of them can be read.

    Raises ``HotlineError`` with a line for each mistake, and where there is no scenario.
    """
    paths = [path] if path.is_file() else sorted(path.glob("**/*.yaml"))
    if not paths:
        raise HotlineError(f"There is no scenario in {path}; name a folder of .yaml files, such as tests/calls.")
    loaded, mistakes = [], []
    for one in paths:
        try:
            loaded.append((one, load_scenario(one)))
        except BookError as mistake:
            mistakes.append(str(mistake))
    if mistakes:
        raise HotlineError("\n".join(mistakes))
    return loaded
