"""What the recorder of the phone page and its keeper tell each other: words to read, and recordings of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Problem = Literal["", "consent", "speaker", "words", "length", "silent", "loud"]
"""Why a recording is not kept; empty where it is."""


@dataclass(frozen=True, slots=True)
class Task:
    """Words to be read aloud, and the question that they answer."""

    grammar: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Take:
    """A recording as it comes from the page."""

    speaker: str
    """A code that the tester has made up."""
    grammar: str
    text: str
    sound: NDArray[np.int16]
    """At 8000 hertz."""
    consent: str
    """The version of the text that was agreed to."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a tester agrees to, and the licence of the recordings."""

    consent: str
    licence: str

    @property
    def version(self) -> str:
        """Another text is another consent."""
        return sha256(self.consent.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a recording."""

    file: str = ""
    """Its name, where it is kept."""
    problem: Problem = ""


class Recorder(Protocol):
    """Gives out words and takes in recordings; safe to use from several threads."""

    @property
    def terms(self) -> Terms: ...

    def tasks(self, seed: int) -> Sequence[Task]:
        """A round of reading; another seed draws other numbers."""
        ...

    def keep(self, take: Take) -> Kept:
        """Write the recording and its line in the manifest, or say what is wrong with it."""
        ...

    def discard(self, file: str) -> bool:
        """Remove a recording that was kept a moment ago; False where there is none of that name."""
        ...
