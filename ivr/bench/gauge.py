"""What a server costs while it is under load: memory, its processor time, and the whole machine's."""

import time
from dataclasses import dataclass

from ivr.bench.served import Served, machine_busy_seconds


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one stretch of time."""

    seconds: float
    most_bytes: int
    cores: float
    """Processor cores that the server used."""
    machine_cores: float
    """And all programs together."""


class Gauge:
    """Begins to count when it is made; ``look`` often, memory is seen only then."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._most_bytes = 0
        self._began = time.monotonic()
        self._cpu_before = served.cpu_seconds()
        self._busy_before = machine_busy_seconds()

    def look(self) -> None:
        """Take note of the memory."""
        self._most_bytes = max(self._most_bytes, self._served.memory_bytes())

    def cost(self) -> Cost:
        """So far."""
        self.look()
        seconds = time.monotonic() - self._began
        cores = (self._served.cpu_seconds() - self._cpu_before) / seconds
        return Cost(seconds, self._most_bytes, cores, (machine_busy_seconds() - self._busy_before) / seconds)
