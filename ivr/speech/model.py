"""Which model hears: the bundled one, another directory, or an official one that is downloaded first."""

from functools import lru_cache
from pathlib import Path

from ivr.errors import ModelError
from ivr.settings import Settings
from ivr.speech.recognizer import BUNDLED_MODEL, VoskEar


def open_ear(settings: Settings) -> VoskEar:
    """Load the model that the settings name. Raises ``ModelError`` with what to do."""
    if settings.vosk_servers:
        raise ModelError("VOSK_SERVERS is not supported yet: leave it empty, the model runs in this process.")
    return _loaded(model_dir(settings.vosk_model))


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> VoskEar:
    """A model is shared: it takes half a second and 40 MB, and recognizers of one model work in parallel."""
    return VoskEar(folder)


def model_dir(name: str) -> Path:
    """The directory of a model. Raises ``ModelError`` where there is none."""
    if not name:
        return BUNDLED_MODEL
    path = Path(name)
    if not path.is_dir():
        raise ModelError(f"VOSK_MODEL: there is no directory {name}. Leave it empty for the bundled model.")
    return path


def model_words(name: str) -> frozenset[str]:
    """The vocabulary of a model that ships ``graph/words.txt``. Raises ``ModelError`` for one that does not."""
    path = model_dir(name) / "graph" / "words.txt"
    if not path.is_file():
        raise ModelError(f"{path} is missing: this model's vocabulary cannot be listed; lint with the bundled one.")
    return frozenset(line.split()[0] for line in path.read_text("utf-8").splitlines() if line.strip())
