"""Scenarios: what a caller does, and what the hotline should say and should have done. See ``docs/scenarios.md``.

The docstrings of the fields are what an editor shows while a tester types, by way of ``ivr/simulator/schema.py``.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from ivr.book.strict_yaml import Mapped, Place, fault, load_yaml, shown
from ivr.codes import CODE_DIGITS
from ivr.errors import ChainError
from ivr.fixtures.chain import Chain, parse_chain
from ivr.simulator.bad_days import FaultName
from ivr.simulator.mistakes import contradiction, explained

Mode = Literal["voice", "keys"]
"""How a scenario is played."""
DEFAULT_TIME = "2026-05-12T12:00"
"""A Tuesday noon, when operators are at work."""
FOLDER = "folder"
"""The key under which validation is told where the scenario lies, so that recordings are found beside it."""
CODE, WRONG_CODE = CODES = ("{code}", "{wrong_code}")
"""Stand for digits: the code of the last SMS, and that code plus one."""
CODE_IN_SMS = re.compile(r"\b\d{6}\b")
ACTS = ("caller", "audio", "keys", "silence", "noise")
"""What sounds or clicks in the call, so that the hotline answers it."""
EVENTS = ("hotline", "sms", "text_to_hotline", "hang_up", "dial", "operator", "answer")
_WITH_WORDS = ("voice",)
_WITH_SOUND = ("with", "speed")
_WITH_ACTS = ("barge_in", "talk_over", "heard", "value", "within_ms")


def _chain(text: str) -> str:
    try:
        parse_chain(text)
    except ChainError as error:
        raise ValueError(f"{str(error).rstrip('.')}; see docs/fixtures.md") from error
    return text


def _sound_file(path: Path, info: ValidationInfo) -> Path:
    """Where the recording is; names are relative to the scenario's own folder."""
    found = (info.context or {}).get(FOLDER, Path()) / path
    if not found.is_file():
        raise ValueError(f"there is no recording {path}; name a WAV file relative to the scenario's folder")
    return Path(found)


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no time; write it like {DEFAULT_TIME}") from error
    return text


Phone = Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")]
Keys = Annotated[str, Field(pattern=r"^([0-9*#]|\{code\}|\{wrong_code\})+$")]


def code_after(code: str) -> str:
    """A wrong one; ``code`` is empty before the first SMS."""
    return f"{(int(code or 0) + 1) % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def filled(text: str, code: str) -> str:
    """``text`` with digits in place of ``CODES``."""
    return text.replace(CODE, code).replace(WRONG_CODE, code_after(code))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, populate_by_name=True)


