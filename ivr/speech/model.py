"""Which model hears: the bundled one, another directory, or an official one that is downloaded first."""

import logging
from functools import lru_cache
from pathlib import Path

from ivr.errors import ModelError
from ivr.settings import Settings
from ivr.speech.official.cache import PUBLISHER, Source, is_official, official_model
from ivr.speech.official.download import Progress
from ivr.speech.official.ear import LenientEar
from ivr.speech.official.fit import check_files, telephone_view
from ivr.speech.official.trial import try_model
from ivr.speech.official.words import words_of
from ivr.speech.recognizer import BUNDLED_MODEL, Ear, VoskEar

_TENTHS = 10
_log = logging.getLogger(__name__)


def open_ear(settings: Settings) -> Ear:
    """Load the model that the settings name. Raises ``ModelError`` with what to do."""
    if settings.vosk_servers:
        raise ModelError("VOSK_SERVERS is not supported yet: leave it empty, the model runs in this process.")
    return _loaded(model_dir(settings.vosk_model))


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> Ear:
    """A model is shared: it takes half a second and 40 MB, and recognizers of one model work in parallel."""
    if folder.resolve() == BUNDLED_MODEL:
        return VoskEar(BUNDLED_MODEL)
    return LenientEar(_fitted(folder))


def _fitted(folder: Path) -> VoskEar:
    """A model that was made elsewhere, checked and tried, with what telephone audio needs."""
    check_files(folder, str(folder))
    with telephone_view(folder) as view:
        try_model(view, _any_word(folder), str(folder))
        return VoskEar(view)


def _any_word(folder: Path) -> str:
    words = [word for word in words_of(folder) if word.isalpha()]
    if not words:
        raise ModelError(f"The model in {folder} knows no words; download it again.")
    return min(words)


def model_dir(name: str, progress: Progress | None = None, source: Source = PUBLISHER) -> Path:
    """The directory of a model: of the bundled one, of a path, or of an official name, which is fetched at need.

    ``progress``: told of a download; without it, the log is. Raises ``ModelError`` where there is no such model.
    """
    if not name:
        return BUNDLED_MODEL
    path = Path(name)
    if path.is_dir():
        return path
    if is_official(name):
        return official_model(name, progress or _logged(name), source)
    raise ModelError(
        f"VOSK_MODEL: there is no directory {name}. Write a model's directory, an official name such as "
        "vosk-model-small-ru-0.22, or leave it empty for the bundled model."
    )


def model_words(name: str) -> frozenset[str]:
    """The vocabulary of a model. Raises ``ModelError`` where its files do not tell it."""
    return words_of(model_dir(name))


def _logged(name: str) -> Progress:
    """Tells the log of a download, each tenth once."""
    told = -1

    def tell(there: int, total: int | None) -> None:
        nonlocal told
        tenth = there * _TENTHS // total if total else there // 10_000_000
        if tenth > told:
            told = tenth
            _log.info("downloading %s: %.1f MB of %s", name, there / 1e6, f"{total / 1e6:.1f}" if total else "?")

    return tell
