"""The shares of the hearing bench as a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ivr.bench.hearing.plain import Way
from ivr.bench.hearing.report import HearingReport
from ivr.bench.hearing.rows import Row, grouped
from ivr.bench.hearing.trials import CLEAN
from ivr.errors import HotlineError

BAR = 0.4
CALL_COLOUR, PLAIN_COLOUR, BABBLE_COLOUR = "#1b6ca8", "#b8c4cc", "#d1495b"
INCHES_WIDE, INCHES_A_ROW, INCHES_AROUND = 10, 0.34, 1.4


def draw_chart(report: HearingReport, file: Path) -> None:
    """A PNG with a line for each set: understood in a call, with babble, and the plain way.

    Raises ``HotlineError`` where matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - only this needs it, and it takes a second
    except ImportError as error:
        raise HotlineError("A chart needs matplotlib: pip install -r requirements-dev.txt.") from error
    sets = list(grouped(report.rows, lambda row: (row.voice, row.name)).values())[::-1]
    height = INCHES_AROUND + INCHES_A_ROW * len(sets)
    figure = Figure(figsize=(INCHES_WIDE, height), layout="constrained")
    axes = figure.subplots()
    _draw(axes, sets)
    axes.set_yticks(range(len(sets)), [f"{rows[0].voice}: {rows[0].name} (n={rows[0].count})" for rows in sets])
    axes.set_ylim(-0.6, len(sets) - 0.4)
    axes.set_xlim(-1, 101)
    axes.set_xlabel("understood at the first try, %")
    axes.grid(axis="x", alpha=0.3)
    figure.legend(loc="outside upper right", ncols=3)
    figure.savefig(file, dpi=110)


def _draw(axes: Any, sets: Sequence[Sequence[Row]]) -> None:  # noqa: ANN401 - matplotlib is no dependency of the hotline
    """Bars and dots; a set's rows are the one without babble and perhaps the one with it."""
    calm = [(at, row.share) for at, rows in enumerate(sets) for row in rows if row.condition == CLEAN]
    plain = [(at, rows[0].plain[Way.WORDS]) for at, rows in enumerate(sets) if Way.WORDS in rows[0].plain]
    noisy = [(at, row.share) for at, rows in enumerate(sets) for row in rows if row.condition != CLEAN]
    for points, colour, shift, label in (
        (calm, CALL_COLOUR, BAR / 2, "in a call"),
        (plain, PLAIN_COLOUR, -BAR / 2, "plain word list"),
    ):
        places, shares = [at + shift for at, _ in points], [share for _, share in points]
        axes.barh(places, shares, BAR, color=colour, label=label)
    if noisy:
        places, shares = [at + BAR / 2 for at, _ in noisy], [share for _, share in noisy]
        axes.plot(shares, places, "o", color=BABBLE_COLOUR, markeredgecolor="white", label="in a call, 10 dB babble")