class Turn(_Strict):
    """One line of a scenario. Exactly one of the keys says what happens; the others refine it."""

    hotline: str | None = None
    """The hotline is expected to say this, among other words, since the caller's last turn."""
    caller: str | None = None
    """The caller says this. … is a pause; {code} and {wrong_code} are digits from the last SMS."""
    audio: Annotated[Path, AfterValidator(_sound_file)] | None = None
    """This recording is played: a sound file beside the scenario. `caller` next to it tells its words."""
    keys: Keys | None = None
    """These keys are pressed; beside `caller` or `audio` they are its twin for a call by keys."""
    silence: Annotated[float, Field(gt=0, le=600)] | None = None
    """Seconds in which the caller says nothing."""
    noise: Annotated[float, Field(ge=-20, le=60)] | None = None
    """Shop noise under the caller's words, so many decibels below them; alone: three seconds of noise without words."""
    sms: Literal[True] | str | None = None
    """The caller waits for the next SMS; words: for the next one that holds them."""
    text_to_hotline: str | None = None
    """The caller sends this SMS to the hotline's number. As the first turns it is sent before the call."""
    operator: Literal[True] | None = None
    """The caller waits until an operator is there."""
    hang_up: Literal[True] | None = None
    """The caller hangs up."""
    dial: Literal[True] | None = None
    """The call comes to its end and the caller dials again."""
    answer: bool | None = None
    """The caller's telephone rings when the call is over: it is picked up, or declined."""

    only: Mode | None = None
    """The turn belongs to one of the two ways of calling; the other one skips it."""
    voice: str = "man"
    """Who speaks: a voice of `tests/audio`, of `audio/fixtures`, or `asterisk`, a real woman's recordings."""
    with_: Annotated[str, AfterValidator(_chain)] = Field("", alias="with")
    """What happens to the sound on its way: a chain such as `babble:10,packet_loss:3`, see docs/fixtures.md."""
    speed: Annotated[float, Field(ge=0.5, le=2)] | None = None
    """How many times faster than recorded the caller speaks, at the same pitch."""
    barge_in: bool = False
    """The caller does not wait for the end of the prompt."""
    talk_over: bool = False
    """The caller goes on at once, without waiting for the hotline to speak."""

    heard: str | None = None
    """The recognizer is expected to hear these words, among others, in this turn."""
    value: str | None = None
    """What the hotline is expected to read from this turn: the card number, an ISO date, the name of an option."""
    within_ms: Annotated[int, Field(gt=0)] | None = None
    """The hotline is expected to begin its answer so many milliseconds of the call after the caller's end."""

    @model_validator(mode="after")
    def _one_thing(self) -> "Turn":
        given = [name for name in (*EVENTS, *ACTS) if getattr(self, name) is not None]
        twins = {"caller", "audio", "keys", "noise"}
        if not given or (len(given) > 1 and not (set(given) <= twins and {"caller", "audio"} & set(given))):
            was = f"this has {' and '.join(given)}" if given else "this has none of them"
            raise ValueError(f"a turn is one of {', '.join((*EVENTS, *ACTS))}, and {was}; make it turns of their own")
        for names, wanted in ((_WITH_WORDS, ("caller",)), (_WITH_SOUND, ("caller", "audio")), (_WITH_ACTS, ACTS)):
            for name in names:
                if self._is_set(name) and not set(wanted) & set(given):
                    raise ValueError(f"`{name}` says nothing beside {given[0]}; it goes with {' or '.join(wanted)}")
        return self

    def _is_set(self, name: str) -> bool:
        name = "with_" if name == "with" else name
        return bool(getattr(self, name) != type(self).model_fields[name].default)

    @property
    def chain(self) -> Chain:
        """What happens to the sound before shop noise is laid under it."""
        speed = "" if self.speed is None else f"speed:{self.speed:g}"
        return parse_chain(",".join(filter(None, (speed, self.with_))))

    @property
    def speaks(self) -> bool:
        return self.caller is not None or self.audio is not None

    @property
    def acts(self) -> bool:
        """The caller does something that the hotline answers."""
        return any(getattr(self, name) is not None for name in ACTS)

    def keyed_in(self, mode: Mode) -> bool:
        """Keys are pressed in this turn of a call of that kind."""
        return self.keys is not None and (not self.speaks or mode == "keys")


class Incident(_Strict):
    """An outage that is known before the first call."""

    category: str
    """A file of `grammars/categories`; `all` concerns everybody."""
    say: str
    """What callers are told."""


Act = Literal["accept", "break_off", "send_code", "decline", "ignore", "no_answer", "busy"]
"""What a desk operator does with a call."""


class DeskOperator(_Strict):
    """An account on the desk, and what its owner does with the calls that come, one after the other."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")
    """The account; the operator's browser is `client:NAME`."""
    phone: Phone | None = None
    """Calls are taken on this telephone, E.164; without it in the browser."""
    status: Literal["ready", "pause", "off"] = "ready"
    """How the desk is found by the first caller."""
    does: tuple[Act, ...] = ("accept",)
    """What is done with the calls, in order. When it is used up, the operator does not answer."""
    talks: float = 20.0
    """Seconds until the operator ends a conversation."""


CardStatus = Literal["issued", "active", "blocked", "excluded", "replaced"]


