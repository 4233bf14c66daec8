"""Looks into libvosk: what an acoustic model of our own making gives for a recording, by the likelihood it reports."""

import json
import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from vosk import KaldiRecognizer, Model, SetLogLevel

from ivr.speech.phones import phone_inventory
from ivr.speech.recognizer import BUNDLED_MODEL, SAMPLE_RATE

CONTEXT_FREE = (0, 0)


def blank_likelihood(folder: Path, acoustic_model: bytes, samples: NDArray[np.int16]) -> float:
    """The sum of the blank's outputs over all steps, and a constant of the graph.

    True only for models whose other outputs are so improbable that nothing but blanks is found.
    """
    if not folder.is_dir():
        shutil.copytree(BUNDLED_MODEL, folder)
    (folder / "am" / "final.mdl").write_bytes(acoustic_model)
    SetLogLevel(-2)
    recognizer = KaldiRecognizer(Model(str(folder)), SAMPLE_RATE, json.dumps(["да"], ensure_ascii=False))
    recognizer.SetMaxAlternatives(1)
    assert not recognizer.AcceptWaveform(samples.astype("<i2").tobytes())
    best = json.loads(recognizer.FinalResult())["alternatives"][0]
    assert best["text"] == ""
    return float(best["confidence"])


def outputs() -> int:
    """How many outputs the bundled graph expects."""
    return len(phone_inventory())
