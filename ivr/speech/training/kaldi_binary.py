"""Kaldi's binary format, as far as an acoustic model needs it.

Read in Kaldi's sources (base/io-funcs, matrix/kaldi-matrix, matrix/compressed-matrix, hmm/transition-model, nnet3):
a token is its text and a space; a number is a byte with its size, then itself, little-endian; a matrix may be stored
in 16 bits a weight ("CM2"), which halves the file and changes no weight by more than 1/65535 of the matrix's range.
"""

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
HEADER = b"\0B"
"""Opens a binary file."""


def token(text: str) -> bytes:
    """A tag or a name."""
    return text.encode("ascii") + b" "


def integer(value: int) -> bytes:
    """An int32."""
    return b"\4" + struct.pack("<i", value)


def real(value: float) -> bytes:
    """A float32."""
    return b"\4" + struct.pack("<f", value)


def integers(values: Sequence[int]) -> bytes:
    """A vector of int32."""
    return b"\4" + struct.pack(f"<i{len(values)}i", len(values), *values)


def vector(values: Doubles) -> bytes:
    """A vector of float32."""
    return token("FV") + integer(len(values)) + values.astype("<f4").tobytes()


def matrix(values: Doubles) -> bytes:
    """A matrix in 16 bits a weight."""
    least, extent = float(values.min()), float(np.ptp(values)) or 1.0
    levels = np.clip(np.round((values - least) / extent * 65535), 0, 65535).astype("<u2")
    return token("CM2") + struct.pack("<ffii", least, extent, *values.shape) + levels.tobytes()
