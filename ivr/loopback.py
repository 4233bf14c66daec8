"""The names of this machine for itself."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def names_this_machine(host: str) -> bool:
    """True for a ``Host`` header, with or without a port, that is ``localhost`` or a loopback address.

    A page of another site whose name has been pointed at 127.0.0.1 (DNS rebinding) is of one origin with what answers
    here, but the browser still sends that site's name.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False
