"""What the dialogue wants done. A driver turns these into streamed audio or TwiML."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

PATIENCE_SECONDS = 60.0
"""How long a caller who asked to wait may be silent: long enough to find a card in a bag."""
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
    slow: bool = False
    """True for a caller who asked for slower speech."""

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
    patient: bool = False
    """True: the caller has asked for a minute, so silence is waited out for ``PATIENCE_SECONDS``."""

    def silence_seconds(self, usual: float) -> float:
        """Silence that counts as noinput, where ``usual`` is the question's own."""
        return PATIENCE_SECONDS if self.patient else usual


@dataclass(frozen=True, slots=True)
class Run:
    """Run an action and come back with ``Finished``. Never leaves ``calls.step``."""

    action: str
    slots: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    args: Mapping[str, str] = field(default_factory=dict)
    """The form's constants."""


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
        {
            "prompt": s.prompt,
            "bargein": s.bargein,
            "slow": s.slow,
            "segments": [[g.text, g.audio, g.secret] for g in s.segments],
        }
        for s in reply.says
    ]
    return {"step": reply.step, "says": says, "then": _ending_to_json(reply.then), "driver": reply.driver}


def reply_from_json(data: Mapping[str, Any]) -> Reply:
    says = tuple(
        Say(s["prompt"], tuple(Segment(*segment) for segment in s["segments"]), s["bargein"], s.get("slow", False))
        for s in data["says"]
    )
    return Reply(data["step"], says, _ending_from_json(data["then"]), data["driver"])


def _ending_to_json(ending: Ending) -> dict[str, Any]:
    match ending:
        case Listen(name, confirming, keypad, patient):
            return {"listen": name, "confirming": confirming, "keypad": keypad, "patient": patient}
        case Transfer():
            return {"transfer": True}
        case HangUp(disposition):
            return {"hang_up": disposition}


def _ending_from_json(data: Mapping[str, Any]) -> Ending:
    if "listen" in data:
        return Listen(data["listen"], data["confirming"], data["keypad"], data.get("patient", False))
    return HangUp(data["hang_up"]) if "hang_up" in data else Transfer()
