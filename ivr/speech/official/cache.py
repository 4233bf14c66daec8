"""Official Vosk models by name: found where vosk itself keeps them, or fetched into its cache.

A fetched model appears in one rename, so that a download that was killed leaves no half of a model; its beginning is
kept beside, and the next try goes on from there. Hidden names are used for all that is not a model, since vosk's own
look-up takes whatever begins with ``vosk-model-ru`` for one.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import ModelError
from ivr.speech.official.archive import unpack
from ivr.speech.official.download import Download, Listed, Progress, cannot_write, read_list, session
from ivr.speech.official.fit import check_files

SUGGESTED = "vosk-model-small-ru-0.22"
"""The one official Russian model with word lists at run time (the publisher's list, seen in 2024)."""
_NAME = re.compile(r"vosk-model-[A-Za-z0-9][A-Za-z0-9._-]*")
_LANGUAGE = "ru"
_TYPES = ("small", "big-lgraph")
"""The publisher's types of models that take word lists at run time; ``big`` is one fixed graph."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where official models are published."""

    address: str = "https://alphacephei.com/vosk/models/"
    """Ends with a slash; holds ``model-list.json`` and ``NAME.zip``."""
    retry_seconds: float = 1.0
    """The pause before a broken download goes on; doubled each time."""


PUBLISHER = Source()


def is_official(name: str) -> bool:
    """Whether the text has the form of an official model's name."""
    return _NAME.fullmatch(name) is not None


def official_model(name: str, progress: Progress, source: Source = PUBLISHER) -> Path:
    """The directory of an official model, fetched where no cache has it. Raises ``ModelError`` with what to do.

    Without a download nothing is asked over the network.
    """
    return _found(name) or _fetched(name, progress, source)


def _cache() -> Path:
    return Path.home() / ".cache" / "vosk"


def _found(name: str) -> Path | None:
    """vosk's own places, in its order."""
    given = os.environ.get("VOSK_MODEL_PATH")
    folders = [Path(given)] if given else []
    folders += [Path("/usr/share/vosk"), _cache()]
    return next((folder / name for folder in folders if (folder / name).is_dir()), None)


def _fetched(name: str, progress: Progress, source: Source) -> Path:
    cache = _cache()
    with cannot_write(cache):
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache / f".{name}.lock"):
            return _found(name) or _fetch(name, cache, progress, source)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time; the system takes the lock from one that dies. The file stays: removing it would race."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(name: str, cache: Path, progress: Progress, source: Source) -> Path:
    part = cache / f".{name}.zip.part"
    with session() as client:
        listed = _wanted(name, read_list(client, source.address), source)
        download = Download(client, f"{source.address}{name}.zip", part, listed, source.retry_seconds)
        download.run(progress, _unknown(name, [], source))
    return _installed(part, name, cache)


def _wanted(name: str, published: tuple[Listed, ...], source: Source) -> Listed:
    """What the publisher says of the model; an empty list says nothing of it. Refused before 2 GB are fetched."""
    if not published:
        return Listed(name)
    listed = next((model for model in published if model.name == name), None)
    fitting = [model.name for model in published if _is_fitting(model)]
    if listed is None:
        raise ModelError(_unknown(name, fitting, source))
    if listed.language not in ("", _LANGUAGE):
        raise ModelError(f"VOSK_MODEL: {name} is for another language ({listed.language}). {_instead(fitting)}")
    if listed.kind and listed.kind not in _TYPES:
        raise ModelError(f"VOSK_MODEL: {name}, of the type {listed.kind}, takes no word lists. {_instead(fitting)}")
    return listed


def _is_fitting(model: Listed) -> bool:
    return model.language == _LANGUAGE and model.kind in _TYPES and not model.obsolete


def _unknown(name: str, names: list[str], source: Source) -> str:
    return f"VOSK_MODEL: there is no model {name} at {source.address}. {_instead(names)}"


def _instead(names: list[str]) -> str:
    return f"Russian ones: {', '.join(names or [SUGGESTED])}; empty means the bundled model."


def _installed(part: Path, name: str, cache: Path) -> Path:
    """Unpacked and checked beside, then renamed. A zip that is refused is not kept."""
    draft = cache / f".{name}.unpacking"
    shutil.rmtree(draft, ignore_errors=True)  # of one that was killed; the lock is held
    try:
        unpack(part, name, draft)
        check_files(draft, name)
    except ModelError:
        part.unlink()
        raise
    else:
        draft.rename(cache / name)
        part.unlink()
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return cache / name
