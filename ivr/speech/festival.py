"""Debian's Festival with its Russian voice: renders prompts once; the recordings are kept, so it is not needed later.

The voice is ``msu_ru_nsh_clunits`` of the package ``festvox-ru``, by N. Shmyrev, under a BSD-like licence.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.errors import AudioError
from ivr.speech.sound import cut_silence, read_recording

VOICE = "voice_msu_ru_nsh_clunits"
BATCH = 100
"""Texts a process: it needs a second to start, and its memory grows with each text."""
LOUDNESS = 0.09
"""Root mean square of a recording as a part of full scale, some -21 dB: what telephone prompts are made at."""
PEAK = 0.9
MARGIN_SAMPLES = 160
SILENT_BELOW = 0.01

Samples = NDArray[np.int16]


def is_installed() -> bool:
    return shutil.which("festival") is not None


def render(texts: Sequence[str], respelled: Mapping[str, str]) -> list[Samples]:
    """Each text as int16 samples at 8000 hertz, trimmed and at one loudness.

    ``respelled``: words that Festival reads wrong, in lower case, and how to write them for it.
    Raises ``AudioError`` where Festival or its voice is not installed.
    """
    if not is_installed():
        raise AudioError("Festival is not installed: apt-get install festival festvox-ru.")
    return [samples for at in range(0, len(texts), BATCH) for samples in _batch(texts[at : at + BATCH], respelled)]


def _batch(texts: Sequence[str], respelled: Mapping[str, str]) -> list[Samples]:
    with tempfile.TemporaryDirectory(prefix="festival-") as folder:
        files = [Path(folder) / f"{number}.wav" for number in range(len(texts))]
        spoken = [_respell(text, respelled) for text in texts]
        script = Path(folder) / "render.scm"
        script.write_text("\n".join([f"({VOICE})", *map(_command, spoken, files)]), "utf-8")
        done = subprocess.run(["festival", "-b", str(script)], capture_output=True, text=True, check=False)
        if done.returncode != 0 or not all(file.is_file() for file in files):
            raise AudioError(f"Festival failed: {done.stderr.strip()[:200]}. Is festvox-ru installed?")
        return [_telephone(file) for file in files]


def _command(text: str, file: Path) -> str:
    quoted = text.replace("\\", "").replace('"', "")
    return f'(utt.save.wave (utt.synth (Utterance Text "{quoted}")) "{file}" \'riff)'


def _respell(text: str, respelled: Mapping[str, str]) -> str:
    """Words replaced, quotation marks and dashes turned into what Festival understands as pauses."""
    plain = text.replace("«", "").replace("»", "").replace(" — ", ", ")
    words = (word for word in plain.split() if any(letter.isalnum() for letter in word))  # lone marks make it fail
    return " ".join(_respell_word(word, respelled) for word in words)


def _respell_word(word: str, respelled: Mapping[str, str]) -> str:
    bare = word.strip(".,:;!?").lower()
    return word.lower().replace(bare, respelled[bare]) if bare in respelled else word


def _telephone(file: Path) -> Samples:
    narrow = cut_silence(read_recording(file), SILENT_BELOW, MARGIN_SAMPLES, MARGIN_SAMPLES)
    strength = float(np.sqrt(np.mean(narrow**2))) if len(narrow) else 1.0
    level = narrow * min(LOUDNESS / max(1e-5, strength), PEAK / max(1e-5, float(np.abs(narrow).max(initial=0))))
    samples: Samples = (level * 32767).astype(np.int16)
    return samples
