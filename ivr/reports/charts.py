"""Charts as PNG, drawn without a screen: dark on light, never by colour alone, in colours that nobody takes for others.

matplotlib is loaded when the first chart is asked for: it takes a second, and a telephone line needs none.
"""

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ivr.reports.words import ChartWords, ReportWords

WIDTH = 10.5
"""Inches."""
DOTS = 110
"""For each inch."""
DARK, PALE, GRID = "#1f2933", "#52606d", "#d9e2ec"
BLUE, ORANGE, GREEN, RED, PURPLE, GREY = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#aa4499", "#b8c4cc"
"""Okabe and Ito, "Color Universal Design", 2008; their purple is too pale for a line, this one is Paul Tol's."""
HIGH_CONTRAST = 0.55
"""Share of a scale from which on white figures are read better than dark ones."""
_DRAWING = threading.Lock()
"""matplotlib's caches of fonts are not made for threads."""


Draw = Callable[["Chart"], None]


def picture(words: ReportWords, name: str, height: float, draw: Draw | None, panels: int = 1) -> bytes:
    """A PNG of so many inches; ``draw`` None: there is nothing to draw, which is said."""
    with _DRAWING:
        chart = Chart(words, name, height, panels)
        if draw is None:
            chart.tell_nothing()
        else:
            draw(chart)
        return chart.png()


class Chart:
    """A picture that is being drawn: its figure, and one pair of axes for each panel, from above."""

    def __init__(self, words: ReportWords, name: str, height: float, panels: int) -> None:
        self.words = words
        self.around: ChartWords = words.charts[name]
        self.figure = _figure((WIDTH, height))
        self.panels: list[Any] = list(self.figure.subplots(panels, 1, squeeze=False)[:, 0])
        self.axes: Any = self.panels[0]

    def png(self) -> bytes:
        """The finished picture."""
        self.figure.suptitle(self.around.title, color=DARK, fontsize=14, fontweight="bold", x=0.01, ha="left")
        self.panels[-1].set_xlabel(self.around.across, color=DARK)
        for axes in self.panels:
            axes.tick_params(colors=DARK, labelsize=9)
            axes.spines[["top", "right"]].set_visible(False)
            axes.spines[["left", "bottom"]].set_color(PALE)
        file = io.BytesIO()
        self.figure.savefig(file, format="png", dpi=DOTS)
        return file.getvalue()

    def tell_nothing(self) -> None:
        """In the middle of each panel."""
        for axes in self.panels:
            axes.set_xticks([])
            axes.set_yticks([])
            said = self.words.labels["no_data"]
            axes.text(0.5, 0.5, said, transform=axes.transAxes, ha="center", va="center", fontsize=16, color=PALE)

    def percent_axis(self) -> None:
        """The whole scale, so that small changes look small."""
        self.axes.set_ylim(0, 105)
        self.axes.set_ylabel(self.around.up, color=DARK)
        self.axes.grid(axis="y", color=GRID)
        self.axes.set_axisbelow(True)

    def legend(self, columns: int = 3) -> None:
        """Below the chart, where it hides nothing."""
        handles, labels = self.axes.get_legend_handles_labels()
        self.figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False, labelcolor=DARK)

    def note(self, text: str) -> None:
        """A line under the title."""
        self.axes.set_title(text, loc="left", fontsize=9, color=PALE)

    def heat(self, rows: Sequence[str], cells: Sequence[Sequence[float | None]], decimals: int) -> None:
        """A table whose cells are coloured by their number, which is written in them too."""
        known = [cell for row in cells for cell in row if cell is not None]
        most = max(known, default=0.0) or 1.0
        values = [[float("nan") if cell is None else cell for cell in row] for row in cells]
        image = self.axes.imshow(values, aspect="auto", cmap="Blues", vmin=0, vmax=most)
        for down, row in enumerate(cells):
            for right, cell in enumerate(row):
                if cell:
                    colour = "white" if cell > most * HIGH_CONTRAST else DARK
                    shown = f"{cell:.{decimals}f}".replace(".", ",")
                    self.axes.text(right, down, shown, ha="center", va="center", fontsize=7.5, color=colour)
        self.axes.set_xticks(range(len(cells[0])), [f"{hour:02}" for hour in range(len(cells[0]))])
        self.axes.set_yticks(range(len(rows)), rows)
        bar = self.figure.colorbar(image, ax=self.axes, pad=0.01, fraction=0.03)
        bar.set_label(self.around.scale, color=DARK)
        bar.outline.set_visible(False)


def hatched(axes: Any, stacks: Mapping[str, tuple[Sequence[float], str, str]], *, across: bool) -> None:  # noqa: ANN401
    """Stacked bars, each kind by name with its lengths, colour and hatching, so that it is known without its colour."""
    count = max((len(lengths) for lengths, _, _ in stacks.values()), default=0)
    ends = [0.0] * count
    for name, (lengths, colour, hatch) in stacks.items():
        more = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0.5, "label": name}
        if across:
            axes.barh(range(count), lengths, 0.7, left=ends, **more)
        else:
            axes.bar(range(count), lengths, 0.7, bottom=ends, **more)
        ends = [end + length for end, length in zip(ends, lengths, strict=True)]


def _figure(size: tuple[float, float]) -> Any:  # noqa: ANN401 - matplotlib has no types that are worth it
    from matplotlib.figure import Figure  # noqa: PLC0415 - see above

    return Figure(figsize=size, layout="constrained", facecolor="white")
