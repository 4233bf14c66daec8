"""Recordings as the telephone carries them: one channel at 8000 hertz, cut to what is heard."""

from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from ivr.errors import AudioError

RATE = 8000

Floats = NDArray[np.float32]
Samples = NDArray[np.int16]


def floats(samples: Samples) -> Floats:
    """Samples from -1 to 1."""
    return (samples / 32768).astype(np.float32)


def steps(sound: Floats) -> Samples:
    """int16 samples; what is beyond full scale is cut."""
    whole: Samples = (np.clip(sound, -1, 1) * 32767).astype(np.int16)
    return whole


def read_recording(file: Path) -> Floats:
    """Samples from -1 to 1 at 8000 hertz, channels mixed. Raises ``AudioError`` for what is no recording."""
    try:
        sound, rate = soundfile.read(file, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise AudioError(f"{file}: not a readable recording; give a WAV or FLAC file.") from error
    mono: Floats = sound.mean(axis=1)
    if not len(mono):
        raise AudioError(f"{file}: holds no sound.")
    return mono if rate == RATE else soxr.resample(mono, rate, RATE)


def cut_silence(samples: Floats, silent_below: float, before: int, after: int) -> Floats:
    """Without the silence at both ends, but for ``before`` and ``after`` samples of it.

    ``silent_below``: as a part of the loudest sample.
    """
    loud = np.nonzero(np.abs(samples) > silent_below * np.abs(samples).max(initial=1e-6))[0]
    return samples[max(0, loud[0] - before) : loud[-1] + after] if len(loud) else samples
