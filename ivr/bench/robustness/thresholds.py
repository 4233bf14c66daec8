"""What a set has to reach in each cell of the grid, from a YAML file: set, cell, the least right and the most wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ivr.bench.robustness.conditions import conditions
from ivr.bench.robustness.grid import GridReport
from ivr.book.strict_yaml import load_yaml, shown
from ivr.errors import BookError

Percent = Annotated[float, Field(ge=0, le=100)]


class Bounds(BaseModel):
    """Percent of a cell's answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    right: Percent
    """At least so many."""
    wrong: Percent
    """At most so many."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A bound that was missed."""

    cell: str
    what: str
    measured: float
    bound: float


_FILE = TypeAdapter(Mapping[str, Mapping[str, Bounds]])


def load_thresholds(path: Path, fixtures: str) -> Mapping[str, Bounds]:
    """The bounds of one set by cell. Raises ``BookError`` with the file and what to write."""
    file, example = shown(path), "write `set: {babble:10: {right: 50, wrong: 20}}`, in percent"
    try:
        found = _FILE.validate_python(load_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ": ".join(str(part) for part in first["loc"])
        raise BookError(f"{file}: {where}: {first['msg']}; {example}.") from error
    if fixtures not in found:
        raise BookError(f"{file}: there are no bounds for the set {fixtures}; {example}.")
    known = [condition.label for condition in conditions()]
    for cell in found[fixtures]:
        if cell not in known:
            raise BookError(f"{file}: {fixtures}: {cell} is no cell of the grid; there are: {'; '.join(known)}.")
    return found[fixtures]


def shortfalls(report: GridReport, bounds: Mapping[str, Bounds]) -> list[Shortfall]:
    """Where a run is worse than it has to be; cells without bounds may be as they like."""
    missed = []
    for cell in report.cells:
        if bound := bounds.get(cell.chain):
            if cell.right_percent < bound.right:
                missed.append(Shortfall(cell.chain, "right, at least", cell.right_percent, bound.right))
            if cell.wrong_percent > bound.wrong:
                missed.append(Shortfall(cell.chain, "wrong, at most", cell.wrong_percent, bound.wrong))
    return missed
