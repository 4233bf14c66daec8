"""The local synthesizer: espeak-ng's library from the PyPI wheel ``espeakng-loader``, driven through ctypes.

It speaks what nobody recorded, the same each time. espeak-ng keeps global state, so one lock guards it, and the library
is loaded anew for each text; a sentence takes some 15 ms.
"""

import ctypes
import threading
from _ctypes import dlclose
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import espeakng_loader
import numpy as np
import soxr
from numpy.typing import NDArray

from ivr.errors import AudioError

RATE = 8000
"""Hertz of what ``speak`` returns."""
_RETRIEVE_SYNCHRONOUSLY = 2
_CHARS_UTF8 = 1
_SPACED_NAMES = ord(" ") << 8
"""Phoneme mode: espeak-ng's own names, a space between them."""
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
_SPEED, _PITCH = 1, 3
"""espeak-ng's numbers of these parameters."""
_PEAK = 0.5
"""Loudest sample of a phrase as a part of full scale: near the level of the recorded prompts."""


@dataclass(frozen=True, slots=True)
class Manner:
    """Who speaks and how: espeak-ng's own defaults without anything given."""

    voice: str = "ru"
    """A language and perhaps one of espeak-ng's variants of a voice, as in ``ru+f2``."""
    words_a_minute: int = 175
    pitch: int = 50
    """From 0 to 99."""


USUAL = Manner()


class Synthesizer:
    """Speaks Russian text.

    Raises ``AudioError`` at construction where the library or its voice cannot be loaded.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fresh = True
        self._samples: list[NDArray[np.int16]] = []
        self._callback = _CALLBACK(self._collect)  # kept: ctypes frees what nothing refers to
        self._load()

    def speak(self, text: str, manner: Manner = USUAL) -> NDArray[np.int16]:
        """int16 samples at 8000 hertz, mono. Raises ``AudioError`` for a voice that espeak-ng does not have."""
        with self._lock:
            if not self._fresh:
                self._reload()
            self._fresh = False
            if manner != self._manner:
                self._take_on(manner)
            self._samples = []
            encoded = text.encode()
            self._library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, _CHARS_UTF8, None, None)
            raw = np.concatenate(self._samples) if self._samples else np.zeros(0, np.int16)
        return _to_telephone(raw, self.native_rate)

    def phonemes(self, text: str) -> str:
        """The phonemes of a text in espeak-ng's names, a space between them; a stressed vowel has ``'`` before it."""
        with self._lock:
            rest = ctypes.c_char_p(text.encode())
            clauses: list[str] = []
            while rest.value:  # each call takes one clause and moves the pointer on, to null at the end
                clause = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _CHARS_UTF8, _SPACED_NAMES)
                clauses.append(clause.decode())
        return " ".join(clauses)

    def _load(self) -> None:
        self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.native_rate: int = self._library.espeak_Initialize(_RETRIEVE_SYNCHRONOUSLY, 0, data, 0)
        if self.native_rate <= 0:
            raise AudioError("espeak-ng does not start: reinstall espeakng-loader.")
        self._take_on(USUAL)
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(1))
        self._fresh = True

    def _reload(self) -> None:
        """Forget what was spoken before: the flutter of a voice goes on from one text to the next, and nothing else
        resets it. Without this the same text is now one packet longer, now one shorter, and no call replays alike.
        """
        self._library.espeak_Terminate()
        dlclose(self._library._handle)
        self._load()

    def _take_on(self, manner: Manner) -> None:
        if self._library.espeak_SetVoiceByName(manner.voice.encode()) != 0:
            raise AudioError(f"espeak-ng has no voice {manner.voice!r}: reinstall espeakng-loader.")
        self._library.espeak_SetParameter(_SPEED, manner.words_a_minute, 0)
        self._library.espeak_SetParameter(_PITCH, manner.pitch, 0)
        self._manner = manner

    def _collect(self, wav: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int | None) -> int:
        if wav and count > 0:
            self._samples.append(np.ctypeslib.as_array(wav, shape=(count,)).copy())
        return 0


def _to_telephone(samples: NDArray[np.int16], rate: int) -> NDArray[np.int16]:
    if not len(samples):
        return samples
    narrow = soxr.resample(samples.astype(np.float32), rate, RATE)
    loudest = max(1.0, float(np.abs(narrow).max()))
    scaled: NDArray[np.int16] = (narrow / loudest * _PEAK * 32767).astype(np.int16)
    return scaled


@lru_cache(maxsize=1)
def shared_synthesizer() -> Synthesizer:
    """The process's one synthesizer: the library cannot be initialized twice."""
    return Synthesizer()
