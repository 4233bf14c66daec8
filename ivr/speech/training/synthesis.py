"""Synthetic voices that may be used freely: Festival, espeak-ng with its variants, RHVoice where it is installed.

Each engine is used only where it is there; ``engines`` says which are.
"""

import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ivr.errors import AudioError
from ivr.speech import festival
from ivr.speech.sound import RATE, floats
from ivr.speech.training.corpus import CorpusWriter, Floats, load

RHVOICE_VOICES = ("aleksandr", "anna", "elena")
"""Voices under free licences. Others of the project forbid works derived from them, and a model is one."""
ESPEAK_SPEEDS = (110, 210)
"""Words a minute."""
ESPEAK_PITCHES = (20, 80)
"""Of espeak-ng's scale from 0 to 99."""


def engines() -> list[str]:
    """The engines that are installed here, of festival, espeak and rhvoice."""
    programs = {"festival": "festival", "espeak": "espeak-ng", "rhvoice": "RHVoice-test"}
    return [engine for engine, program in programs.items() if shutil.which(program)]


def speak_corpus(engine: str, texts: Sequence[tuple[str, ...]], out: Path, seed: int, processes: int) -> Iterator[int]:
    """Have an engine speak texts into the corpus ``out``. Yields how many are done.

    Raises ``AudioError`` where the engine is not installed.
    """
    if engine not in engines():
        raise AudioError(f"{engine} is not installed; there are: {', '.join(engines()) or 'no engines'}.")
    speak = {"festival": _festival, "espeak": _espeak, "rhvoice": _rhvoice}[engine]
    rng = random.Random(seed)
    portions = [list(texts[at : at + festival.BATCH]) for at in range(0, len(texts), festival.BATCH)]
    seeds = [rng.random() for _ in portions]
    done = 0
    with CorpusWriter(out, RATE) as writer, ThreadPoolExecutor(processes) as pool:  # each waits for a program
        for portion, sounds in zip(portions, pool.map(speak, portions, seeds), strict=True):
            for words, samples in zip(portion, sounds, strict=True):
                done += 1
                if len(samples):
                    writer.add(f"{engine}{done}", samples, words)
            yield done


def _festival(texts: Sequence[tuple[str, ...]], _seed: float) -> list[Floats]:
    rendered = festival.render([" ".join(words) for words in texts], {})
    return [floats(sound) for sound in rendered]


def _espeak(texts: Sequence[tuple[str, ...]], seed: float) -> list[Floats]:
    rng, variants = random.Random(seed), espeak_variants()
    return [_espeak_once(" ".join(words), rng.choice(variants), rng) for words in texts]


def espeak_variants() -> list[str]:
    """Names of espeak-ng's voice variants: men, women and creatures."""
    listed = subprocess.run(["espeak-ng", "--voices=variant"], capture_output=True, text=True, check=True).stdout
    files = (line.split()[-1] for line in listed.splitlines()[1:] if line.strip())
    return sorted({file.removeprefix("!v/") for file in files if file.startswith("!v/")})


def _espeak_once(text: str, variant: str, rng: random.Random) -> Floats:
    speed, pitch = rng.randint(*ESPEAK_SPEEDS), rng.randint(*ESPEAK_PITCHES)
    return _by_program(["espeak-ng", "-v", f"ru+{variant}", "-s", str(speed), "-p", str(pitch), "-w"], text)


def _rhvoice(texts: Sequence[tuple[str, ...]], seed: float) -> list[Floats]:
    rng = random.Random(seed)
    return [
        _by_program(
            ["RHVoice-test", "-p", rng.choice(RHVOICE_VOICES), "-r", str(rng.randint(70, 130)), "-o"], " ".join(words)
        )
        for words in texts
    ]


def _by_program(command: Sequence[str], text: str) -> Floats:
    """What a program that reads its text from the standard input writes to the file named last."""
    with tempfile.TemporaryDirectory(prefix="speak-") as folder:
        file = Path(folder) / "spoken.wav"
        done = subprocess.run([*command, str(file)], input=text, capture_output=True, text=True, check=False)
        if done.returncode != 0 or not file.is_file():
            raise AudioError(f"{command[0]} failed: {done.stderr.strip()[:200]}")
        return load(file, RATE)
