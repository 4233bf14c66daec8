"""Scenarios: what a caller does, and what the hotline should say and should have done. See ``docs/scenarios.md``."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ivr.book.strict_yaml import load_yaml
from ivr.errors import BookError

Mode = Literal["voice", "keys"]
"""How a scenario is played."""
DEFAULT_TIME = "2026-05-12T12:00"
"""A Tuesday noon, when operators are at work."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(_Strict):
    """One line of a scenario. Exactly one of the fields says what happens; the others refine it."""

    hotline: str | None = None
    """The hotline is expected to say this, among other words."""
    caller: str | None = None
    """The caller says this. ``{code}``, ``{wrong_code}``: digits from the last SMS."""
    keys: str | None = None
    """Keys pressed; beside ``caller`` they are its twin for a call by keys."""
    only: Mode | None = None
    """The turn belongs to one of the two ways of calling; the other one skips it."""
    voice: str = "man"
    """Who speaks: a voice of ``tests/audio``, or ``asterisk``, a real woman's recordings joined word by word."""
    barge_in: bool = False
    """The caller does not wait for the end of the prompt."""
    talk_over: bool = False
    """The caller goes on at once, without waiting for the hotline to speak."""
    noise: float | None = None
    """Shop noise under the caller's words, as the distance to them in decibels; alone: noise without words."""
    silence: float | None = None
    """Seconds in which the caller says nothing."""
    sms: Literal[True] | None = None
    """The caller waits for an SMS."""
    hang_up: Literal[True] | None = None
    dial: Literal[True] | None = None
    """The caller dials again."""
    operator: Literal[True] | None = None
    """The caller waits until an operator is there."""
    answer: bool | None = None
    """The caller's telephone rings when the call is over: it is picked up, or declined."""

    @model_validator(mode="after")
    def _one_thing(self) -> "Turn":
        names = ("hotline", "caller", "silence", "sms", "hang_up", "dial", "operator", "answer")
        given = sum(getattr(self, name) is not None for name in names)
        if given > 1 or (given == 0 and self.keys is None and self.noise is None):
            raise ValueError(f"a turn is one of: {', '.join(names)}, keys, noise")
        return self


class Incident(_Strict):
    """An outage that is known before the first call."""

    category: str
    """A file of ``grammars/categories``; ``all`` concerns everybody."""
    say: str


Act = Literal["accept", "break_off", "send_code", "decline", "ignore", "no_answer", "busy"]
"""What a desk operator does with a call."""


class DeskOperator(_Strict):
    """An account on the desk, and what its owner does with the calls that come, one after the other."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")
    phone: str | None = None
    """E.164: calls are taken on this telephone; None: in the browser."""
    status: Literal["ready", "pause", "off"] = "ready"
    does: tuple[Act, ...] = ("accept",)
    """When they are used up, the operator does not answer."""
    talks: float = 20.0
    """Seconds until the operator ends a conversation."""


class Expected(_Strict):
    """What has to be true after the last call."""

    cards: Mapping[str, str] = Field(default_factory=dict)
    """Card number to status."""
    disposition: str
    sms: int | None = None
    """Messages that the caller's phone has received."""
    appeals: int = 0
    places: tuple[str, ...] | None = None
    """How the places in the line to the operators ended, in their order; the state of one that has not."""


class Scenario(_Strict):
    """A scripted call."""

    call: str
    title: str
    caller: str = "+79160000001"
    """The caller's number, E.164."""
    time: str = DEFAULT_TIME
    """Local time at the hotline."""
    incident: Incident | None = None
    operators: Literal["answered", "busy", "no-answer"] | tuple[DeskOperator, ...] = "answered"
    """What the operators' line does; or the desk, and nobody has an account but these."""
    by: tuple[Mode, ...] = ("voice", "keys")
    """The ways in which the scenario can be played."""
    turns: tuple[Turn, ...]
    expect: Expected

    @property
    def local_time(self) -> datetime:
        return datetime.fromisoformat(self.time)


def load_scenario(path: Path) -> Scenario:
    """Read a scenario. Raises ``BookError`` with the file and what to write instead."""
    try:
        return Scenario.model_validate(load_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BookError(f"{path}: {where}: {first['msg']}. See docs/scenarios.md.") from error
