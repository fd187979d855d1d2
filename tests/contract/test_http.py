"""The page, its health, and who may ask at all: Host, Origin, CORS."""

from __future__ import annotations

import http.client
import re
from urllib.parse import urlsplit

import pytest
import websocket

from tests.contract.conftest import OpenSocket
from tests.contract.people import Company
from tests.contract.wire import TUS, read, request
from tests.server_process import ServerProcess

EXTERNAL = re.compile(rb"https?://(?!127\.0\.0\.1|localhost|www\.w3\.org/)[a-z0-9]", re.IGNORECASE)
ROUTES = ["/", "/healthz", "/uploads/x", "/downloads/x/y", "/nothing"]
LOOPBACK = [
    "http://127.0.0.1:5000",
    "https://127.0.0.1",
    "http://localhost:1",
    "https://localhost:65535",
    "http://[::1]:80",
]
FOREIGN = [
    "http://evil.example",
    "https://evil.example:27272",
    "null",
    "file://",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "http://127.0.0.1:80@evil.example",
    "http://192.168.0.99",
    "",
]


def test_the_page_comes_with_a_strict_policy(server: ServerProcess) -> None:
    answer = request(server.url, "GET", "/")

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_head_of_the_page_is_its_headers(server: ServerProcess) -> None:
    answer = request(server.url, "HEAD", "/")

    assert (answer.status, answer.body) == (200, b"")


def test_nothing_that_is_served_names_an_external_address(server: ServerProcess) -> None:
    page = request(server.url, "GET", "/").body
    paths = re.findall(rb'(?:src|href)="(?!data:)([^"#]+)"', page)
    assert paths

    for body in [
        page,
        *(request(server.url, "GET", "/" + path.decode().lstrip("./")).body for path in paths),
    ]:
        assert EXTERNAL.findall(body) == []


def test_healthz_tells_the_program_and_the_room_and_nothing_more(server: ServerProcess) -> None:
    answer = request(server.url, "GET", "/healthz")

    said = answer.json()
    assert answer.status == 200
    assert set(said) == {"app", "version", "protocol", "room"}
    assert (said["app"], said["protocol"]) == ("chatapp", 1)
    assert set(said["room"]) == {"id", "title", "pin", "locked"}
    assert (said["room"]["pin"], said["room"]["locked"]) == (False, False)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_healthz_knows_the_id_that_a_join_tells(room: Company) -> None:
    assert request(room.url, "GET", "/healthz").json()["room"]["id"] == room.enters("민지").welcome["room"]["id"]


@pytest.mark.parametrize("path", ["/nothing", "/uploads", "/uploads/", "/downloads/x", "/../etc/passwd", "/%2e%2e/x"])
def test_what_does_not_exist_is_404_in_json(server: ServerProcess, path: str) -> None:
    answer = request(server.url, "GET", path)

    assert (answer.status, answer.code) in {(404, "not-found"), (405, "method-not-allowed")}


@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("DELETE", "/"), ("POST", "/healthz")])
def test_another_method_is_405_in_json(server: ServerProcess, method: str, path: str) -> None:
    answer = request(server.url, method, path, body=b"")

    assert (answer.status, answer.code) == (405, "method-not-allowed")


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:27272", "8.8.8.8", "localhost.evil.example", ""])
def test_a_foreign_host_is_refused_on_every_route(server: ServerProcess, path: str, host: str) -> None:
    answer = request(server.url, "GET", path, {"Host": host})

    assert (answer.status, answer.code) == (421, "bad-host")


def test_own_addresses_localhost_and_local_names_are_the_rooms_hosts(server: ServerProcess) -> None:
    for name in ("127.0.0.1", "localhost", "LOCALHOST", "minji-laptop.local"):
        assert request(server.url, "GET", "/healthz", {"Host": f"{name}:{server.port}"}).status == 200, name


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("path", ROUTES)
def test_a_foreign_origin_is_refused_on_every_route(server: ServerProcess, path: str, origin: str) -> None:
    answer = request(server.url, "GET", path, {"Origin": origin})

    assert (answer.status, answer.code) == (403, "bad-origin")
    assert "access-control-allow-origin" not in answer.headers


