"""Other throats in the cepstrum: an utterance's formants moved by one matrix, anew each time that it is learned from.

Forty cepstra of forty mel bins lose nothing, so a frame can be turned back into its spectrum, bent along the frequency
axis and made into cepstra again; all three are linear, and their product is 40 by 40. WORLD's speakers are few hundred;
these are as many as there are steps. Only the order of the axis stays: a warp that bends each region by its own
factor also moves vowels against each other, as people differ in them.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ivr.speech.training.features import DIMENSIONS

LOWEST, HIGHEST = 20.0, 3800.0
"""Hertz, of the mel bins (``conf/mfcc.conf``)."""
LIFTER = 22.0
"""Kaldi's default ``cepstral-lifter``."""
ANCHORS = (0.0, 500.0, 1000.0, 1700.0, 2500.0, 3800.0)
WARP, BEND = 0.14, 0.05
"""Nepers: the whole axis by up to WARP either way, each anchor by a normal deviate of BEND more."""

Square = NDArray[np.float32]


def other_throat(chance: np.random.Generator) -> Square:
    """(40, 40): what frames (n, 40) are multiplied with from the right."""
    warp = chance.uniform(-WARP, WARP)
    return moved_formants(np.exp(warp + chance.normal(0, BEND, len(ANCHORS))))


def moved_formants(factors: NDArray[np.float64]) -> Square:
    """The matrix that moves what is at an anchor's frequency to ``factors`` times that."""
    centres = _hertz(np.linspace(_mel(LOWEST), _mel(HIGHEST), DIMENSIONS + 2)[1:-1])
    taken = np.clip(centres / np.interp(centres, ANCHORS, factors), centres[0], centres[-1])
    places = np.interp(taken, centres, np.arange(DIMENSIONS))
    low = np.minimum(places.astype(int), DIMENSIONS - 2)
    warp = np.zeros((DIMENSIONS, DIMENSIONS))
    warp[np.arange(DIMENSIONS), low] = 1 - (places - low)
    warp[np.arange(DIMENSIONS), low + 1] += places - low
    to_cepstrum, to_spectrum = _transforms()
    whole: Square = (to_cepstrum @ warp @ to_spectrum).T.astype(np.float32)
    return whole


@cache
def _transforms() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """From log energies of mel bins to cepstra as Kaldi computes them, and back."""
    order, place = np.arange(DIMENSIONS)[:, None], np.arange(DIMENSIONS)[None]
    cosines = np.sqrt(2 / DIMENSIONS) * np.cos(np.pi / DIMENSIONS * (place + 0.5) * order)
    cosines[0] = np.sqrt(1 / DIMENSIONS)
    lifter = 1 + 0.5 * LIFTER * np.sin(np.pi * np.arange(DIMENSIONS) / LIFTER)
    return cosines * lifter[:, None], (cosines / lifter[:, None]).T


def _mel(hertz: float) -> float:
    return 1127.0 * float(np.log(1 + hertz / 700.0))


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return 700.0 * np.expm1(mel / 1127.0)
