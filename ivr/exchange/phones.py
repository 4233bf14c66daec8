"""Telephones that can be called: pages and scripts that hold a number, and simulated people behind all others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ivr.exchange.handset import CalledHandset
from ivr.exchange.people import Operator, OperatorHandset

Plug = Callable[[], CalledHandset | None]
"""Makes the handset for one call; None: the telephone is in use."""


class Phones:
    """Who is rung under an address: a number, or ``client:NAME``."""

    def __init__(self, operators: Callable[[str], Operator]) -> None:
        self._operators = operators
        self._plugs: list[tuple[str, Plug]] = []

    @contextmanager
    def plugged(self, address: str, plug: Plug) -> Iterator[None]:
        """Let calls to ``address`` ring at ``plug`` while the block lasts; of several the newest is rung."""
        entry = (address, plug)
        self._plugs.append(entry)
        try:
            yield
        finally:
            self._plugs.remove(entry)

    def is_held(self, address: str) -> bool:
        """Whether a page or a script holds ``address``."""
        return any(plugged == address for plugged, _ in self._plugs)

    def handset(self, address: str) -> CalledHandset:
        """The handset to be rung at ``address``."""
        plugs = [plug for plugged, plug in self._plugs if plugged == address]
        if not plugs:
            return OperatorHandset(self._operators(address))
        return plugs[-1]() or OperatorHandset(Operator("busy", 0))
