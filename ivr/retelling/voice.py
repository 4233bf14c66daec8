"""The voice of a retold caller, made by a synthesizer: nobody's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ivr.book.strict_yaml import load_yaml
from ivr.content import GRAMMARS
from ivr.fixtures.recording import MARGIN, SILENT_BELOW, levelled, write
from ivr.media.codec import decode
from ivr.simulator.voices import MAN, PAUSE, CallerVoices, joined, stretches_of
from ivr.speech import festival
from ivr.speech.sound import Floats, Samples, cut_silence, floats

Speak = Callable[[Sequence[str]], list[Floats]]
FESTIVAL = "festival"
OTHERS = (MAN, "espeak-woman")
"""Voices of ``CallerVoices`` that say any text."""


@dataclass(frozen=True, slots=True)
class MadeVoice:
    """A synthetic voice by its name."""

    name: str
    speak: Speak
    """Stretches of words without pauses to samples between -1 and 1, at 8000 hertz."""

    def record(self, texts: Sequence[str], folder: Path) -> dict[str, Path]:
        """A WAV for each text, μ-law; an ellipsis in it is a pause. Returns the files by text."""
        folder.mkdir(parents=True, exist_ok=True)
        stretches = list(dict.fromkeys(stretch for text in texts for stretch in stretches_of(text)))
        spoken = dict(zip(stretches, self.speak(stretches), strict=True)) if stretches else {}
        files: dict[str, Path] = {}
        for number, text in enumerate(texts, 1):
            files[text] = folder / f"{number:02}.wav"
            sounds = [spoken[stretch] for stretch in stretches_of(text)] or [PAUSE]
            write(files[text], joined(sounds, PAUSE), "ULAW")
        return files


def made_voices(callers: CallerVoices) -> list[MadeVoice]:
    """The voices that this machine can make, the best understood first."""
    rendered = [MadeVoice(FESTIVAL, _festival)] if festival.is_installed() else []
    return [*rendered, *(MadeVoice(name, partial(_said, callers, name)) for name in OTHERS)]


def _said(callers: CallerVoices, name: str, texts: Sequence[str]) -> list[Floats]:
    return [_scaled(callers.say(text, name)) for text in texts]


def with_own(voice: MadeVoice, own: Mapping[str, bytes]) -> MadeVoice:
    """``own``: words to μ-law of a caller; all other words are said by ``voice``."""

    def speak(texts: Sequence[str]) -> list[Floats]:
        made = voice.speak(texts)
        return [_own(own[text]) if text in own else sound for text, sound in zip(texts, made, strict=True)]

    return MadeVoice(f"{voice.name}, with the caller's own", speak)


def _own(mulaw: bytes) -> Floats:
    """Without the prompt's time before it."""
    sound = floats(np.frombuffer(decode(mulaw), "<i2"))
    return levelled(cut_silence(sound, SILENT_BELOW, MARGIN, MARGIN))


def _festival(texts: Sequence[str]) -> list[Floats]:
    respelled: Mapping[str, str] = load_yaml(GRAMMARS / "pronunciation.yaml")
    return [_scaled(sound) for sound in festival.render(texts, respelled)]


def _scaled(samples: Samples) -> Floats:
    return levelled(floats(samples))
