"""What a caller does in one turn, and what the hotline answers: the plain words that calls are retold in."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ivr.dialog.commands import Say
from ivr.dialog.events import Keyed, Utterance
from ivr.simulator.scenario import CODES


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of speech, or keys pressed one after another. As in scenarios, ``CODES`` may stand for digits."""

    text: str
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """One turn of a caller: speech and keys in their order. Without pieces: silence, or the receiver put down."""

    pieces: tuple[Piece, ...] = ()
    hangs_up: bool = False

    @property
    def keyed_only(self) -> bool:
        return all(piece.keyed for piece in self.pieces)

    @property
    def holds_code(self) -> bool:
        return any(secret in piece.text for piece in self.pieces for secret in CODES)


SILENCE = Act()
HANG_UP = Act(hangs_up=True)


def spoken(*texts: str) -> Act:
    """Words, with a pause between the texts."""
    return Act(tuple(Piece(text) for text in texts))


def keys(pressed: str) -> Act:
    """Keys alone."""
    return Act((Piece(pressed, keyed=True),))


def act_of(utterance: Utterance) -> Act:
    """The best of what was heard, as an act."""
    pieces = (
        Piece(part.keys, keyed=True) if isinstance(part, Keyed) else Piece(part.hypotheses[0].text)
        for part in utterance.parts
    )
    return Act(tuple(piece for piece in pieces if piece.text))


@dataclass(frozen=True, slots=True)
class Told:
    """What came of an act."""

    says: tuple[Say, ...]
    sms: tuple[str, ...] = ()
    """Messages that have come to the caller since the act before."""
    over: bool = False
    """True where the call has ended with it."""
    silence_seconds: float = 0.0
    """Silence that the question takes for no answer; 0 where nothing is asked."""
    transferred_after: int | None = None
    """So many prompts were said before an operator answered; None where none did."""

    @property
    def transferred(self) -> bool:
        """True where the caller talked with an operator on the way."""
        return self.transferred_after is not None


@dataclass(slots=True)
class Retold:
    """A call from its beginning: what the hotline told first, then acts and what came of each."""

    number: str
    """The caller's."""
    first: Told
    acts: list[Act] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @property
    def all_told(self) -> Sequence[Told]:
        return [self.first, *self.told]

    @property
    def last(self) -> Told:
        return self.told[-1] if self.told else self.first

    def add(self, act: Act, told: Told) -> None:
        self.acts.append(act)
        self.told.append(told)
