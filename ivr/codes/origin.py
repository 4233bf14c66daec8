"""Who asks, for limits: a line and its neighbours, an address and its network.

A block of ten thousand numbers is what one owner of a telephone exchange usually holds, and a /24 or a /48 is what one
customer of a provider does: whoever changes his number or address for each request stays inside it.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal

NEIGHBOURS = 4
"""Last digits of a number that are left off."""
WITHHELD = "withheld"
"""All withheld lines are neighbours of one another."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asks, and whose neighbour that is."""

    kind: Literal["line", "address"]
    one: str | None
    """None for a withheld line."""
    prefix: str


def origin_of(source: str | None) -> Origin:
    """``source``: a line in E.164, an address of IPv4 or IPv6, or None."""
    if source is None:
        return Origin("line", None, WITHHELD)
    if source.startswith("+"):
        return Origin("line", source, range_of(source))
    try:
        return _network(ip_address(source))
    except ValueError:
        return Origin("line", None, WITHHELD)


def range_of(phone: str) -> str:
    """The ten thousand numbers that a phone is one of."""
    return phone[:-NEIGHBOURS]


def _network(address: IPv4Address | IPv6Address) -> Origin:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    # Of IPv6 one customer has a /64 at least, so that is taken for one address.
    one, prefix = (32, 24) if address.version == 4 else (64, 48)
    return Origin("address", _masked(address, one), _masked(address, prefix))


def _masked(address: IPv4Address | IPv6Address, bits: int) -> str:
    return str(ip_network((address, bits), strict=False))
