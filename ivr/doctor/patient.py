"""What checks look at, and what they come to."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ivr.clock import Clock
from ivr.content import Content, current_content
from ivr.errors import HotlineError
from ivr.settings import Settings

MOST_SKEW_SECONDS = 30
"""How far a clock may be off. Signed requests of an SMS gateway may be five minutes off, and codes and tokens live for
minutes; but replicas and the database write moments into the same rows."""


class IllnessError(HotlineError):
    """Something keeps callers from being served. The line ends with the cure."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a check has found in order. ``note``: callers are served, yet a person should look at it."""

    text: str
    note: bool = False


@dataclass(frozen=True)
class Patient:
    """A hotline that is not running, or not in this process."""

    settings: Settings
    clock: Clock
    fetch_model: Callable[[Settings], Path]
    """Gives the directory of the recognizer's model."""
    folder: Path
    """Where the program was started."""

    @cached_property
    def content(self) -> Content:
        """All of ``grammars/``. Raises ``BookError``."""
        return current_content()
