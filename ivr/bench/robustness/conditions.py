"""The grid: what happens to a caller's sound, each at several strengths, from what is usual to what is cruel."""

from dataclasses import dataclass

CLEAN = "clean"
GRID = {
    CLEAN: ("",),
    "mulaw": ("mulaw",),
    "packet_loss": ("packet_loss:3", "packet_loss:10", "packet_loss:20:3"),
    "babble": ("babble:20", "babble:10", "babble:5", "babble:0"),
    "till_beeps": ("till_beeps:10", "till_beeps:0", "till_beeps:-10"),
    "hum": ("hum:20", "hum:10", "hum:0"),
    "shop": ("shop:20", "shop:10", "shop:5"),
    "faster": ("speed:1.25", "speed:1.5", "speed:1.75"),
    "slower": ("speed:0.85", "speed:0.7"),
    "softer": ("level:-10", "level:-20", "level:-30"),
    "clipping": ("clipping:6", "clipping:12", "clipping:20"),
    "echo_of_prompt": ("echo_of_prompt:150:20", "echo_of_prompt:150:10", "echo_of_prompt:150:3"),
    "all together": ("babble:20,mulaw,packet_loss:2", "babble:12,speed:1.2,packet_loss:5:2,mulaw"),
}
"""Condition to chains, mild to severe."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One cell of the grid."""

    name: str
    chain: str
    """As ``ivr.fixtures.chain`` reads it."""

    @property
    def label(self) -> str:
        """How thresholds and tables name the cell."""
        return self.chain or CLEAN


def conditions() -> list[Condition]:
    """All cells, row by row."""
    return [Condition(name, chain) for name, chains in GRID.items() for chain in chains]
