"""What the dialogue wants done. A driver turns these into streamed audio or TwiML."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

SPACE_BEFORE_MARK = re.compile(r"\s+([.,:;!?])")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a prompt that is one recording."""

    text: str
    audio: str | None = None
    """The recording's name under ``audio/prompts/`` without ``.wav``; None: looked up by text among the pieces."""
    secret: bool = False
    """True for a caller's value: never in a log, a URL or a file name."""


@dataclass(frozen=True, slots=True)
class Say:
    """Speak a prompt."""

    prompt: str
    segments: tuple[Segment, ...]
    bargein: bool = True

    @property
    def text(self) -> str:
        """As it is read: stretches behind a value may begin with its punctuation."""
        joined = " ".join(segment.text for segment in self.segments)
        return SPACE_BEFORE_MARK.sub(r"\1", joined)


@dataclass(frozen=True, slots=True)
class Listen:
    """Wait for the caller's answer to a field, or for yes or no to its read-back."""

    field: str
    confirming: bool = False
    keypad: bool = False
    """True: only keys are awaited."""


@dataclass(frozen=True, slots=True)
class Run:
    """Run an action and come back with ``Finished``. Never leaves ``calls.step``."""

    action: str
    slots: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transfer:
    """Connect the caller with an operator; the end of it comes back as ``Finished("transfer", ...)``."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """Say goodbye and end the call."""

    disposition: str


Command = Say | Listen | Run | Transfer | HangUp
Ending = Listen | Transfer | HangUp


@dataclass(frozen=True, slots=True)
class Reply:
    """What a driver carries out after a step: prompts, then exactly one ending."""

    step: int
    says: tuple[Say, ...]
    then: Ending
    driver: Literal["stream", "keypad"]


def says_of(commands: Sequence[Command]) -> tuple[Say, ...]:
    """The prompts among the commands, in order."""
    return tuple(command for command in commands if isinstance(command, Say))


def reply_to_json(reply: Reply) -> dict[str, Any]:
    says = [
        {"prompt": s.prompt, "bargein": s.bargein, "segments": [[g.text, g.audio, g.secret] for g in s.segments]}
        for s in reply.says
    ]
    return {"step": reply.step, "says": says, "then": _ending_to_json(reply.then), "driver": reply.driver}


def reply_from_json(data: Mapping[str, Any]) -> Reply:
    says = tuple(
        Say(s["prompt"], tuple(Segment(*segment) for segment in s["segments"]), s["bargein"]) for s in data["says"]
    )
    return Reply(data["step"], says, _ending_from_json(data["then"]), data["driver"])


def _ending_to_json(ending: Ending) -> dict[str, Any]:
    match ending:
        case Listen(name, confirming, keypad):
            return {"listen": name, "confirming": confirming, "keypad": keypad}
        case Transfer():
            return {"transfer": True}
        case HangUp(disposition):
            return {"hang_up": disposition}


def _ending_from_json(data: Mapping[str, Any]) -> Ending:
    if "listen" in data:
        return Listen(data["listen"], data["confirming"], data["keypad"])
    return HangUp(data["hang_up"]) if "hang_up" in data else Transfer()
