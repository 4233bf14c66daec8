"""What happens to a call, as the dialogue sees it. All of it is immutable and round-trips through JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to hear a stretch of speech."""

    text: str
    """Lower-case words separated by spaces; ``[unk]`` stands for speech outside the word list."""
    confidence: float = 0.0
    """Log-likelihood as libvosk prints it: comparable only inside one list, higher is better."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch of speech between two pauses."""

    hypotheses: tuple[Hypothesis, ...]
    """Best first, never empty."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """Keys pressed one after another without speech in between."""

    keys: str
    """Characters ``0-9*#``."""


Part = Spoken | Keyed


@dataclass(frozen=True, slots=True)
class Utterance:
    """One caller turn: speech and keys in the order in which they came."""

    parts: tuple[Part, ...] = ()

    def __add__(self, other: "Utterance") -> "Utterance":
        return Utterance(self.parts + other.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def keyed_only(self) -> bool:
        """True when nothing was spoken, so nothing can have been misheard."""
        return bool(self.parts) and all(isinstance(part, Keyed) for part in self.parts)

    @property
    def keys(self) -> str:
        return "".join(part.keys for part in self.parts if isinstance(part, Keyed))

    @property
    def best_text(self) -> str:
        """The best hypotheses joined, keys in angle brackets: for transcripts, never for parsing."""
        shown = (f"<{p.keys}>" if isinstance(p, Keyed) else p.hypotheses[0].text for p in self.parts)
        return " ".join(text for text in shown if text)


def said(*texts: str) -> Utterance:
    """An utterance of one stretch of speech; ``texts`` are its hypotheses, best first."""
    return Utterance((Spoken(tuple(Hypothesis(text) for text in texts)),))


def keyed(keys: str) -> Utterance:
    """An utterance of keys only."""
    return Utterance((Keyed(keys),))


def keys_of(utterance: Utterance) -> Utterance:
    """The utterance without its speech."""
    return Utterance(tuple(part for part in utterance.parts if isinstance(part, Keyed)))


def utterance_to_json(utterance: Utterance) -> list[Any]:
    return [
        {"keys": part.keys}
        if isinstance(part, Keyed)
        else {"spoken": [[h.text, h.confidence] for h in part.hypotheses]}
        for part in utterance.parts
    ]


def utterance_from_json(data: list[Any]) -> Utterance:
    return Utterance(
        tuple(
            Keyed(part["keys"])
            if "keys" in part
            else Spoken(tuple(Hypothesis(text, confidence) for text, confidence in part["spoken"]))
            for part in data
        )
    )


@dataclass(frozen=True, slots=True)
class Started:
    """The caller is connected and nothing was said yet."""

    keypad: bool = False
    """True when no stream can be had, so that only keys are awaited from the first question on."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Words that prompts may name, such as the brand."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The caller's turn is over."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class NoInput:
    """The question's time ran out and the caller neither spoke nor pressed a key."""


@dataclass(frozen=True, slots=True)
class Finished:
    """An action, or a transfer to an operator, came to its end."""

    action: str
    outcome: str
    slots: Mapping[str, str] = field(default_factory=dict)
    """Slots that the action found out or put right."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Words that prompts may name, such as the number of an appeal; ``|`` parts what is spoken in pieces."""


@dataclass(frozen=True, slots=True)
class StreamLost:
    """The media stream ended before the dialogue did: a crash, a deploy, or no free recognizer."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller left."""


CallEvent = Started | Heard | NoInput | Finished | StreamLost | HungUp
Driver = Literal["stream", "keypad"]
