"""`chatapp host --no-window` as a script sees it: its lines, its files, its end."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import OpenRoom
from tests.contract.people import Company
from tests.contract.wire import request
from tests.server_process import ROOT, ServerProcess

OPEN = re.compile(r"Room open at http://([0-9.]+|\[[0-9a-f:]+\]):(\d+)/\Z")
posix = pytest.mark.skipif(os.name != "posix", reason="modes and signals as POSIX has them")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chatapp", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )


def test_it_prints_each_address_and_then_the_hosts_page(server: ServerProcess) -> None:
    *addresses, host_page = server.lines

    found = [OPEN.match(line) for line in addresses]
    assert found
    assert all(found), server.lines
    assert {match[2] for match in found if match} == {str(server.port)}
    assert "127.0.0.1" in {match[1] for match in found if match}
    assert host_page == f"Host page: http://127.0.0.1:{server.port}/#host={server.host_token}"


def test_the_room_answers_once_the_lines_are_there(server: ServerProcess) -> None:
    assert request(server.url, "GET", "/healthz").status == 200


def test_the_host_token_lies_in_the_data_folder_for_its_owner_alone(server: ServerProcess) -> None:
    assert server.data is not None
    path = server.data / "host-token"

    assert path.read_text("utf-8").strip() == server.host_token
    assert len(server.host_token) >= 22
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600


@posix
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_in_order_on_a_signal(open_room: OpenRoom, how: signal.Signals) -> None:
    server = open_room()
    room = Company(server)
    minji = room.enters("민지")
    begin = time.monotonic()

    server.process.send_signal(how)
    code = server.wait()

    assert code == 0
    assert time.monotonic() - begin < 3
    minji.is_cut_off()
    assert minji.heard("room-closed") == [{"reason": "stopping"}]
    room.all_go()


@posix
def test_it_stops_in_order_while_files_move_and_sockets_idle(open_room: OpenRoom) -> None:
    server = open_room()
    room = Company(server)
    minji, jun = room.enters("민지"), room.enters("준")
    offer = minji.offers(("a.bin", 100))
    ticket = jun.accepts(offer)["downloads"][0]["url"]
    with socket.create_connection(("127.0.0.1", server.port)) as waiting:
        waiting.sendall(f"GET {ticket} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        assert waiting.recv(12) == b"HTTP/1.1 200"
        begin = time.monotonic()
        server.interrupt()
        assert server.wait() == 0
        assert time.monotonic() - begin < 3
    room.all_go()


def test_a_port_that_is_taken_ends_it_with_one_line_that_says_so(server: ServerProcess) -> None:
    ended = run("host", "--no-window", "--port", str(server.port))

    said = (ended.stdout + ended.stderr).strip()
    assert ended.returncode == 1
    assert len(said.splitlines()) == 1
    assert str(server.port) in said


def test_without_a_port_it_takes_27272_or_the_next_free_one(tmp_path: Path) -> None:
    with socket.socket() as taken:
        try:
            taken.bind(("0.0.0.0", 27272))
            taken.listen()
        except OSError:
            pass  # Somebody else has it, which is as good.
        server = ServerProcess(data=tmp_path, port=None)

        assert 27273 <= server.port <= 27372
        server.stop()


@posix
def test_a_temporary_room_leaves_nothing_behind(tmp_path: Path) -> None:
    server = ServerProcess(environment={"TMPDIR": str(tmp_path)})
    room = Company(server)
    room.enters("민지").says("아무도 기억하지 않는다")
    assert list(tmp_path.iterdir())

    room.all_go()
    server.stop()

    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    arguments = ("--title", "우리 반", "--pin", "2468", "--bind", "127.0.0.1")
    server = ServerProcess(*arguments, data=tmp_path_factory.mktemp("configured"))
    yield server
    server.stop()


def test_title_and_pin_are_the_rooms(configured: ServerProcess) -> None:
    said = request(configured.url, "GET", "/healthz").json()["room"]

    assert (said["title"], said["pin"]) == ("우리 반", True)


def test_bind_narrows_it_to_one_address(configured: ServerProcess) -> None:
    assert [line.split("//")[1].split(":")[0] for line in configured.lines[:2]] == ["127.0.0.1", "127.0.0.1"]


def test_the_pin_is_in_the_shared_link_alone_after_the_lines_that_scripts_read(configured: ServerProcess) -> None:
    room_open, host_page, shared = configured.lines

    assert OPEN.match(room_open)
    assert "pin" not in host_page
    assert shared == f"Link with the PIN: {configured.url}/#pin=2468"


def test_a_room_without_a_window_has_no_member_of_its_own(configured: ServerProcess) -> None:
    company = Company(configured)

    assert [member["name"] for member in company.enters("민지", pin="2468").welcome["members"]] == ["민지"]
    company.all_go()


def test_version_is_one_line() -> None:
    ended = run("--version")

    assert ended.returncode == 0
    assert re.fullmatch(r"(chatapp )?\d+\.\d+\.\d+\S*", ended.stdout.strip())


@pytest.mark.parametrize(
    "arguments",
    [
        ["host", "--port", "x"],
        ["host", "--port", "70000"],
        ["host", "--pin", "12"],
        ["host", "--grace", "-1"],
        ["host", "--members", "0"],
        ["nonsense"],
    ],
)
def test_arguments_that_are_none_are_refused_in_words(arguments: list[str]) -> None:
    ended = run(*arguments)

    assert ended.returncode not in {0, -9}
    assert ended.stderr
    assert "Traceback" not in ended.stderr
