"""Which of a computer's addresses the others on its network reach best, judged by what its interfaces are called.

The systems' own kinds do not help: Hyper-V's and VPNs' adapters call themselves Ethernet. A name that is not known here
counts as a real network, for the new card of a laptop matters more than the next VPN.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple


class Held(NamedTuple):
    """An IPv4 address that this computer holds.

    `interface` is the name that people see ("Wi-Fi", "이더넷", "wlp3s0"), `hardware` on Windows what the driver calls
    itself ("TAP-Windows Adapter V9"), elsewhere the same name again. `outgoing`: the default route speaks from it.
    """

    interface: str
    hardware: str
    address: str
    prefix: int
    outgoing: bool


class Nearness(IntEnum):
    """Who is at the other end of an interface; the nearest first."""

    NETWORK = 0
    """the class: Wi-Fi, Ethernet, a phone's hotspot or this computer's own"""
    BLUETOOTH = 1
    """one phone"""
    TUNNEL = 2
    """whoever is in the same VPN; behind a modem, nobody"""
    MACHINE = 3
    """this computer's virtual machines and containers"""
    LINK_LOCAL = 4
    """nobody yet: no network has given an address"""


def _names(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)


_BLUETOOTH = _names("bluetooth", r"^bnep\d")
_TUNNEL = _names(
    *("^utun", "^tun", r"^tap[-\d]", "^ppp", "^ipsec", "^wg", "^zt", "^feth", "^tinc"),
    *("^cscotun", r"^gpd\d", r"^ham\d", "^nordlynx", "^proton", "^mullvad", "warp"),
    *("vpn", "tunnel", "wintun", "tap-windows", "wireguard", "tailscale", "zerotier", "hamachi", "wan miniport"),
    *("anyconnect", "cisco secure client", "fortinet", "pangp", "globalprotect", "juniper networks", "pulse secure"),
    *("^wwan", "^wwp", "mobile broadband", "cellular", "셀룰러"),
)
_MACHINE = _names(
    *("^docker", "^podman", "^veth", "^br-", "^cni", "^flannel", "^cali", "^cilium", "^kube", "^nerdctl", "^ve-"),
    *("^virbr", r"^vnet\d", "^vmnet", "^vmenet", "^vnic", "^vboxnet", r"^bridge1\d\d$", "^lxcbr", "^lxdbr", "^incusbr"),
    *("^mpqemubr", "^waydroid", "virtualbox", "vmware", "hyper-v virtual", "virtual ethernet", "parallels", r"\bwsl\b"),
    *("npcap", "loopback adapter"),
)
_BRIDGE = _names("^vethernet", "hyper-v virtual", "^br-")
"""One of these may carry the computer's own network, as Hyper-V's external switch does; the default route tells."""
_MAC_BRIDGE, _MAC_SHARING = _names(r"^bridge1\d\d$"), IPv4Network("192.168.2.0/24")
"""macOS has one kind of bridge for virtual machines and for Internet Sharing; this network is Sharing's."""
_PROXIES = IPv4Network("198.18.0.0/15")
"""Meant for benchmarks (RFC 2544); proxies that pose as a network live in it."""
_LONELY = 31
"""From this prefix on there is nobody else on a network: the end of a tunnel, whatever it is called (RFC 3021)."""


def ranked(held: Iterable[Held]) -> tuple[str, ...]:
    """The addresses to share, best first, each once and in an order that stays; loopback is not among them."""
    shared = [one for one in held if not IPv4Address(one.address).is_loopback]
    return tuple(dict.fromkeys(one.address for one in sorted(shared, key=_rank)))


def _rank(held: Held) -> tuple[Nearness, bool, IPv4Address]:
    return nearness(held), not held.outgoing, IPv4Address(held.address)


def nearness(held: Held) -> Nearness:
    """Who is reached at this address."""
    address, names = IPv4Address(held.address), f"{held.interface}\n{held.hardware}"
    if address.is_link_local:
        return Nearness.LINK_LOCAL
    if held.prefix >= _LONELY or address in _PROXIES or _TUNNEL.search(names):
        return Nearness.TUNNEL
    if _BLUETOOTH.search(names):
        return Nearness.BLUETOOTH
    real = (held.outgoing and _BRIDGE.search(names)) or (address in _MAC_SHARING and _MAC_BRIDGE.search(names))
    return Nearness.MACHINE if _MACHINE.search(names) and not real else Nearness.NETWORK
