"""Settings, disk, port and programs of this machine."""

import os
import shutil
import socket
from contextlib import suppress
from pathlib import Path

import httpx

from ivr.doctor.patient import IllnessError, Patient, Told

LEAST_FREE = 200_000_000
"""Bytes; with less the database soon stops taking writes."""
FEW_FREE = 2_000_000_000
"""Bytes; with less somebody should look after it."""
ALIVE = "ok\n"
"""What ``/livez`` answers."""
LOOK_SECONDS = 2.0
PROGRAMS = ("festival", "chromium", "redis-server", "npx")


def settings(patient: Patient) -> Told:
    if patient.settings.has_account:
        return Told("a Twilio account is set")
    return Told("no Twilio account: the local exchange, loopback only")


def disk(patient: Patient) -> Told:
    folder = _data_folder(patient)
    free = shutil.disk_usage(folder).free
    if not os.access(folder, os.W_OK):
        raise IllnessError(f"{folder} cannot be written: give this user the right to, or name another DATABASE_URL.")
    if free < LEAST_FREE:
        raise IllnessError(f"{_megabytes(free)} are free under {folder}: make room, or move the database.")
    return Told(f"{_megabytes(free)} are free under {folder}", note=free < FEW_FREE)


def _data_folder(patient: Patient) -> Path:
    """Where the database lies, or will; with PostgreSQL where the program runs. The next folder that there is."""
    database = patient.settings.database_url.partition(":///")[2]
    is_file = patient.settings.database_url.startswith("sqlite") and database
    wanted = (patient.folder / database).parent if is_file else patient.folder
    return next(folder for folder in (wanted, *wanted.parents) if folder.is_dir())


def _megabytes(count: int) -> str:
    return f"{count // 1_000_000:,} MB".replace(",", " ")


def port(patient: Patient) -> Told:
    host, number = patient.settings.host, patient.settings.port
    try:
        found = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)
    except socket.gaierror:
        raise IllnessError(f"HOST {host} is no address of a machine: write 127.0.0.1 or 0.0.0.0.") from None
    if number == 0:
        return Told("any free one")
    family, *_, address = found[0]
    if _is_free(family, address):
        return Told(f"{host}:{number} is free")
    if _is_hotline(host, number):
        return Told(f"a hotline serves at {host}:{number}")
    raise IllnessError(f"{host}:{number} is taken or not ours: stop the other program, or set PORT and HOST.")


def _is_free(family: int, address: tuple[object, ...]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def _is_hotline(host: str, number: int) -> bool:
    shown = f"[{host}]" if ":" in host else host
    with suppress(httpx.HTTPError):
        return httpx.get(f"http://{shown}:{number}/livez", timeout=LOOK_SECONDS, trust_env=False).text == ALIVE
    return False


def programs(_: Patient) -> Told:
    return Told(", ".join(f"{name} {'found' if shutil.which(name) else 'not installed'}" for name in PROGRAMS))
