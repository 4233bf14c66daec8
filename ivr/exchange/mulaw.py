"""G.711 μ-law at 8 kHz, in tables of its own: the exchange and the hotline must not share a mistake."""

import numpy as np
from numpy.typing import NDArray

FRAME_BYTES = 160
"""μ-law bytes in 20 ms."""
PCM_FRAME_BYTES = 320
SILENCE = b"\xff" * FRAME_BYTES
PCM_SILENCE = bytes(PCM_FRAME_BYTES)
RATE = 8000
"""Hertz."""


def _decode_table() -> NDArray[np.int16]:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encode_table() -> NDArray[np.uint8]:
    sample = np.arange(-32768, 32768, dtype=np.int32)
    biased = np.minimum(np.abs(sample), 32635) + 0x84
    exponent = np.floor(np.log2(biased)).astype(np.int32) - 7
    mantissa = (biased >> (exponent + 3)) & 0x0F
    sign = np.where(sample < 0, 0x80, 0)
    code: NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return code


_DECODE = _decode_table()
_ENCODE = _encode_table()


def encode(pcm: bytes) -> bytes:
    """PCM16 little-endian to μ-law, one byte a sample."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.int32)
    return _ENCODE[samples + 32768].tobytes()


def decode(mulaw: bytes) -> bytes:
    """μ-law to PCM16 little-endian."""
    return _DECODE[np.frombuffer(mulaw, dtype=np.uint8)].astype("<i2").tobytes()


def decode_array(mulaw: bytes) -> NDArray[np.int16]:
    """μ-law to samples."""
    return _DECODE[np.frombuffer(mulaw, dtype=np.uint8)]
