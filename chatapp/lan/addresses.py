"""The addresses under which the others on the network reach this computer."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import ifaddr

from chatapp.lan.ranking import Held, ranked
from chatapp.settings import ANYWHERE


def own_addresses() -> frozenset[str]:
    """Every address of this computer, IPv4 and IPv6, without brackets or scope."""
    return frozenset(_text(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips) | {
        "127.0.0.1",
        "::1",
    }


def shared_addresses() -> tuple[str, ...]:
    """The IPv4 addresses to share, best first; loopback is not among them."""
    return ranked(_held())


def bound_addresses(bind: str) -> tuple[str, ...]:
    """The addresses to share of a room that listens on `bind`, as they stand in a URL, best first."""
    bound = shared_addresses() if bind in ANYWHERE else (bind,)
    return tuple(f"[{address}]" if ":" in address else address for address in bound)


def _held() -> Iterator[Held]:
    """What the interfaces hold; on Windows `ifaddr` gives the driver's name to the adapter, people's to the address."""
    outgoing = _outgoing()
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            if isinstance(ip.ip, str):
                yield Held(ip.nice_name, adapter.nice_name, ip.ip, ip.network_prefix, ip.ip == outgoing)


def _outgoing() -> str | None:
    """The address from which this computer would speak to the rest of the world; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1 (RFC 5737): connecting a datagram socket sends nothing
        except OSError:
            return None
        return str(probe.getsockname()[0])


def _text(ip: str | tuple[str, int, int]) -> str:
    return ip if isinstance(ip, str) else ip[0]
