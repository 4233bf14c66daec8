"""``reports``: what supervisors read under ``/reports``, for a terminal or another program."""

import dataclasses
import json
from datetime import datetime

import typer

from ivr.clock import SystemClock
from ivr.commands.output import open_database
from ivr.content import current_content
from ivr.reports.figures import Share
from ivr.reports.opening import report_ground
from ivr.reports.pages import PAGES
from ivr.reports.service import Reports
from ivr.reports.shown import shown_cell, shown_figure
from ivr.reports.tables import staffing_table
from ivr.reports.wallboard import Figure
from ivr.reports.words import ReportWords
from ivr.settings import load_settings

app = typer.Typer(help="Figures of calls, recognition, operators and appeals.", no_args_is_help=True)
JSON_OPTION = typer.Option(False, "--json")


@app.command()
def summary(
    days: int = typer.Option(7, min=1, max=92, help="The last so many days, today included."),
    as_json: bool = JSON_OPTION,
) -> None:
    """Print every figure of the last days with its definition."""
    reports = _open()
    period = reports.last_days(days)
    groups = [group for name in PAGES for group in reports.groups(name, period)]
    if as_json:
        told = {group.name: {one.metric: _plain(one, reports.words) for one in group.figures} for group in groups}
        typer.echo(json.dumps({"from": f"{period.first}", "to": f"{period.last}"} | told, ensure_ascii=False, indent=2))
        return
    typer.echo(f"{period.first:%d.%m.%Y} – {period.last:%d.%m.%Y}")
    for group in groups:
        typer.echo(f"\n{reports.words.groups[group.name]}")
        for figure in group.figures:
            metric = reports.words.metrics[figure.metric]
            typer.echo(f"  {metric.title}: {shown_figure(figure, reports.words)}\n    {metric.means}")


@app.command()
def staffing(as_json: bool = JSON_OPTION) -> None:
    """Print how many operators each half-hour of the coming week needs, beside the schedule."""
    reports = _open()
    week = reports.staffing()
    if as_json:
        rows = [{name: _value(value) for name, value in _fields(one)} for one in week.half_hours]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table, words = staffing_table(week.half_hours), reports.words
    typer.echo("\t".join(words.columns[column] for column in table.columns))
    for row in table.rows:
        typer.echo("\t".join(shown_cell(column, cell, words) for column, cell in zip(table.columns, row, strict=True)))


def _open() -> Reports:
    settings, content = load_settings(), current_content()
    host = settings.web_host or content.hotline.site
    ground = report_ground(
        content.hotline, settings.zone, content.reports, content.book, lambda: (0, settings.max_streams), host=host
    )
    return Reports(open_database(), SystemClock(), ground)


def _plain(figure: Figure, words: ReportWords) -> dict[str, object]:
    """A figure as JSON: None where there is no value."""
    value = figure.value
    told: dict[str, object] = {"title": words.metrics[figure.metric].title, **dataclasses.asdict(value)}
    if isinstance(value, Share):
        told["value"] = value.value
    return told | {"means": words.metrics[figure.metric].means}


def _fields(record: object) -> list[tuple[str, object]]:
    names = [field.name for field in dataclasses.fields(record)]  # type: ignore[arg-type]
    return [(name, getattr(record, name)) for name in names]


def _value(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
