"""Recognition by libvosk inside this process.

The rules that keep libvosk 0.3.45 from ending the process (each was seen to abort or crash it):
one new recognizer per question and never ``SetGrammar``; the word list is a non-empty JSON array of strings written
with ``ensure_ascii=False``; no ``<eps>``; every word is in the vocabulary; a cut in mid-speech is ``FinalResult``,
since ``Result`` leaves the undecoded tail to the next utterance as a ghost word.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from vosk import KaldiRecognizer, Model, SetLogLevel

from ivr.dialog.events import Hypothesis
from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.errors import ModelError

SAMPLE_RATE = 8000
"""Hertz. Telephone audio; libvosk is told the truth about it, a wrong rate gives garbage."""
ALTERNATIVES = 10
BUNDLED_MODEL = Path(__file__).parent / "model"
_DITHER = np.random.default_rng(0).normal(0, 1, SAMPLE_RATE).round().astype(np.int32)


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a recognizer makes of the audio so far."""

    partial: str = ""
    """The best text since the last finished stretch; may still change."""
    finished: tuple[Hypothesis, ...] = ()
    """N-best of a stretch that ended by silence within the last chunk; empty while speech goes on."""


class Recognizer(Protocol):
    """Hears one question's answer. One thread at a time."""

    def accept(self, pcm: bytes) -> Hearing:
        """``pcm``: int16 little-endian samples at 8000 hertz, about 0.1 s of them."""
        ...

    def finish(self) -> tuple[Hypothesis, ...]:
        """Cut here: the N-best of what was not finished yet, empty where nothing was said."""
        ...


class Ear(Protocol):
    """Makes recognizers."""

    def recognizer(self, phrases: tuple[str, ...]) -> Recognizer: ...

    def missing_words(self, words: Iterable[str]) -> list[str]: ...


class VoskEar:
    """A loaded model, shared by all recognizers and threads.

    Raises ``ModelError`` where the directory holds no model that libvosk can load.
    """

    def __init__(self, model_dir: Path) -> None:
        SetLogLevel(-2)
        for needed in ("am/final.mdl", "conf/model.conf"):
            if not (model_dir / needed).is_file():
                raise ModelError(
                    f"No model in {model_dir}: {needed} is missing. Set VOSK_MODEL to a model's directory, "
                    "or leave it empty for the bundled one."
                )
        try:
            self._model = Model(str(model_dir))
        except Exception as error:  # vosk raises a bare Exception
            raise ModelError(f"libvosk refuses the model in {model_dir}; download it again.") from error
        self._lists: dict[tuple[str, ...], str] = {}

    def recognizer(self, phrases: tuple[str, ...]) -> Recognizer:
        """A recognizer for a list of phrases; ``[unk]`` is added to it."""
        return VoskRecognizer(self._model, self._word_list(phrases))

    def missing_words(self, words: Iterable[str]) -> list[str]:
        """The words that the model cannot hear, sorted."""
        return sorted({word for word in words if self._model.vosk_model_find_word(word) <= 0})

    def _word_list(self, phrases: tuple[str, ...]) -> str:
        """The JSON of a list, checked and made once: a list of dates is 150 kB."""
        if phrases not in self._lists:
            missing = self.missing_words(word for phrase in phrases for word in phrase.split())
            if missing or not phrases:
                raise ModelError(f"The model does not know: {', '.join(missing) or 'an empty list'}. Run the linter.")
            self._lists[phrases] = json.dumps([*phrases, UNKNOWN_WORD], ensure_ascii=False)
        return self._lists[phrases]


class VoskRecognizer:
    """One question's recognizer."""

    def __init__(self, model: Model, word_list: str) -> None:
        self._vosk = KaldiRecognizer(model, SAMPLE_RATE, word_list)
        self._vosk.SetMaxAlternatives(ALTERNATIVES)

    def accept(self, pcm: bytes) -> Hearing:
        if self._vosk.AcceptWaveform(_dithered(pcm)):
            return Hearing(finished=_alternatives(self._vosk.Result()))
        return Hearing(partial=json.loads(self._vosk.PartialResult())["partial"])

    def finish(self) -> tuple[Hypothesis, ...]:
        return _alternatives(self._vosk.FinalResult())


def _dithered(pcm: bytes) -> bytes:
    """The samples with the faintest noise under them, always the same: digital silence has no logarithm.

    libvosk's own dither is random, so that one and the same recording would not be heard twice alike.
    """
    samples = np.frombuffer(pcm, "<i2").astype(np.int32)
    return np.clip(samples + np.resize(_DITHER, len(samples)), -32768, 32767).astype("<i2").tobytes()


def _alternatives(result: str) -> tuple[Hypothesis, ...]:
    """N-best without empty texts and without repetitions; libvosk gives one empty text for silence."""
    seen: dict[str, Hypothesis] = {}
    for alternative in json.loads(result)["alternatives"]:
        text = alternative["text"].strip()
        if text and text not in seen:
            seen[text] = Hypothesis(text, alternative["confidence"])
    return tuple(seen.values())
