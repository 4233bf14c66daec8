"""What the hotline hears with, and what it speaks with."""

import io

import numpy as np
import soundfile

from ivr.content import PROMPTS
from ivr.dialog.meaning import UNKNOWN_WORD
from ivr.doctor.patient import IllnessError, Patient, Told
from ivr.media.codec import decode, encode
from ivr.recorded import stale_recordings, wanted_recordings
from ivr.speech.model import model_words, open_ear
from ivr.speech.official.ear import unheard_words
from ivr.speech.official.fit import model_rate
from ivr.speech.recognizer import SAMPLE_RATE
from ivr.speech.synthesizer import Synthesizer, shared_synthesizer
from ivr.vocabulary import check_vocabulary

SHOWN = 8
"""Names in a line; of more the number is told."""
NEGATIVE_ZERO = 0x7F
"""μ-law has two zeros; the other one is what a zero becomes."""


def model(patient: Patient) -> Told:
    folder = patient.fetch_model(patient.settings)
    rate, words = model_rate(folder), len(model_words(patient.settings.vosk_model))
    made_for = f"{rate} Hz" if rate == SAMPLE_RATE else f"{rate} Hz, telephone audio is resampled for it"
    no_noise = open_ear(patient.settings).missing_words([UNKNOWN_WORD])
    noise = f"; it has no {UNKNOWN_WORD} and takes noise for words" if no_noise else ""
    return Told(f"{folder}, {words} words, made for {made_for}{noise}", note=bool(no_noise))


def dialogues(patient: Patient) -> Told:
    book, ear = patient.content.book, open_ear(patient.settings)
    check_vocabulary(book, ear)
    words = unheard_words(book, ear)
    return Told(f"{len(book.forms)} forms, {len(book.fields)} questions; {_unheard(words)}", note=bool(words))


def _unheard(words: list[str]) -> str:
    if not words:
        return "the model knows all their words"
    return (
        f"the model lacks {len(words)} of their words ({_some(words)}), phrases with them are not heard: "
        "`python -m ivr lint` shows where; use other words or another model"
    )


def codec(_: Patient) -> Told:
    """All 256 bytes of μ-law against libsndfile, which is not ours, and back again."""
    every = bytes(range(256))
    raw = {"samplerate": SAMPLE_RATE, "channels": 1, "format": "RAW", "subtype": "ULAW"}
    expected, _ = soundfile.read(io.BytesIO(every), dtype="int16", **raw)
    samples = np.frombuffer(decode(every), np.int16)
    kept = [byte for byte, again in zip(every, encode(samples), strict=True) if byte == again]
    if not np.array_equal(samples, expected) or kept != [byte for byte in every if byte != NEGATIVE_ZERO]:
        raise IllnessError("μ-law is decoded wrongly, callers would hear noise: install the package numpy anew.")
    return Told("μ-law as libsndfile has it")


def voice(_: Patient) -> Told:
    speaker: Synthesizer = shared_synthesizer()
    return Told(f"espeak-ng speaks at {speaker.native_rate} Hz")


def prompts(patient: Patient) -> Told:
    wanted = wanted_recordings(patient.content)
    stale = stale_recordings(wanted, PROMPTS)
    if not stale:
        return Told(f"all {len(wanted)} are recorded as they are written")
    left = f"{len(stale)} of {len(wanted)} are not recorded as they are written ({_some(stale)})"
    return Told(f"{left} and are synthesized meanwhile: run `python -m ivr prompts render`", note=True)


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
