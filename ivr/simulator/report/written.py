"""Writes a report into a folder."""

import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ivr.dialog.forms import DialogBook
from ivr.simulator.coverage import coverage
from ivr.simulator.report.figures import Figures
from ivr.simulator.report.page import page
from ivr.simulator.rounds import Replayed
from ivr.simulator.summary import Played

PAGE, RECORD = "index.html", "replay.json"


def write_report(folder: Path, replayed: Sequence[Replayed], figures: Figures, book: DialogBook, at: datetime) -> Path:
    """Write the page and the record; returns the page. ``at``: when the calls were played, local time."""
    folder.mkdir(parents=True, exist_ok=True)
    covered = coverage(book, (group.worst for group in replayed))
    (folder / PAGE).write_text(page(replayed, figures, covered, at), "utf-8")
    record = {
        "figures": dataclasses.asdict(figures),
        "calls": [_as_json(group) for group in replayed],
        "coverage": {one.question: one.counts for one in covered},
    }
    (folder / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1), "utf-8")
    return folder / PAGE


def call_json(played: Played) -> dict[str, object]:
    """One playing, without its waveforms."""
    left_out = {"waveforms", "trace"}
    record = {field.name: getattr(played, field.name) for field in dataclasses.fields(played)}
    plain = {name: _plain(value) for name, value in record.items() if name not in left_out}
    return plain | {"passed": played.passed, "seconds": played.seconds, "fingerprint": played.fingerprint}


def _as_json(group: Replayed) -> dict[str, object]:
    rounds = [{"passed": one.passed, "fingerprint": one.fingerprint} for one in group.rounds]
    return call_json(group.worst) | {"rounds": rounds, "flaky": group.flaky, "differences": group.differences}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    is_record = dataclasses.is_dataclass(value) and not isinstance(value, type)
    return dataclasses.asdict(value) if is_record else value  # type: ignore[call-overload]