def test_forwarded_headers_do_not_make_a_foreign_page_an_own_one(server: ServerProcess) -> None:
    headers = {
        "Origin": "http://evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
    }

    assert request(server.url, "GET", "/healthz", headers).code == "bad-origin"


def test_the_rooms_own_page_may_ask(server: ServerProcess) -> None:
    for name in ("127.0.0.1", "localhost"):
        own = f"{name}:{server.port}"
        assert request(server.url, "GET", "/healthz", {"Host": own, "Origin": f"http://{own}"}).status == 200


@pytest.mark.parametrize("origin", LOOPBACK)
def test_a_loopback_page_may_ask_across_origins(server: ServerProcess, origin: str) -> None:
    answer = request(server.url, "GET", "/healthz", {"Origin": origin})

    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-credentials" not in answer.headers
    exposed = {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
    assert {"Upload-Offset", "Upload-Length", "Tus-Resumable", "ETag", "Content-Range"} <= exposed


def test_an_error_too_carries_what_a_loopback_page_needs_to_read_it(server: ServerProcess) -> None:
    answer = request(server.url, "GET", "/downloads/unknown/a", {"Origin": "http://127.0.0.1:5000"})

    assert answer.code == "not-found"
    assert answer.headers["access-control-allow-origin"] == "http://127.0.0.1:5000"


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/uploads/x", "PATCH", "content-type,tus-resumable,upload-offset"),
        ("/uploads/x", "DELETE", "tus-resumable"),
        ("/downloads/x/a", "GET", "range,if-range"),
    ],
)
def test_a_loopback_pages_preflight_is_answered(server: ServerProcess, path: str, method: str, headers: str) -> None:
    answer = request(
        server.url,
        "OPTIONS",
        path,
        {
            "Origin": "http://127.0.0.1:5000",
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        },
    )

    allowed = {name.strip().lower() for name in answer.headers["access-control-allow-headers"].split(",")}
    methods = {name.strip() for name in answer.headers["access-control-allow-methods"].split(",")}
    assert answer.status in {200, 204}
    assert set(headers.split(",")) <= allowed
    assert method in methods
    assert answer.headers["access-control-allow-origin"] == "http://127.0.0.1:5000"


@pytest.mark.parametrize("origin", [origin for origin in FOREIGN if origin])
def test_a_foreign_page_opens_no_socket(raw: OpenSocket, origin: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        raw(origin=origin)

    assert refused.value.status_code == 403


def test_a_socket_is_not_opened_for_a_foreign_host(raw: OpenSocket) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        raw(host="evil.example", origin="http://evil.example")

    assert refused.value.status_code == 421


@pytest.mark.parametrize("origin", LOOPBACK)
def test_a_loopback_page_opens_a_socket(raw: OpenSocket, origin: str) -> None:
    assert raw(origin=origin).asks("history", "{}")["code"] == "not-joined"


def test_a_program_without_an_origin_opens_a_socket(raw: OpenSocket) -> None:
    assert raw(suppress_origin=True).asks("history", "{}")["code"] == "not-joined"


def test_polling_is_refused(server: ServerProcess) -> None:
    answer = request(server.url, "GET", "/socket.io/?EIO=4&transport=polling")
    posted = request(server.url, "POST", "/socket.io/?EIO=4&transport=polling", {"Content-Type": "text/plain"}, b"40")

    assert 400 <= answer.status < 500
    assert 400 <= posted.status < 500


def test_frames_are_not_compressed(raw: OpenSocket) -> None:
    socket = raw(header=["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"])

    assert socket.socket.handshake_response
    assert "sec-websocket-extensions" not in socket.socket.handshake_response.headers


@pytest.mark.parametrize("length", ["-1", "x", "1_0", "+5", "٣"])
def test_a_content_length_is_digits(server: ServerProcess, length: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    connection.putrequest("PATCH", "/uploads/x")
    for name, value in {
        **TUS,
        "Upload-Offset": "0",
        "Content-Length": length.encode().decode("latin-1"),
    }.items():
        connection.putheader(name, value)
    connection.endheaders()

    answer = read(connection.getresponse())

    assert 400 <= answer.status < 500
    connection.close()
