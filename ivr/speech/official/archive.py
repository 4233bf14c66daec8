"""Unpacking a model's zip: only into its own folder, only files, and only what there is room for."""

import errno
import shutil
import stat
import zlib
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from ivr.errors import ModelError

_ENCRYPTED = 0x1
"""The bit of a zip entry's flags."""


def unpack(archive: Path, name: str, folder: Path) -> None:
    """Put the files under ``name/`` of the zip into ``folder``, which is made. Each is checked by its CRC.

    Raises ``ModelError`` for a damaged zip and for one with a path that leads elsewhere, ``OSError`` without room.
    """
    try:
        with ZipFile(archive) as zipped:
            entries = [(entry, folder / _inside(entry, name)) for entry in zipped.infolist()]
            _check_room(sum(entry.file_size for entry, _ in entries), folder.parent)
            folder.mkdir()
            for entry, target in entries:
                _write(zipped, entry, target)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ModelError(f"VOSK_MODEL: the zip of {name} is damaged ({error}). Run it again.") from error


def _inside(entry: ZipInfo, name: str) -> PurePosixPath:
    """The path below the model's folder."""
    path = PurePosixPath(entry.filename)
    top, *rest = path.parts or ("",)
    odd = "\\" in entry.filename or ".." in rest or stat.S_ISLNK(entry.external_attr >> 16)
    if top != name or odd or entry.flag_bits & _ENCRYPTED:
        raise ModelError(
            f"VOSK_MODEL: the zip of {name} holds {entry.filename!r}, which is no file in its folder. "
            "Nothing was unpacked; tell the publisher."
        )
    return PurePosixPath(*rest)


def _check_room(needed: int, folder: Path) -> None:
    """Before the disk is filled up to its last byte, which other programs need too."""
    if needed > shutil.disk_usage(folder).free:
        raise OSError(errno.ENOSPC, f"{needed / 1e6:.0f} MB are needed")


def _write(zipped: ZipFile, entry: ZipInfo, target: Path) -> None:
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipped.open(entry) as packed, target.open("wb") as file:
        shutil.copyfileobj(packed, file)
