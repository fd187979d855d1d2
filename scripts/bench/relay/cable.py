"""A cable of 1 Gbit/s between the host's computer and everybody else's: two network namespaces, each end shaped."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from scripts._setup import SetupError

HOST, PEERS = "relay-bench-host", "relay-bench-peers"
HOST_ADDRESS, PEERS_ADDRESS = "10.213.0.1", "10.213.0.2"
IN_HOST = ("ip", "netns", "exec", HOST)
IN_PEERS = ("ip", "netns", "exec", PEERS)
RATE = 1_000_000_000 / 8
PAYLOAD_RATE = RATE * 1448 / 1514
"""Bytes a second that a full frame of Ethernet leaves to TCP with its timestamps."""
HEADS_BYTES = 14 + 20 + 32
"""Ethernet, IP, and TCP with its timestamps; counted once for what the system hands on in one piece."""
SHAPE = ("root", "tbf", "rate", "1gbit", "burst", "1mb", "latency", "20ms")


@contextmanager
def cable() -> Iterator[None]:
    """Both namespaces, for as long as this lasts; nothing in them reaches any other network."""
    if os.geteuid() or not shutil.which("ip") or not shutil.which("tc"):
        raise SetupError("Network namespaces take root and iproute2.")
    _remove()
    try:
        for name in (HOST, PEERS):
            _run("ip", "netns", "add", name)
            _run("ip", "-n", name, "link", "set", "lo", "up")
        _run("ip", "link", "add", "cable", "netns", HOST, "type", "veth", "peer", "name", "cable", "netns", PEERS)
        for name, address in ((HOST, HOST_ADDRESS), (PEERS, PEERS_ADDRESS)):
            _run("ip", "-n", name, "address", "add", f"{address}/24", "dev", "cable")
            _run("ip", "-n", name, "link", "set", "cable", "up")
            _run("tc", "-n", name, "qdisc", "add", "dev", "cable", *SHAPE)
        yield
    finally:
        _remove()


def plug(*, into: bool) -> None:
    """Pull the cable out of the host's computer, or put it back: the others' packets vanish without a word."""
    _run("ip", "-n", HOST, "link", "set", "cable", "up" if into else "down")


def arrived(name: str) -> int:
    """Bytes of TCP that have come into a namespace through the cable, each time they came."""
    told = json.loads(_run("ip", "-n", name, "-j", "-s", "link", "show", "dev", "cable"))[0]["stats64"]["rx"]
    return int(told["bytes"] - HEADS_BYTES * told["packets"])


def _remove() -> None:
    for name in (HOST, PEERS):
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
