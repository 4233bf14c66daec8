"""Calls saved as scenarios for those who ask on a page: made by ``python -m ivr calls save`` in a process of its own.

Retelling a call and playing it costs seconds of one core. In this process callers would wait for it.
"""

import io
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from ivr.errors import HotlineError
from ivr.settings import ROOT

LONGEST_SECONDS = 300
"""A long call takes a minute to play on a busy machine."""
_SID = re.compile(r"\w{1,64}")


class CallNotSavedError(HotlineError):
    """There is no such call, or it cannot be played again."""


class SavingBusyError(CallNotSavedError):
    """Another call is being saved now."""


@dataclass(frozen=True, slots=True)
class CallSaver:
    """Saves one call at a time: each takes a core and a thread of the web for minutes.

    ``environment``: settings of this hotline that its environment may lack.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    _busy: Lock = field(default_factory=Lock, repr=False, compare=False)

    def zipped(self, call_sid: str) -> bytes:
        """The scenario and its recordings as one ZIP file. Raises ``CallNotSavedError`` with the reason.

        ``SavingBusyError`` where one is being saved already.
        """
        if not _SID.fullmatch(call_sid):
            raise CallNotSavedError("This is no call's name.")
        if not self._busy.acquire(blocking=False):
            raise SavingBusyError("A call is being saved just now: try again in a minute.")
        try:
            return self._saved(call_sid)
        finally:
            self._busy.release()

    def _saved(self, call_sid: str) -> bytes:
        with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
            name = f"call_{call_sid[-8:].lower()}"
            self._run("calls", "save", call_sid, f"{folder}/{name}.yaml")
            return _packed(Path(folder))

    def _run(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "ivr", *arguments]
        environment = os.environ | dict(self.environment)
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise CallNotSavedError("It took too long: save it by `python -m ivr calls save`.") from error
        if done.returncode != 0:
            raise CallNotSavedError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "It failed.")


def _packed(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder).as_posix())
    return packed.getvalue()
