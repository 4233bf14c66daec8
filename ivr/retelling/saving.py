"""From a told call to files: the scenario, its recordings, and the proof that ``call`` plays it as it was."""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ivr.errors import HotlineError
from ivr.retelling.script import Script, write_script
from ivr.retelling.voice import MadeVoice
from ivr.simulator.runner import play
from ivr.simulator.scenario import load_scenario
from ivr.simulator.voices import CallerVoices


class NotReplayableError(HotlineError):
    """What was said in a call is not heard in any of the voices that can be made here."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A scenario that ``call`` has played as expected."""

    path: Path
    recordings: int
    voice: str
    """Whose voice the recordings are in; empty where nothing is said."""


def save_script(script: Script, path: Path, voices: Sequence[MadeVoice], callers: CallerVoices) -> Saved:
    """Write the scenario and, beside it in a folder of its name, what the caller says; then play it.

    A voice in which something is misheard gives way to the next one. All is built in a folder of its own and comes to
    its place when it has passed, so that whatever fails leaves nothing behind.
    Raises ``NotReplayableError`` where no voice is understood, ``HotlineError`` where the place is taken.
    """
    ensure_free(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".saving-", dir=path.parent) as folder:
        built = Path(folder, path.name)
        saved = _built(script, built, voices, callers)
        ensure_free(path)  # minutes have gone by
        _put(built, path)
    return replace(saved, path=path)


def ensure_free(path: Path) -> None:
    """Raises ``HotlineError`` where no scenario can be saved under this name, or something is there already."""
    if path.suffix != ".yaml" or not path.stem.replace("-", "_").isidentifier():
        raise HotlineError(f"{path}: name a file of letters, digits and _ that ends in .yaml.")
    for taken in (path, path.with_suffix("")):
        if os.path.lexists(taken):
            raise HotlineError(f"{taken} is there already and is not overwritten: name another file, or move it away.")


def _built(script: Script, path: Path, voices: Sequence[MadeVoice], callers: CallerVoices) -> Saved:
    """The first voice's that is understood, in an empty folder."""
    failures: tuple[str, ...] = ()
    for voice in voices if script.words else [None]:
        sounds = voice.record(script.words, path.with_suffix("")) if voice else {}
        write_script(script, path, sounds)
        failures = _failures(path, callers)
        if not failures:
            return Saved(path, len(sounds), voice.name if voice else "")
    raise NotReplayableError(f"The call cannot be played again, so nothing is saved: {'; '.join(failures)}")


def _put(built: Path, path: Path) -> None:
    """The recordings first: a scenario without them cannot be loaded."""
    if built.with_suffix("").exists():
        built.with_suffix("").rename(path.with_suffix(""))
    built.rename(path)


def _failures(path: Path, callers: CallerVoices) -> tuple[str, ...]:
    scenario = load_scenario(path)
    return asyncio.run(play(scenario, scenario.by[0], callers)).failures
