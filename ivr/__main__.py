"""``python -m ivr``: the hotline's commands. A mistake that a person can mend is one line and exit code 2."""

import sys

import typer

from ivr.commands import (
    appeals,
    bench,
    book,
    call,
    call_backs,
    callers,
    calls,
    captures,
    doctor,
    drafting,
    fixtures,
    forget,
    incidents,
    line,
    model,
    operators,
    prompts,
    recognize,
    records,
    replay,
    reports,
    retention,
    scenarios,
    serve,
    simulate,
    suggestions,
    training,
)
from ivr.errors import HotlineError

MISTAKE = 2
app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(serve.serve)
app.command()(call.call)
app.command()(replay.replay)
app.command()(simulate.simulate)
app.command()(suggestions.suggestions)
app.command()(recognize.recognize)
app.command()(book.lint)
app.command()(book.sample)
app.command()(book.graph)
app.command(name="new-category")(drafting.new_category)
app.command()(doctor.doctor)
app.command()(forget.forget)
app.add_typer(records.cards, name="cards")
app.add_typer(appeals.app, name="appeals")
app.add_typer(incidents.app, name="incident")
app.add_typer(call_backs.app, name="callbacks")
app.add_typer(line.app, name="line")
app.add_typer(operators.app, name="operators")
app.add_typer(reports.app, name="reports")
app.add_typer(retention.app, name="retention")
app.add_typer(captures.app, name="captures")
app.add_typer(prompts.app, name="prompts")
app.add_typer(callers.app, name="callers")
app.add_typer(scenarios.app, name="scenarios")
app.add_typer(calls.app, name="calls")
app.add_typer(model.app, name="model")
app.add_typer(bench.app, name="bench")
app.add_typer(fixtures.app, name="fixtures")
app.add_typer(training.app, name="training")


def main() -> None:
    """Run a command."""
    try:
        app()
    except HotlineError as error:
        typer.echo(str(error), err=True)
        sys.exit(MISTAKE)


if __name__ == "__main__":
    main()
