"""Servers under load, each in a process of its own, with settings of its own and a throw-away database."""

import os
import re
import resource
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ivr.bench.twilio_form import Account
from ivr.errors import HotlineError
from ivr.settings import ROOT

START_SECONDS = 60.0
STOP_SECONDS = 15.0
ANNOUNCED = re.compile(r" at (http://[0-9.]+:[0-9]+)")
"""Both servers say on standard error where they listen."""
HOTLINE = (sys.executable, "-m", "ivr", "serve", "--samples")
HTTP_PORT = 80
LISTENS = "0A"
"""A listening socket's state in ``/proc/net/tcp``."""
NOWHERE = "http://127.0.0.1:9"
"""The discard port: messages of a run reach nobody."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    url: str
    pid: int

    def memory_bytes(self) -> int:
        """Resident memory now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def cpu_seconds(self) -> float:
        """Processor time used so far, all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine_busy_seconds() -> float:
    """Processor time that the whole machine has spent on work, ours and others', since it was started."""
    user, nice, system, _idle, _waiting, *interrupts = Path("/proc/stat").read_text("ascii").split("\n")[0].split()[1:8]
    return sum(map(int, (user, nice, system, *interrupts))) / os.sysconf("SC_CLK_TCK")


def own_cpu_seconds() -> float:
    """Processor time of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def new_account() -> Account:
    """An account that exists for one run."""
    return Account(f"AC{secrets.token_hex(16)}", secrets.token_hex(16), "https://bench.example")


@contextmanager
def hotline_served(folder: Path, account: Account, max_streams: int) -> Iterator[Served]:
    """The hotline with a database in ``folder``. Raises ``HotlineError`` where it does not start."""
    environment = _environment(folder, max_streams) | {
        "PUBLIC_BASE_URL": account.public_url,
        "TWILIO_ACCOUNT_SID": account.sid,
        "TWILIO_AUTH_TOKEN": account.token,
        "TWILIO_API_BASE_URL": NOWHERE,
    }
    with _served(HOTLINE, environment, folder) as served:
        yield served


@contextmanager
def local_hotline_served(folder: Path, key: str, max_streams: int) -> Iterator[Served]:
    """The hotline without an account, with the local exchange. Raises ``HotlineError`` where it does not start.

    ``key``: the secret key, from which whoever calls derives what signs webhooks and sockets.
    """
    with _served(HOTLINE, _environment(folder, max_streams) | {"SECRET_KEY": key}, folder) as served:
        yield served


def listening_at(url: str) -> Served:
    """Another's server on this machine, found by its port. Raises ``HotlineError`` where nobody listens there."""
    address = urlsplit(url)
    port = address.port or HTTP_PORT
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # another user's process, or one that has just ended
            if os.readlink(link) in sockets:
                return Served(url, int(link.parts[2]))
    raise HotlineError(f"Nothing of yours listens on port {port}: start `python -m ivr serve`, or leave --url out.")


def _listening_inodes(port: int) -> Iterator[str]:
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        _, local, _, state, *_ = fields = line.split()
        if state == LISTENS and int(local.rpartition(":")[2], 16) == port:
            yield fields[9]


def _environment(folder: Path, max_streams: int) -> dict[str, str]:
    return {
        "HOST": "127.0.0.1",
        "PORT": "0",
        "DATABASE_URL": f"sqlite:///{database_file(folder)}",
        "SECRET_KEY": secrets.token_hex(32),
        "MAX_STREAMS": str(max_streams),
        "LOG_FORMAT": "json",
    }


@contextmanager
def bare_served(folder: Path) -> Iterator[Served]:
    """A Flask route that does nothing, behind the same server. Raises ``HotlineError`` where it does not start."""
    with _served([sys.executable, "-m", "ivr.bench.bare"], {}, folder) as served:
        yield served


def database_file(folder: Path) -> Path:
    return folder / "bench.db"


@contextmanager
def _served(command: Sequence[str], settings: Mapping[str, str], folder: Path) -> Iterator[Served]:
    """Started in ``folder``, so that a ``.env`` of this machine does not reach into the run."""
    if not Path("/proc/self/statm").is_file():
        raise HotlineError("The bench reads memory and processor time from /proc: run it on Linux.")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    log = folder / f"{command[2]}.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stderr=stderr,
            env=kept | {"PYTHONPATH": str(ROOT)} | dict(settings),
            process_group=0,  # Ctrl-C is the bench's: it prints what it has, and then ends its servers
        )
        try:
            yield Served(_wait_for_address(process, log), process.pid)
        finally:
            _stop(process)


def _wait_for_address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if found := ANNOUNCED.search(log.read_text("utf-8", errors="replace")):
            return found[1]
        time.sleep(0.05)
    last = log.read_text("utf-8", errors="replace").strip().splitlines()[-1:]
    raise HotlineError(f"The server under load did not start: {' '.join(last) or 'it said nothing'}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
