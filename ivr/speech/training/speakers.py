"""New speakers out of recorded ones: the WORLD vocoder takes a voice apart and puts it together as somebody else's.

A voice is pitch, formants and breath. The few free Russian voices give a network few of each; moved apart at random,
they stand for men, women and children that nobody recorded. In the first trials of this project pseudo-speakers
doubled what the network heard of unseen men, more than any amount of further sentences by the same voices.
"""

import random
from dataclasses import dataclass
from enum import Enum

import numpy as np
import pyworld
from numpy.typing import NDArray

from ivr.speech.training.corpus import RATE, Floats

FRAME_MS = 5.0
FEWEST_VOICED = 10
"""Frames. A recording with less voice than 50 ms cannot be taken apart."""
DEEP_BELOW = 165.0
"""Hertz. Mean pitch that parts the recorded men from the recorded women."""

Doubles = NDArray[np.float64]


class Build(Enum):
    """Who speaks. Pitch ranges after Traunmüller and Eriksson, 1995 ("The frequency range of the voice fundamental"),
    formant ratios after Fant, 1966: women's some 1.15 and children's some 1.3 times men's."""

    MAN = ("man", (78.0, 158.0), 1.0)
    WOMAN = ("woman", (155.0, 275.0), 1.15)
    CHILD = ("child", (220.0, 370.0), 1.3)

    def __init__(self, label: str, pitch: tuple[float, float], formants: float) -> None:
        self.label, self.pitch, self.formants = label, pitch, formants


BUILDS = ((Build.MAN, 0.5), (Build.WOMAN, 0.37), (Build.CHILD, 0.13))
"""Men are heard worst of all with mostly women to learn from."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A recording taken apart, a row each 5 ms."""

    pitch: Doubles
    spectrum: Doubles
    breath: Doubles

    @property
    def mean_pitch(self) -> float:
        """Hertz, the geometric mean over voiced frames."""
        return float(np.exp(np.log(self.pitch[self.pitch > 0]).mean()))


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who does not exist."""

    pitch: float
    """Hertz, the mean."""
    liveliness: float
    """Factor on the pitch's movement."""
    formants: float
    """Factor on the formants, against the recorded voice."""
    bend: float
    """Formants above 2 kHz move by this factor more: throat and mouth differ from each other among people."""
    tilt: float
    """Nepers of the spectrum at its upper end."""
    colour: tuple[float, ...]
    """Nepers at points evenly apart: what is particular to a person's spectrum."""
    breath: float
    """Added aperiodicity, from -0.1 to 0.2."""
    pace: float


def take_apart(samples: Floats) -> Voice | None:
    """``samples``: at 16000 hertz. None where no voice is found."""
    sound = samples.astype(np.float64)
    rough, times = pyworld.dio(sound, RATE, frame_period=FRAME_MS)
    pitch = pyworld.stonemask(sound, rough, times, RATE)
    if (pitch > 0).sum() < FEWEST_VOICED:
        return None
    return Voice(pitch, pyworld.cheaptrick(sound, pitch, times, RATE), pyworld.d4c(sound, pitch, times, RATE))


def invent(mean_pitch: float, rng: random.Random) -> Speaker:
    """Somebody whose voice can be made out of one with this mean pitch (hertz)."""
    build = rng.choices([build for build, _ in BUILDS], [weight for _, weight in BUILDS])[0]
    own = 1.0 if mean_pitch < DEEP_BELOW else 1.15
    return Speaker(
        pitch=rng.uniform(*build.pitch),
        liveliness=rng.uniform(0.5, 1.6),
        formants=build.formants / own * rng.uniform(0.9, 1.11),
        bend=rng.uniform(0.94, 1.06),
        tilt=rng.uniform(-0.9, 0.9),
        colour=tuple(rng.gauss(0, 0.35) for _ in range(9)),
        breath=rng.uniform(-0.1, 0.2),
        pace=rng.uniform(0.8, 1.3),
    )


def speak_as(voice: Voice, speaker: Speaker, rng: random.Random) -> Floats:
    """The same words by somebody else: samples at 16000 hertz, the loudest 0.7."""
    frames = _uneven_pace(len(voice.pitch), speaker.pace, rng)
    spectrum = _coloured(_moved(np.log(voice.spectrum[frames] + 1e-16), speaker), speaker)
    breath = np.clip(_moved(voice.breath[frames], speaker) + speaker.breath, 0.001, 1)
    sound = pyworld.synthesize(
        _melody(voice, speaker)[frames],
        np.ascontiguousarray(np.exp(spectrum)),
        np.ascontiguousarray(breath),
        RATE,
        FRAME_MS,
    )
    loudest = max(1e-3, float(np.abs(sound).max()))
    spoken: Floats = (sound / loudest * 0.7).astype(np.float32)
    return spoken


def _melody(voice: Voice, speaker: Speaker) -> Doubles:
    movement = np.log(np.maximum(voice.pitch, 1)) - np.log(voice.mean_pitch)
    melody: Doubles = np.where(voice.pitch > 0, np.exp(movement * speaker.liveliness) * speaker.pitch, 0.0)
    return melody


def _uneven_pace(count: int, pace: float, rng: random.Random) -> NDArray[np.intp]:
    """Which frames to take, in order: each stretch of 100 to 400 ms at a pace of its own."""
    steps = np.empty(0)
    while steps.sum() < count:
        stretch = rng.randint(20, 80)
        steps = np.concatenate([steps, np.full(stretch, pace * rng.uniform(0.8, 1.25))])
    places = np.cumsum(steps)
    chosen: NDArray[np.intp] = places[places < count].astype(np.intp)
    return chosen


def _moved(rows: Doubles, speaker: Speaker) -> Doubles:
    """Along the frequency axis: what was at f is at f times the formant factor."""
    bins = rows.shape[1]
    places = np.arange(bins)
    factor = speaker.formants * np.where(places * (RATE / 2) / (bins - 1) > 2000, speaker.bend, 1.0)
    factor = np.convolve(np.pad(factor, 16, "edge"), np.ones(33) / 33, "valid")
    wanted = np.clip(places / factor, 0, bins - 1)
    low = np.floor(wanted).astype(int)
    part = wanted - low
    moved: Doubles = rows[:, low] * (1 - part) + rows[:, np.minimum(low + 1, bins - 1)] * part
    return moved


def _coloured(log_spectrum: Doubles, speaker: Speaker) -> Doubles:
    bins = log_spectrum.shape[1]
    at = np.linspace(0, 1, bins)
    colour = np.interp(at, np.linspace(0, 1, len(speaker.colour)), speaker.colour)
    return log_spectrum + speaker.tilt * at * 2 + colour