class ExpectedCard(_Strict):
    """What is true of a card; what is left out is not looked at."""

    status: CardStatus | None = None
    """One of the statuses that a card can have."""
    name: str | None = None
    """As the base has it."""
    birth_date: str | None = None
    """ISO."""
    phone: str | None = None
    """E.164, in quotes."""
    email: str | None = None
    """As the base has it."""
    balance: int | None = None
    """Points."""


class ExpectedAppeal(_Strict):
    """What is true of an appeal; what is left out is not looked at."""

    category: str | None = None
    """A file of `grammars/categories`, or what an action calls it."""
    kind: str | None = None
    """What is wanted beyond an answer, such as `replacement`."""
    status: Literal["open", "answered", "closed"] | None = None
    """How far it has come."""
    text: str | None = None
    """Words of its text; case, punctuation and ё do not matter."""
    phone: str | None = None
    """E.164, in quotes."""
    card_number: str | None = None
    """All digits, in quotes."""


class Expected(_Strict):
    """What has to be true after the last call."""

    disposition: Literal["solved", "operator", "appeal", "hung_up"] | None = None
    """How the last call ended; needed wherever there is a call."""
    cards: Mapping[str, CardStatus | ExpectedCard] = Field(default_factory=dict)
    """Card number, in quotes, to its status, or to what is true of it."""
    sms: int | tuple[str, ...] | None = None
    """How many messages the caller's telephone has received; or words of each, in any order."""
    appeals: int | tuple[ExpectedAppeal, ...] = 0
    """How many appeals there are; or what is true of each, in their order."""
    places: tuple[str, ...] | None = None
    """How the places in the line to the operators ended, in their order; the state of one that has not."""


class Scenario(_Strict):
    """A scripted call to the hotline, and what is expected of it."""

    call: Annotated[str, Field(pattern=r"^\w[\w.-]*$")]
    """Its name in reports; best the file's."""
    title: str
    """What it shows, in words."""
    caller: Annotated[str, Field(pattern=r"^(\+[1-9]\d{6,14}|[A-Za-z]+)$")] = "+79160000001"
    """The caller's number, E.164, in quotes, or a word such as anonymous. SMS to this number are the caller's."""
    time: Annotated[str, AfterValidator(_moment)] = DEFAULT_TIME
    """Local time at the hotline; it stands still during the call."""
    incident: Incident | None = None
    """A known outage."""
    operators: Literal["answered", "busy", "no-answer"] | tuple[DeskOperator, ...] = "answered"
    """What the operators' line does; or the desk, and nobody has an account but these."""
    faults: tuple[FaultName, ...] = ()
    """What the network and Twilio do to the hotline, by name. Expectations stay what they are."""
    by: tuple[Mode, ...] = ("voice", "keys")
    """The ways in which the scenario can be played."""
    turns: tuple[Turn, ...]
    """What happens, in order."""
    expect: Expected
    """What is true after the last call."""

    _lines: tuple[int, ...] = PrivateAttr(())

    def at(self, number: int) -> str:
        """A turn as failures name it, with its line in the file it was read from."""
        return f"turn {number}, line {self._lines[number - 1]}" if self._lines else f"turn {number}"

    @property
    def local_time(self) -> datetime:
        return datetime.fromisoformat(self.time)

    def turns_by(self, mode: Mode) -> list[tuple[int, Turn]]:
        """The turns of one way of calling with their numbers, from 1."""
        return [(number, turn) for number, turn in enumerate(self.turns, 1) if turn.only in (None, mode)]


def load_scenario(path: Path) -> Scenario:
    """Read a scenario. Raises ``BookError`` with file and line, and what to write instead."""
    data = load_yaml(path)
    if not isinstance(data, Mapped):
        raise fault(Place(shown(path), 1), "a scenario is `key: value` pairs", "begin with `call: NAME`")
    try:
        scenario = Scenario.model_validate(data, context={FOLDER: path.parent})
    except ValidationError as error:
        raise explained(error, data, shown(path), Scenario) from error
    wrong = contradiction(scenario, data)
    if wrong:
        raise wrong
    scenario._lines = tuple(data["turns"].lines)
    return scenario
