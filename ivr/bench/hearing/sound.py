"""What the hearing bench plays: recordings at one level, joined, with babble or alone, as a telephone carries them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ivr.media.codec import Samples, encode
from ivr.speech.sound import RATE, Floats, cut_silence, floats, read_recording
from ivr.speech.synthesizer import shared_synthesizer

LOUDNESS = 0.1
"""Root mean square of a recording without the silence around it, as a part of full scale: one recording may be 30 dB
quieter than another, and a telephone's own gain control brings them together."""
LEAD_SECONDS = 0.3
TAIL_SECONDS = 8.0
"""Around the speech. The tail is longer than the longest pause that the hotline allows inside an answer."""
FRAME_BYTES = 160
"""20 ms of μ-law: what a call delivers at once."""
FRAME_SECONDS = 0.02
LINE_NOISE = 2.0
"""Standard deviation of the line's own noise in steps of int16, some -84 dB."""
SPEECH_ENDS_BELOW = 10 ** (-35 / 20)
"""The end of speech is the last sample above this part of the loudest one: -35 dB."""
TALKERS = 6
"""Voices in babble: with fewer, one can follow what is said."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One recording, or a text that the local synthesizer speaks."""

    source: Path | str
    pause: float = 0.0
    """Seconds of silence before it."""
    tight: bool = False
    """True for a word that is joined to others: the silence at its ends is cut closer."""


@dataclass(frozen=True, slots=True)
class Babble:
    """Other people who talk in the background."""

    files: tuple[Path, ...]
    decibels: float
    """How far below the speech it is: root mean squares compared, pauses of the speech left out."""
    seed: int


@dataclass(frozen=True, slots=True)
class Sound:
    """What a caller's side of the line carries; cheap to hand to another process, made where it is played."""

    pieces: tuple[Piece, ...]
    babble: Babble | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """A sound as it is played."""

    mulaw: bytes
    """Lead, speech and tail, 8000 bytes a second."""
    speech_ends: float
    """Seconds from the beginning to the last sample of speech."""


def play(sound: Sound, tail: float = TAIL_SECONDS) -> Played:
    """Make a sound. ``tail``: seconds after the speech. Raises ``AudioError`` for an unreadable recording."""
    speech = joined(sound.pieces)
    padded = np.concatenate([_silence(LEAD_SECONDS), speech, _silence(tail)])
    loud = np.nonzero(np.abs(padded) > SPEECH_ENDS_BELOW * np.abs(padded).max(initial=1e-6))[0]
    if sound.babble:
        padded = padded + babble(sound.babble, len(padded))
    return Played(telephone(padded), (int(loud[-1]) + 1) / RATE if len(loud) else 0.0)


def telephone(samples: Floats) -> bytes:
    """Samples from -1 to 1 as μ-law, with the line's faint noise; the same samples give the same bytes."""
    noise = np.random.default_rng(0).normal(0, LINE_NOISE, len(samples))
    steps: Samples = np.clip(samples * 32767 + noise, -32768, 32767).astype(np.int16)
    return encode(steps)


def frames_of(mulaw: bytes) -> Sequence[bytes]:
    """Whole frames of 20 ms; a rest is left out."""
    return [mulaw[at : at + FRAME_BYTES] for at in range(0, len(mulaw) - FRAME_BYTES + 1, FRAME_BYTES)]


def joined(pieces: Sequence[Piece]) -> Floats:
    """All pieces one after another, each at the same level."""
    parts = [part for piece in pieces for part in (_silence(piece.pause), _levelled(piece.source, piece.tight))]
    return np.concatenate(parts) if parts else _silence(0)


def babble(made_of: Babble, length: int) -> Floats:
    """``length`` samples of several recordings at once, each from a random place on and over again."""
    rng = np.random.default_rng(made_of.seed)
    chosen = rng.choice(len(made_of.files), TALKERS)
    voices = [_levelled(made_of.files[number], False) for number in chosen]
    mixed = np.sum([np.resize(np.roll(one, rng.integers(len(one))), length) for one in voices], axis=0)
    wanted = LOUDNESS * 10 ** (-made_of.decibels / 20)
    level: Floats = (mixed / max(1e-6, float(np.sqrt(np.mean(mixed**2)))) * wanted).astype(np.float32)
    return level


def _silence(seconds: float) -> Floats:
    return np.zeros(round(seconds * RATE), np.float32)


@lru_cache(maxsize=2048)
def _levelled(source: Path | str, tight: bool) -> Floats:
    raw = read_recording(source) if isinstance(source, Path) else _spoken(source)
    cut = cut_silence(raw, 0.01, before=160, after=320) if tight else cut_silence(raw, 0.02, before=200, after=400)
    level: Floats = (cut / max(1e-4, float(np.sqrt(np.mean(cut**2)))) * LOUDNESS).astype(np.float32)
    return level


def _spoken(text: str) -> Floats:
    return floats(shared_synthesizer().speak(text))
