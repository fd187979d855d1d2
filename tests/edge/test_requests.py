"""Requests that are not what they seem: foreign names, two framings, other transports."""

from __future__ import annotations

import pytest

from tests.edge.hostile import SOCKET_PATH, Line, Said, head, upgrade
from tests.edge.siege import Siege

ROUTES = ["GET /", "GET /healthz", "PATCH /uploads/x", "GET /downloads/x/y", f"GET {SOCKET_PATH}", "GET /nothing"]


def asked(siege: Siege, request: bytes) -> Said:
    """The one answer to some bytes, after which the server ends the connection."""
    with Line(siege.port) as line:
        line.sends(request)
        said = line.hears_all()
    assert said.data.count(b"HTTP/1.1 ") <= 1, said
    return said


@pytest.mark.parametrize("route", ROUTES)
def test_a_name_that_dns_has_rebound_reaches_nothing(siege: Siege, route: str) -> None:
    with siege.holds():
        for name in (
            "evil.example",
            f"evil.example:{siege.port}",
            f"127.0.0.1.evil.example:{siege.port}",
            "127.0.0.1@evil",
        ):
            foreign = asked(siege, head(siege.port, route, host=name, origin=f"http://{name}"))
            assert (foreign.status, foreign.code) == (421, "bad-host"), name


@pytest.mark.parametrize("route", ROUTES)
def test_a_page_of_another_site_reaches_nothing(siege: Siege, route: str) -> None:
    with siege.holds():
        for origin in (
            "http://evil.example",
            "null",
            f"http://127.0.0.1:{siege.port}.evil.example",
            "http://192.168.0.99",
        ):
            foreign = asked(siege, upgrade(siege.port, route.split()[1], origin=origin))
            assert (foreign.status, foreign.code) == (403, "bad-origin"), origin


@pytest.mark.parametrize("route", ROUTES)
def test_what_was_forwarded_is_not_believed(siege: Siege, route: str) -> None:
    forwarded = {"x_forwarded_host": "evil.example", "x_forwarded_for": "10.0.0.1", "forwarded": "host=evil.example"}

    with siege.holds():
        page = asked(siege, head(siege.port, route, origin="http://evil.example", **forwarded))
        rebound = asked(siege, head(siege.port, route, host="evil.example", x_forwarded_host="127.0.0.1"))

    assert (page.code, rebound.code) == ("bad-origin", "bad-host")


def test_a_whole_url_counts_by_its_own_host(siege: Siege) -> None:
    with siege.holds():
        assert asked(siege, head(siege.port, "GET http://evil.example/healthz")).code == "bad-host"


TWO_FRAMINGS = {
    "chunked": "Transfer-Encoding: chunked",
    "chunked in disguise": "Transfer-Encoding : chunked",
    "chunked by another name": "Transfer-Encoding: xchunked",
    "chunked on a second line": "Transfer-Encoding:\r\n chunked",
    "chunked and a length": "Content-Length: 4\r\nTransfer-Encoding: chunked",
    "two lengths": "Content-Length: 4\r\nContent-Length: 40",
    "two equal lengths": "Content-Length: 4\r\nContent-Length: 4",
    "a list of lengths": "Content-Length: 4, 4",
    "a signed length": "Content-Length: +4",
    "a negative length": "Content-Length: -4",
    "a hexadecimal length": "Content-Length: 0x4",
    "an underlined length": "Content-Length: 1_0",
    "a length in Arabic digits": "Content-Length: ٤",
    "an empty length": "Content-Length:",
    "a header without a name": ": x\r\nContent-Length: 4",
    "a line that is no header": "no header\r\nContent-Length: 4",
    "two hosts": "Host: 127.0.0.1",
    "a NUL": "X-A: a\0b",
}


@pytest.mark.parametrize("framing", TWO_FRAMINGS.values(), ids=TWO_FRAMINGS)
def test_a_body_that_two_would_read_differently_is_malformed(siege: Siege, framing: str) -> None:
    smuggled = head(siege.port, "GET /healthz")

    with siege.holds():
        start = head(siege.port, "PATCH /uploads/x").removesuffix(b"\r\n")
        said = asked(siege, start + framing.encode() + b"\r\n\r\n0\r\n\r\n" + smuggled)

    assert (said.status, said.code) == (400, "malformed")


