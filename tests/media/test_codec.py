"""G.711 μ-law against its formula."""

import numpy as np
import pytest

from ivr.media.codec import SILENCE, decode, encode


def samples_of(mulaw: bytes) -> list[int]:
    return [int(sample) for sample in np.frombuffer(decode(mulaw), "<i2")]


@pytest.mark.parametrize(
    ("byte", "sample"),
    [(0x00, -32124), (0x80, 32124), (0x7F, 0), (0xFF, 0), (0x0F, -16764), (0xA0, 7932), (0xFE, 8), (0x7E, -8)],
)
def test_it_decodes_the_known_values(byte: int, sample: int) -> None:
    assert samples_of(bytes([byte])) == [sample]


@pytest.mark.parametrize(
    ("sample", "byte"),
    [(0, 0xFF), (1, 0xFF), (8, 0xFE), (-8, 0x7E), (1000, 0xCE), (-1000, 0x4E), (32635, 0x80), (32767, 0x80)],
)
def test_it_encodes_the_known_values(sample: int, byte: int) -> None:
    assert encode(np.array([sample], np.int16)) == bytes([byte])


def by_formula(byte: int) -> int:
    """ITU-T G.711, one byte at a time."""
    inverted = ~byte & 0xFF
    exponent, mantissa = (inverted >> 4) & 7, inverted & 0x0F
    magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84
    return -magnitude if inverted & 0x80 else magnitude


def test_every_byte_is_decoded_by_the_formula() -> None:
    assert samples_of(bytes(range(256))) == [by_formula(byte) for byte in range(256)]


def test_encoding_a_decoded_byte_gives_it_back() -> None:
    levels = np.frombuffer(decode(bytes(range(256))), np.int16)
    again = encode(levels)
    assert [byte for byte in range(256) if again[byte] != byte] == [0x7F]  # there are two zeros


def test_every_sample_is_encoded_as_the_nearest_level_or_the_one_beside_it() -> None:
    every = np.arange(-32768, 32768, dtype=np.int32)
    back = np.frombuffer(decode(encode(every.astype(np.int16))), np.int16).astype(np.int32)
    steps = np.maximum(16, np.abs(every) // 8)
    assert np.all(np.abs(back - np.clip(every, -32635, 32635)) <= steps)


def test_silence_is_silent() -> None:
    assert samples_of(SILENCE * 3) == [0, 0, 0]
    assert encode(np.zeros(3, np.int16)) == SILENCE * 3


def test_no_audio_is_no_audio() -> None:
    assert decode(b"") == b""
    assert encode(np.zeros(0, np.int16)) == b""
