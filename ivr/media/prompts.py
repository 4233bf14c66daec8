"""Prompts as telephone audio: a recording where there is one, the local synthesizer where there is none.

``audio/prompts/`` holds 8 kHz mono WAVs. ``index.tsv`` beside them says which text each one speaks (file, tab, text),
so that a recording is never played for a text that has changed since, and pieces of values are found by their words.
"""

import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from ivr.dialog.commands import Say, Segment
from ivr.dialog.meaning import SAME_LETTER
from ivr.errors import AudioError
from ivr.media.codec import SILENCE, encode
from ivr.media.stretch import stretched

RATE = 8000
CACHED_PROMPTS = 512
"""Prompts kept ready in memory; at 30 kB each that is 15 MB for the whole process."""
CACHED_TEXTS = 2048
GAP_SECONDS = 0.06
"""Between two pieces of one value."""
COMMA_SECONDS = 0.3
"""After a comma: groups of a number are heard as groups."""
SENTENCE_SECONDS = 0.35
SLOW_PAUSES = 2
"""How much longer pauses are for callers who asked for slower speech: it is in pauses that people follow."""

Samples = NDArray[np.int16]
Speak = Callable[[str], Samples]


@lru_cache(maxsize=CACHED_TEXTS)
def same_words(text: str) -> str:
    """The text as far as a voice is concerned: lower case, no punctuation, ё as е."""
    kept = "".join(letter if letter.isalnum() or letter == "-" else " " for letter in text.lower())
    return " ".join(kept.split()).translate(SAME_LETTER)


def read_wav(path: Path) -> Samples:
    """int16 samples of an 8 kHz mono WAV. Raises ``AudioError`` for anything else."""
    try:
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise AudioError(f"{path}: not a readable WAV; record it again as 8 kHz mono PCM.") from error
    if rate != RATE or samples.shape[1] != 1:
        raise AudioError(f"{path}: {rate} Hz, {samples.shape[1]} channels; convert it to 8000 Hz mono.")
    mono: Samples = samples[:, 0]
    return mono


def content_version(path: Path) -> str:
    """Eight letters that change with the file: part of its address, since Twilio caches what it plays."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


class PromptLibrary:
    """Finds, synthesizes and caches μ-law audio. Safe to use from several threads.

    Raises ``AudioError`` at construction where the index names a file that is not there.
    """

    def __init__(self, folder: Path, speak: Speak) -> None:
        self._folder = folder
        self._speak = speak
        self._texts = _read_index(folder)
        self._by_words = {same_words(text): name for name, text in self._texts.items()}
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._versions: dict[str, str] = {}

    def recording_of(self, segment: Segment) -> str | None:
        """The name of the recording that speaks this segment, or None where the synthesizer has to."""
        words = same_words(segment.text)
        if segment.audio and same_words(self._texts.get(segment.audio, "")) == words:
            return segment.audio
        return self._by_words.get(words)

    def text_of(self, name: str) -> str | None:
        """What a recording says; None for a name that is not in the index."""
        return self._texts.get(name)

    def audio(self, say: Say) -> bytes:
        """The prompt as μ-law at 8000 hertz, pauses included."""
        following = (*(segment.text for segment in say.segments[1:]), "")
        slow = (say.slow for _ in say.segments)
        return b"".join(map(self._segment, say.segments, following, slow))

    def slow_wav(self, name: str) -> bytes | None:
        """A recording at the slow pace, as a WAV file; None for a name that is not in the index."""
        path = self.wav_path(name)
        if path is None:
            return None
        file = io.BytesIO()
        soundfile.write(file, stretched(read_wav(path)), RATE, format="WAV", subtype="PCM_16")
        return file.getvalue()

    def wav_path(self, name: str) -> Path | None:
        """The file of a recording, or None: only names of the index are served."""
        return self._folder / f"{name}.wav" if name in self._texts else None

    def version_of(self, name: str) -> str:
        """Changes with the recording, see ``content_version``."""
        if name not in self._versions:
            self._versions[name] = content_version(self._folder / f"{name}.wav")
        return self._versions[name]

    def _segment(self, segment: Segment, following: str, slow: bool) -> bytes:
        pause = _pause_between(segment.text, following) * (SLOW_PAUSES if slow else 1)
        return self._sound(segment, slow) + SILENCE * round(pause * RATE)

    def _sound(self, segment: Segment, slow: bool) -> bytes:
        name = self.recording_of(segment)
        key = f"{'slow' if slow else 'usual'}:" + (f"file:{name}" if name else f"text:{segment.text}")
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        samples = read_wav(self._folder / f"{name}.wav") if name else self._speak(segment.text)
        return self._keep(key, encode(stretched(samples) if slow else samples))

    def _keep(self, key: str, audio: bytes) -> bytes:
        with self._lock:
            self._cache[key] = audio
            if len(self._cache) > CACHED_PROMPTS:
                self._cache.popitem(last=False)
        return audio


def _pause_between(text: str, following: str) -> float:
    """Seconds. The stretch behind a value begins with the value's punctuation."""
    first, last = following.lstrip()[:1], text.rstrip()[-1:]
    mark = last if not first or first.isalnum() else first
    if mark and mark in ".!?…":
        return SENTENCE_SECONDS
    return COMMA_SECONDS if mark and mark in ",:;" else GAP_SECONDS


def _read_index(folder: Path) -> dict[str, str]:
    index = folder / "index.tsv"
    if not index.is_file():
        return {}
    rows = (line.split("\t", 1) for line in index.read_text("utf-8").splitlines() if "\t" in line)
    texts = {name.removesuffix(".wav"): text for name, text in rows}
    for name in texts:
        if not (folder / f"{name}.wav").is_file():
            raise AudioError(f"{index}: {name}.wav is missing. Run: python -m ivr prompts render")
    return texts
