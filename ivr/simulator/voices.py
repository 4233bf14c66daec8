"""What callers sound like: recordings that the project made, a real woman's recordings joined, or a synthesizer."""

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np

from ivr.errors import AudioError
from ivr.fixtures import mutations
from ivr.fixtures.starter import spoken_manners
from ivr.media.prompts import same_words
from ivr.settings import ROOT
from ivr.speech.sound import RATE, Floats, Samples, cut_silence, floats, read_recording, steps
from ivr.speech.synthesizer import USUAL, Manner, shared_synthesizer

AUDIO = ROOT / "tests" / "audio"
ASTERISK_FOLDER = Path("/usr/share/asterisk/sounds/ru_RU_f_IvrvoiceRU")
"""Where Debian's asterisk-core-sounds-ru-wav puts its recordings."""
ASTERISK = "asterisk"
MAN = "man"
"""Rendered by the project with Festival: ``python -m ivr callers render``."""
LOUDNESS = 0.1
"""Root mean square of a caller's words, as a part of full scale."""
GAP_SECONDS = 0.12
"""Between two joined words."""
PAUSE = np.zeros(round(0.7 * RATE), np.float32)
"""For an ellipsis: the caller looks for the next digits."""
SILENT_BELOW = 0.02


class Speak(Protocol):
    """A synthesizer."""

    def __call__(self, text: str, manner: Manner = USUAL) -> Samples: ...


class CallerVoices:
    """Turns a caller's words into telephone audio, always the same for the same words.

    ``folder`` holds ``index.tsv``: voice, file, text. A text that is not there is joined from shorter ones, word by
    word, and spoken by ``speak`` as a last resort. ``asterisk`` is an index of its own: file, text. The voices that
    ``speak`` has manners for, such as ``espeak-woman``, say any text.
    """

    def __init__(self, folder: Path, asterisk_index: Path, speak: Speak) -> None:
        self._speak = speak
        self._files = _own_index(folder)
        self._asterisk = _asterisk_index(asterisk_index)
        self._manners: Mapping[str, Manner] = spoken_manners()
        self._voices = {MAN, ASTERISK, *self._manners, *(voice for voice, _ in self._files)}

    def has_voice(self, voice: str) -> bool:
        """False for the real recordings where their package is not installed."""
        return voice != ASTERISK or ASTERISK_FOLDER.is_dir()

    def _check(self, voice: str) -> None:
        if voice not in self._voices:
            near = difflib.get_close_matches(voice, self._voices, 1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise AudioError(f"There is no voice {voice!r}.{meant} There are: {', '.join(sorted(self._voices))}.")

    def say(self, text: str, voice: str) -> Samples:
        """int16 samples at 8000 hertz. An ellipsis in the text is a pause.

        Raises ``AudioError`` for a voice that is not there, and for a word that no recording of a real voice holds.
        """
        self._check(voice)
        return steps(joined((self._stretch(stretch, voice) for stretch in stretches_of(text)), PAUSE))

    def _stretch(self, text: str, voice: str) -> Floats:
        whole = self._recording(text, voice)
        if whole is not None:
            return whole
        if voice in self._manners:
            return _levelled(floats(self._speak(text, self._manners[voice])))
        gap = np.zeros(round(GAP_SECONDS * RATE), np.float32)
        return joined((self._longest(words, voice) for words in self._cut(text, voice)), gap)

    def _cut(self, text: str, voice: str) -> list[str]:
        """The text in the fewest stretches that there are recordings of, longest first from the left."""
        words, stretches = same_words(text).split(), []
        while words:
            known = (n for n in range(len(words), 0, -1) if (voice, " ".join(words[:n])) in self._files)
            count = 1 if voice == ASTERISK else next(known, 1)
            stretches.append(" ".join(words[:count]))
            words = words[count:]
        return stretches

    def _longest(self, words: str, voice: str) -> Floats:
        recording = self._recording(words, voice)
        if recording is not None:
            return recording
        if voice == ASTERISK:
            raise AudioError(f"asterisk-core-sounds-ru-wav has no recording of {words!r}; use another voice.")
        return _levelled(floats(self._speak(words)))

    def _recording(self, text: str, voice: str) -> Floats | None:
        words = same_words(text)
        path = self._asterisk.get(words) if voice == ASTERISK else self._files.get((voice, words))
        return _levelled(read_recording(path)) if path else None


@cache
def caller_voices() -> CallerVoices:
    """The voices of the tests' callers. Their index of some thousand recordings is read once."""
    return CallerVoices(AUDIO, AUDIO / "asterisk_ru.tsv", shared_synthesizer().speak)


def stretches_of(text: str) -> list[str]:
    """What is said between the pauses, which an ellipsis stands for."""
    stretches = (stretch.strip(" ,.!?") for stretch in text.replace("...", "…").split("…"))
    return [stretch for stretch in stretches if stretch]


def _own_index(folder: Path) -> dict[tuple[str, str], Path]:
    index = folder / "index.tsv"
    rows = [line.split("\t") for line in index.read_text("utf-8").splitlines()] if index.is_file() else []
    return {(voice, same_words(text)): folder / file for voice, file, text in rows}


def _asterisk_index(index: Path) -> dict[str, Path]:
    """The pack's own names have folders where the index has underscores. The first file of a text is taken."""
    texts: dict[str, Path] = {}
    for line in index.read_text("utf-8").splitlines():
        file, text = line.split("\t")
        texts.setdefault(same_words(text), ASTERISK_FOLDER / file.replace("_", "/"))
    return texts


def _levelled(samples: Floats) -> Floats:
    """Without the silence at both ends, and at one loudness: recordings differ a lot."""
    cut = cut_silence(samples, SILENT_BELOW, before=200, after=400)
    level: Floats = (cut / max(1e-4, float(np.sqrt(np.mean(cut**2)))) * LOUDNESS).astype(np.float32)
    return level


def joined(sounds: Iterable[Floats], between: Floats) -> Floats:
    """One after another; nothing of nothing."""
    parts: list[Floats] = []
    for sound in sounds:
        parts += [between, sound] if parts else [sound]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def shop_noise(seconds: float, loudness: float, seed: int) -> Samples:
    """Low-pitched noise that swells, as in a shop: int16 samples whose root mean square is ``loudness``."""
    noise = mutations.shop_noise(round(seconds * RATE), np.random.default_rng(seed))
    return steps(noise * loudness)


def with_noise(samples: Samples, decibels: float, seed: int) -> Samples:
    """The words with shop noise ``decibels`` below them."""
    noise = shop_noise(len(samples) / RATE + 0.001, LOUDNESS * 10 ** (-decibels / 20), seed)[: len(samples)]
    mixed = samples.astype(np.int32) + noise.astype(np.int32)
    return np.clip(mixed, -32768, 32767).astype(np.int16)
