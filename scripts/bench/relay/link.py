"""How soon the last receiver has the last byte, when everything goes through one link; run behind the cable."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from scripts.bench.relay.cable import HOST_ADDRESS, IN_HOST, PAYLOAD_RATE
from scripts.bench.relay.load import GIB, Drain, Push, stopped
from scripts.bench.relay.room import Share, room
from scripts.bench.relay.servers import nginx

Result = dict[str, Any]
NGINX_PORT = 8080


def relay(server: str, size: int, receivers: int) -> Result:
    """An upload, and with ours so many downloads that have been asked for before it begins."""
    if server == "nginx":
        return _plain(size)
    with room(bind=HOST_ADDRESS, prefix=IN_HOST) as ours:
        share = Share(ours, size, receivers)
        drain = Drain(ours.url, share.paths(), size)
        push = share.push()
        with stopped(drain, push):
            sent, came = push.ends(), drain.ends()
    limit = receivers * size / PAYLOAD_RATE
    return {
        "seconds": max(came.last) - sent.began,
        "limit_seconds": limit,
        "first_seconds": max(came.first) - sent.began,
        "upload_seconds": sent.last[0] - sent.began,
    }


def _plain(size: int) -> Result:
    """The upload alone, as nginx takes a PUT."""
    with nginx(IN_HOST, HOST_ADDRESS, NGINX_PORT) as running:
        push = Push(running.url, "PUT", "/in/payload", size)
        with stopped(push):
            sent = push.ends()
    return {"seconds": sent.last[0] - sent.began, "limit_seconds": size / PAYLOAD_RATE}


SCENARIOS: dict[str, tuple[tuple[str, ...], Callable[[str], Result]]] = {
    "link-1": (("nginx", "chatapp"), partial(relay, size=GIB, receivers=1)),
    "link-5": (("chatapp",), partial(relay, size=GIB, receivers=5)),
    "link-30": (("chatapp",), partial(relay, size=GIB, receivers=30)),
}
