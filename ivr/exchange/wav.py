"""What ``<Play>`` can play: WAV files of PCM or μ-law, turned into 8 kHz PCM16 mono."""

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ivr.exchange.mulaw import RATE, decode_array

_PCM, _MULAW, _EXTENSIBLE = 1, 7, 0xFFFE


class UnplayableError(ValueError):
    """Not a WAV file that a telephone exchange can play."""


def read_wav(data: bytes) -> bytes:
    """The sound of a WAV file as PCM16 little-endian at 8 kHz. Raises ``UnplayableError``."""
    chunks = dict(_chunks(data))
    if b"fmt " not in chunks or b"data" not in chunks or len(chunks[b"fmt "]) < 16:
        raise UnplayableError("no fmt or data chunk")
    kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", chunks[b"fmt "][:16])
    if kind == _EXTENSIBLE and len(chunks[b"fmt "]) >= 26:
        kind = struct.unpack("<H", chunks[b"fmt "][24:26])[0]
    if not channels or not rate:
        raise UnplayableError("no channels or no rate")
    samples = _samples(kind, bits, chunks[b"data"])
    mono = samples[: len(samples) // channels * channels].reshape(-1, channels).mean(axis=1)
    return _resample(mono, rate).astype("<i2").tobytes()


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise UnplayableError("not a WAV file")
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _samples(kind: int, bits: int, data: bytes) -> NDArray[np.float64]:
    if kind == _MULAW:
        return decode_array(data).astype(np.float64)
    if kind == _PCM and bits == 16:
        return np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2").astype(np.float64)
    if kind == _PCM and bits == 8:
        unsigned: NDArray[np.float64] = np.frombuffer(data, dtype=np.uint8).astype(np.float64)
        return (unsigned - 128) * 256
    raise UnplayableError(f"format {kind} of {bits} bits")


def _resample(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """To 8 kHz by straight lines: prompts are made at 8 kHz, the rest only has to be heard."""
    if rate == RATE or not len(samples):
        return samples
    at = np.arange(0, len(samples), rate / RATE)
    resampled: NDArray[np.float64] = np.interp(at, np.arange(len(samples)), samples)
    return resampled
