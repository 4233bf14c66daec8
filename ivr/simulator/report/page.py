"""The report as one HTML file that needs nothing beside it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ivr.simulator.coverage import WAYS, Covered
from ivr.simulator.report.figures import Figures
from ivr.simulator.report.rows import rows
from ivr.simulator.report.waves import HEIGHT, drawings
from ivr.simulator.rounds import Replayed

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def page(replayed: Sequence[Replayed], figures: Figures, covered: Sequence[Covered], at: datetime) -> str:
    """The page. ``at``: when the calls were played, local time."""
    return _PAGES.get_template("report.html").render(
        at=at,
        figures=figures,
        calls=[(group, rows, drawings(group.worst)) for group in replayed],
        covered=covered,
        ways=WAYS,
        height=HEIGHT,
    )