def test_a_second_request_behind_the_first_is_not_answered(siege: Siege) -> None:
    with siege.holds():
        assert asked(siege, head(siege.port, "GET /healthz") * 20).status == 200
        assert asked(siege, head(siege.port, "GET /healthz", connection="keep-alive") * 20).status == 200


OTHER_WAYS = {
    "polling": ("GET", "EIO=4&transport=polling"),
    "a polled message": ("POST", "EIO=4&transport=polling&sid=x"),
    "JSONP": ("GET", "EIO=4&transport=polling&j=0"),
    "JSONP over a WebSocket": ("GET", "EIO=4&transport=websocket&j=0"),
    "the protocol of 2015": ("GET", "EIO=3&transport=websocket"),
    "no protocol": ("GET", "transport=websocket"),
    "two protocols": ("GET", "EIO=4&EIO=3&transport=websocket"),
    "two transports": ("GET", "EIO=4&transport=websocket&transport=polling"),
    "an upgrade of a session": ("GET", "EIO=4&transport=websocket&sid=x"),
    "a WebSocket by POST": ("POST", "EIO=4&transport=websocket"),
}


@pytest.mark.parametrize(("method", "query"), OTHER_WAYS.values(), ids=OTHER_WAYS)
def test_no_other_transport_is_there(siege: Siege, method: str, query: str) -> None:
    with siege.holds():
        for opening in (head, upgrade):
            request = opening(siege.port).replace(
                f"GET {SOCKET_PATH}".encode(), f"{method} /socket.io/?{query}".encode()
            )
            said = asked(siege, request)
            assert (said.status, said.code) == (400, "malformed")


def test_a_websocket_route_without_a_websocket_is_malformed(siege: Siege) -> None:
    broken = [{"upgrade": "h2c"}, {"sec_websocket_key": ""}, {"sec_websocket_version": "8"}, {"sec_websocket_key": "x"}]

    with siege.holds():
        for headers in broken:
            assert asked(siege, upgrade(siege.port, **headers)).status == 400, headers


BIG_HEADS = {
    "a long path": b"GET /" + b"x" * 100_000,
    "one long header": b"GET / HTTP/1.1\r\nX-A: " + b"x" * 100_000,
    "many headers": b"GET / HTTP/1.1\r\n" + b"X-A: 1\r\n" * 200,
    "a head without an end": b"GET / HTTP/1.1\r\n" + b"X-A: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n" * 3_000,
}


@pytest.mark.parametrize("start", BIG_HEADS.values(), ids=BIG_HEADS)
def test_a_big_head_is_refused_unread(siege: Siege, start: bytes) -> None:
    with siege.holds(), Line(siege.port) as line:
        line.tries(start + b"\r\n\r\n")
        said = line.hears_all()

    assert (said.status, said.code) in {(414, "malformed"), (431, "malformed")}


@pytest.mark.parametrize(
    "line", [b"GET", b"GET / HTTP/9.9", b"GET / HTTP/1.x", b"\x16\x03\x01\x02", b"PRI * HTTP/2.0", b"a b c d"]
)
def test_what_is_no_http_is_refused_in_http(siege: Siege, line: bytes) -> None:
    with siege.holds():
        said = asked(siege, line + b"\r\n\r\n")

    assert said.status in {400, 505}
    assert said.code == "malformed"


def test_a_big_body_that_nobody_wants_does_not_keep_its_answer_from_being_read(siege: Siege) -> None:
    body = b"x" * 30_000_000

    with siege.holds(), Line(siege.port) as line:
        line.sends(head(siege.port, "POST /healthz", content_length=str(10**10)))
        line.tries(body)
        said = line.hears_all()

    assert (said.status, said.code) == (405, "method-not-allowed")


def test_who_sends_an_unwanted_body_without_end_is_let_go(siege: Siege) -> None:
    with siege.holds(), Line(siege.port) as line:
        line.sends(head(siege.port, "POST /healthz", content_length=str(10**10)))
        while line.tries(b"x" * 65_536):
            pass
        assert line.hears_all().status in {405, None}
