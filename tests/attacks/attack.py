"""What the simulated attacks share: a hotline of their own, a clock that is moved, and what they count."""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import typer
from sqlalchemy import text

from ivr.clock import SetClock
from ivr.hotline import Hotline, load_hotline
from ivr.logs import configure_logs
from ivr.settings import ROOT
from ivr.store.db import Database
from tests.actions.card_world import World, make_world

START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@dataclass
class Tally:
    """What the attacker has done and heard, and what it has cost."""

    asked: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    """To requests for a code: ``sent``, ``limited``, ``paused``."""
    answers_known: Counter[str] = field(default_factory=Counter)
    """Of these, for cards or phones that exist,"""
    answers_unknown: Counter[str] = field(default_factory=Counter)
    """and for those that do not."""
    tries: int = 0
    right: int = 0
    messages: int = 0
    most_to_a_phone: int = 0
    most_to_a_range: int = 0
    """Of ten thousand neighbouring numbers."""
    rubles: float = 0.0

    def note(self, answer: str, *, known: bool) -> None:
        """An answer to a request for a code."""
        self.asked += 1
        self.answers[answer] += 1
        (self.answers_known if known else self.answers_unknown)[answer] += 1

    def weigh(self, world: World) -> None:
        """Count what was really sent."""
        with world.database.reading() as conn:
            codes = conn.execute(text("SELECT to_number FROM outbox WHERE unique_key LIKE 'code:%'")).scalars().all()
        phones, ranges = Counter(codes), Counter(number[:-4] for number in codes)
        self.messages = len(codes)
        self.most_to_a_phone = max(phones.values(), default=0)
        self.most_to_a_range = max(ranges.values(), default=0)
        self.rubles = len(codes) * world.desk.hotline.codes.ruble_per_part


@contextmanager
def stage(hotline: Hotline | None = None) -> Iterator[tuple[World, SetClock]]:
    """The real services on the fictional cards, in a database that is thrown away."""
    clock = SetClock(START)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/attack.db")
        database.migrate()
        yield make_world(database, hotline or own_hotline(), clock), clock
        database.close()


def own_hotline() -> Hotline:
    """With the limits that are delivered."""
    return load_hotline(Path(ROOT) / "grammars" / "hotline.yaml")


def run_as_command(attack: Callable[[float], Tally], about: str, hours: float) -> None:
    """Play an attack and print what came of it."""
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--hours", type=float, default=hours, help="of the hotline's clock")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    configure_logs("json")
    counts = vars(attack(given.hours))
    if given.json:
        typer.echo(json.dumps(counts, indent=2))
        return
    for name, value in counts.items():
        shown = (
            ", ".join(f"{key} {count}" for key, count in sorted(value.items())) if isinstance(value, dict) else value
        )
        typer.echo(f"{name.replace('_', ' '):18}{shown}")
