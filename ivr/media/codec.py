"""G.711 μ-law by tables: ``audioop`` is gone from Python 3.13."""

import io
import wave

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
BIAS = 0x84
CLIP = 32635
BYTES_PER_SECOND = 8000
SILENCE = b"\xff"
"""A byte of μ-law silence."""


def _decoding_table() -> Samples:
    """256 int16 values, one per byte (ITU-T G.711)."""
    inverted = ~np.arange(256, dtype=np.uint8)
    exponent = (inverted >> 4) & 7
    magnitude = ((((inverted & 0x0F).astype(np.int32) << 3) + BIAS) << exponent.astype(np.int32)) - BIAS
    return np.where(inverted & 0x80, -magnitude, magnitude).astype(np.int16)


def _encoding_table() -> NDArray[np.uint8]:
    """65,536 bytes, indexed by a sample taken as uint16."""
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    biased = np.minimum(np.abs(samples), CLIP) + BIAS
    exponent = np.floor(np.log2(biased)).astype(np.int32) - 7
    mantissa = (biased >> (exponent + 3)) & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    table: NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return table


_DECODE = _decoding_table()
_ENCODE = _encoding_table()


def decode(mulaw: bytes) -> bytes:
    """μ-law bytes to int16 little-endian samples, two bytes each."""
    return _DECODE[np.frombuffer(mulaw, np.uint8)].tobytes()


def encode(samples: Samples) -> bytes:
    """int16 samples to μ-law bytes, one each."""
    return _ENCODE[samples.view(np.uint16)].tobytes()


def wav(mulaw: bytes) -> bytes:
    """μ-law as a WAV file: 8 kHz, 16 bits, which every browser and player knows."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(BYTES_PER_SECOND)
        out.writeframes(decode(mulaw))
    return file.getvalue()
