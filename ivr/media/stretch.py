"""Recordings at a slower pace and their own pitch: frames overlap, each moved to where it fits the one before (WSOLA).

After Verhelst and Roelands, "An overlap-add technique based on waveform similarity", ICASSP 1993.
"""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
SLOWNESS = 1.25
"""How much longer slow speech takes. Above a third more it sounds like a machine running down."""
FRAME = 256
"""Samples of one frame, 32 ms: two periods of the lowest voice."""
HOP = FRAME // 2
REACH = 80
"""Samples, 10 ms, by which a frame may be moved to fit."""


def stretched(samples: Samples, slowness: float = SLOWNESS) -> Samples:
    """The recording ``slowness`` times as long. What is shorter than two frames stays as it is."""
    if len(samples) < 2 * FRAME + REACH:
        return samples
    sound = np.pad(samples.astype(np.float64), (REACH, 2 * FRAME + REACH))
    count = int(len(samples) * slowness) // HOP
    window = np.hanning(FRAME + 1)[:FRAME]
    told = np.zeros((count + 1) * HOP)
    at = REACH
    for number in range(count):
        if number:
            wanted = REACH + min(int(number * HOP / slowness), len(samples))
            at = _best_fit(sound, at + HOP, wanted)
        told[number * HOP : number * HOP + FRAME] += window * sound[at : at + FRAME]
    return told.clip(-32768, 32767).astype(np.int16)


def _best_fit(sound: NDArray[np.float64], natural: int, wanted: int) -> int:
    """Where, near ``wanted``, the sound is most like what would go on naturally."""
    ideal = sound[natural : natural + FRAME]
    near = sound[wanted - REACH : wanted + REACH + FRAME]
    likeness = np.correlate(near, ideal, "valid") if len(ideal) == FRAME else np.zeros(1)
    return wanted - REACH + int(likeness.argmax()) if likeness.any() else wanted
