"""The grid as two pictures: conditions by strength, and pairs of words that sound alike."""

import textwrap
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from ivr.bench.robustness.confusions import Confusion
from ivr.bench.robustness.grid import Cell, GridReport
from ivr.errors import HotlineError

INCHES_A_CELL, INCHES_A_ROW, INCHES_A_BAR, INCHES_AROUND = 2.4, 0.72, 0.26, 1.7
DARK = 50
"""Percent right from which a cell is dark enough for white letters."""
PARTS = (("as said", "#1b6ca8"), ("its pair", "#d1495b"), ("another word", "#edae49"), ("nothing", "#b8c4cc"))
BETWEEN_PAIRS = 0.7
OTHERS_SHOWN = 3
LETTERS_A_LINE = 32
DOTS_PER_INCH = 110


def draw_grid(report: GridReport, file: Path) -> Path:
    """Write both pictures: ``file``, and beside it the pairs. Returns the second file.

    Raises ``HotlineError`` where matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - only this needs it, and it takes a second
    except ImportError as error:
        raise HotlineError("A picture needs matplotlib: pip install -r requirements.txt.") from error
    _cells(Figure, report).savefig(file, dpi=DOTS_PER_INCH)
    pairs_file = file.with_name(f"{file.stem}.pairs{file.suffix}")
    _pairs(Figure, report).savefig(pairs_file, dpi=DOTS_PER_INCH)
    return pairs_file


def _title(report: GridReport, what: str) -> str:
    return f"{what}: set {report.run.fixtures}, {report.run.samples} fixtures, seed {report.run.seed}\n{report.note}"


def _cells(figure_type: Any, report: GridReport) -> Any:  # noqa: ANN401 - matplotlib comes without types
    rows: dict[str, list[Cell]] = {}
    for cell in report.cells:
        rows.setdefault(cell.condition, []).append(cell)
    columns = max(map(len, rows.values()))
    size = (INCHES_AROUND + INCHES_A_CELL * columns, INCHES_AROUND + INCHES_A_ROW * len(rows))
    figure = figure_type(figsize=size, layout="constrained")
    axes = figure.subplots()
    shares = [
        [cell.right_percent for cell in cells] + [float("nan")] * (columns - len(cells)) for cells in rows.values()
    ]
    image = axes.imshow(shares, cmap="viridis_r", vmin=0, vmax=100, aspect="auto")
    for row, cells in enumerate(rows.values()):
        for column, cell in enumerate(cells):
            colour = "white" if cell.right_percent >= DARK else "black"
            axes.text(column, row, _cell_text(cell), ha="center", va="center", fontsize=8, color=colour)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_xticks(range(columns), ["mild", *[""] * (columns - 2), "severe"] if columns > 1 else [""])
    axes.set_title(_title(report, "Understood by condition and strength"), fontsize=9)
    figure.colorbar(image, label="right, %", shrink=0.5)
    return figure


def _cell_text(cell: Cell) -> str:
    chain = textwrap.fill(cell.chain.replace(",", ", "), LETTERS_A_LINE)
    return f"{chain}\n{cell.right_percent:.0f} % right, {cell.wrong_percent:.0f} % wrong"


def _pairs(figure_type: Any, report: GridReport) -> Any:  # noqa: ANN401 - as above
    found = report.confusions
    firsts = [number == 0 or one.pair != found[number - 1].pair for number, one in enumerate(found)]
    places = [number + BETWEEN_PAIRS * above for number, above in enumerate(accumulate(firsts))]
    figure = figure_type(figsize=(11, INCHES_AROUND + INCHES_A_BAR * 1.35 * len(found)), layout="constrained")
    axes = figure.subplots()
    starts = [0.0] * len(found)
    for part, (label, colour) in enumerate(PARTS):
        widths = [100 * _parts(one)[part] / one.count for one in found]
        axes.barh(places, widths, 0.8, left=starts, color=colour, label=label)
        starts = [start + width for start, width in zip(starts, widths, strict=True)]
    for place, one in zip(places, found, strict=True):
        axes.text(101, place, ", ".join(one.others[:OTHERS_SHOWN]), va="center", fontsize=7)
    axes.set_yticks(places, [f"{one.said} ({one.rival})  n={one.count}" for one in found], fontsize=8)
    axes.set_ylim(max(places, default=0) + 1, min(places, default=0) - 1)
    axes.set_xlim(0, 130)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel("what was heard for the word in all conditions together, %, and which other words")
    axes.set_title(_title(report, "Words that sound alike"), fontsize=9)
    figure.legend(loc="outside lower center", ncols=len(PARTS))
    return figure


def _parts(one: Confusion) -> Sequence[int]:
    return one.right, one.as_rival, one.as_another, one.lost
