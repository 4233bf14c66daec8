"""A model tried in a process of its own: with a file that is cut short libvosk ends the process instead of refusing it.

``python -m ivr.speech.official.trial FOLDER WORD`` loads the model and lets it hear a moment of silence; exit code 0
when all went well.
"""

import subprocess
import sys
from pathlib import Path

from ivr.errors import ModelError
from ivr.settings import ROOT
from ivr.speech.recognizer import SAMPLE_RATE, VoskEar

_LONGEST_SECONDS = 300
"""A model of 2 GB from a slow disk; what takes longer hangs."""
_CHUNKS = 8
_CHUNK = bytes(SAMPLE_RATE // 10 * 2)
"""0.1 s of int16 samples."""


def try_model(view: Path, word: str, name: str) -> None:
    """Load and hear, elsewhere. ``word``: one of the model's; ``name``: what the model is called in the text.

    Raises ``ModelError`` where the model is refused or its process died. Costs the time of one load.
    """
    command = [sys.executable, "-m", __name__, str(view), word]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=_LONGEST_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"The model {name} does not load within {_LONGEST_SECONDS} s; take a smaller one.") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").replace(f"{view}/", "")
        raise ModelError(f"libvosk cannot use the model {name}: {_reason(said, done.returncode)}. Mend or replace it.")


def _reason(said: str, code: int) -> str:
    """What libvosk complained of, not how Python ended because of it."""
    lines = [line.strip(" .") for line in said.splitlines() if line.strip()] or [f"it ends with exit code {code}"]
    return next((line for line in lines if line.startswith(("ERROR", "ASSERTION_FAILED"))), lines[-1])


def main() -> None:
    """Load and hear here."""
    view, word = sys.argv[1:]
    recognizer = VoskEar(Path(view)).recognizer((word,))
    for _ in range(_CHUNKS):
        recognizer.accept(_CHUNK)
    recognizer.finish()


if __name__ == "__main__":
    main()
