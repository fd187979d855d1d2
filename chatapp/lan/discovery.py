"""Rooms that make themselves known on this network, by DNS-SD over multicast DNS (RFC 6763, RFC 6762).

A hint and no more: who answers at the address says the rest. Where a network does not carry multicast, people join by
address or QR code as before.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue

import ifaddr
from msgspec import Struct
from zeroconf import Error, IPVersion, ServiceBrowser, ServiceInfo, ServiceListener, Zeroconf

from chatapp.core.room import clean_title
from chatapp.errors import Refused
from chatapp.protocol import PROTOCOL

log = logging.getLogger(__name__)
SERVICE = "_chatapp._tcp.local."
PARTING_SECONDS = 1.0
LOOKUP_MS = 2000
"""How long a room that was heard of may take to say where it is."""
MOST_ROOMS = 50
"""More are not listed: nobody reads them, and anybody can make them up."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


class Sign(Struct, frozen=True):
    """What a room says of itself to everybody on the network."""

    id: str
    title: str
    pin: bool
    locked: bool


class FoundRoom(Struct, frozen=True):
    """A room that was heard of, and where; `address` is HOST:PORT."""

    sign: Sign
    address: str


class Announcement:
    """Makes a room known until it is closed; a network that refuses is only noted in the log.

    A thread of its own does it: asking whether a name is free, telling a change and taking it back last up to a second.
    """

    def __init__(self, sign: Sign, addresses: Sequence[str], port: int) -> None:
        self._addresses, self._port = addresses, port
        self._signs: SimpleQueue[Sign | None] = SimpleQueue()
        self._signs.put(sign)
        self._thread = threading.Thread(target=self._keep, name="announcement", daemon=True)
        self._thread.start()

    def change(self, sign: Sign) -> None:
        """The room says something else of itself from now on; waits for nothing."""
        self._signs.put(sign)

    def take_back(self) -> None:
        """The room ends: those who listen drop it from their lists at once; waits for nothing."""
        self._signs.put(None)

    def close(self) -> None:
        """Take the room back and wait until that is told, at most a second."""
        self.take_back()
        self._thread.join(PARTING_SECONDS)

    def _keep(self) -> None:
        with _tolerant("announced"), Zeroconf(list(self._addresses), ip_version=IPVersion.V4Only) as network:
            tell: Callable[[ServiceInfo], None] = network.register_service
            for sign in iter(self._signs.get, None):
                tell(_service(sign, self._addresses, self._port))
                tell = network.update_service


class Finder(ServiceListener):
    """Listens for rooms until it is closed."""

    def __init__(self) -> None:
        self._rooms: dict[str, FoundRoom] = {}
        self._lock = threading.Lock()
        self._zeroconf: Zeroconf | None = None
        with _tolerant("looked for"):
            self._zeroconf = Zeroconf(ip_version=IPVersion.V4Only)
            self._browser = ServiceBrowser(self._zeroconf, SERVICE, self)

    def rooms(self) -> tuple[FoundRoom, ...]:
        """The rooms that are there now, by title; one that several programs announce stands there once."""
        with self._lock:
            found = {room.sign.id: room for room in self._rooms.values()}
        return tuple(sorted(found.values(), key=lambda room: (room.sign.title, room.address)))

    def close(self) -> None:
        """Stop listening."""
        with _tolerant("looked for any more"):
            if self._zeroconf is not None:
                self._zeroconf.close()

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """A room was heard of, or heard again with other words; in zeroconf's thread."""
        info = zc.get_service_info(type_, name, LOOKUP_MS)
        room = _found(info) if info is not None else None
        with self._lock:
            if room is None:
                self._rooms.pop(name, None)
            elif name in self._rooms or len(self._rooms) < MOST_ROOMS:
                self._rooms[name] = room

    update_service = add_service

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:  # noqa: ARG002  # zeroconf's form
        """A room said goodbye, or has not been heard of for too long; in zeroconf's thread."""
        with self._lock:
            self._rooms.pop(name, None)


@contextmanager
def _tolerant(what: str) -> Iterator[None]:
    """Goes on when the network cannot do it, with a line in the log."""
    try:
        yield
    except (OSError, Error) as error:
        log.info("the room cannot be %s on this network: %r", what, error)


def _service(sign: Sign, addresses: Sequence[str], port: int) -> ServiceInfo:
    """The records of a room; a TXT string holds at most 255 bytes, which a title of 60 characters is below."""
    said = {"v": str(PROTOCOL), "id": sign.id, "title": sign.title, "pin": str(+sign.pin), "locked": str(+sign.locked)}
    label = sign.id[:63]
    return ServiceInfo(
        SERVICE,
        f"{label}.{SERVICE}",
        port=port,
        properties=said,
        server=f"chatapp-{label[:55]}.local.",
        parsed_addresses=list(addresses),
    )


def _found(info: ServiceInfo) -> FoundRoom | None:
    """The room of what somebody sent; None when it is not for us, or nonsense."""
    said = info.decoded_properties
    addresses = info.parsed_addresses(IPVersion.V4Only)
    try:
        title, identity = clean_title(said.get("title") or ""), said.get("id") or ""
    except Refused:
        return None
    if said.get("v") != str(PROTOCOL) or not _ID.match(identity) or not addresses or not info.port:
        return None
    sign = Sign(identity, title, pin=said.get("pin") == "1", locked=said.get("locked") == "1")
    return FoundRoom(sign, f"{_nearest(addresses)}:{info.port}")


def _nearest(addresses: Sequence[str]) -> str:
    """The address that shares a network with this computer, else the first."""
    own = [
        ipaddress.ip_network(f"{ip.ip}/{ip.network_prefix}", strict=False)
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if isinstance(ip.ip, str)
    ]
    near = (address for address in addresses if any(ipaddress.ip_address(address) in network for network in own))
    return next(near, addresses[0])
