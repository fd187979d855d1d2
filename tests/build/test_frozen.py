"""The packed program, started as people start it, from places where people put it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatapp import __version__
from tests.build.conftest import OpenFrozen
from tests.build.packing import EDITION, program_in
from tests.contract.people import Company, Person
from tests.contract.pictures import data_url, png
from tests.contract.transfers import give, take
from tests.contract.wire import request
from tests.server_process import ServerProcess

Together = Callable[[ServerProcess], Company]
posix = pytest.mark.skipif(os.name != "posix", reason="other users, modes and closed streams as POSIX has them")
FILE = os.urandom(3_000_000)
NOBODY = 65534
SOMEBODY = (
    ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    if hasattr(os, "geteuid") and os.geteuid() == 0
    else ()
)
"""Root may write anywhere, so another user starts the program; one who is not root is somebody else already."""


def version_said_by(*command: Path | str) -> str:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


def test_it_tells_its_version(program: Path) -> None:
    assert version_said_by(program, "--version") == f"chatapp {__version__}"


def test_the_single_file_tells_it_too(dist: Path) -> None:
    assert version_said_by(dist / EDITION.single_file, "--version") == f"chatapp {__version__}"


@pytest.mark.parametrize("form", ["folder", "single file"])
def test_people_talk_show_and_give_in_its_room(form: str, frozen: OpenFrozen, dist: Path, together: Together) -> None:
    program = {} if form == "folder" else {"program": [str(dist / EDITION.single_file)]}
    room = together(frozen(**program))
    minji, jun = room.enters("민지"), room.enters("준")

    minji.says("안녕하세요")
    minji.shows(data_url(png(32, 20)))
    offer = minji.offers(("과제.pdf", len(FILE)))
    jun.accepts(offer)
    give(minji, offer, FILE)

    assert take(jun, offer) == FILE
    assert jun.hears("posted", lambda entry: entry["kind"] == "said")["text"] == "안녕하세요"
    assert jun.hears("posted", lambda entry: entry["kind"] == "shown")["width"] == 32


def test_its_page_comes_with_all_its_parts_and_the_licences(frozen: OpenFrozen) -> None:
    url = frozen().url
    page = request(url, "GET", "/").body.decode()
    parts = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)

    assert len(parts) == 2
    assert [request(url, "GET", part).status for part in parts] == [200, 200]
    assert "Flask" in request(url, "GET", "/notice.txt").body.decode()


@posix
def test_it_runs_read_only_from_a_korean_folder_for_somebody_else_without_a_locale(
    korean_folder: Path, frozen: OpenFrozen, together: Together
) -> None:
    before = sorted(korean_folder.rglob("*"))
    program = program_in(korean_folder)
    bare = ("env", "-i", "LANG=C", "PATH=/usr/bin:/bin", f"TMPDIR={korean_folder.parent.parent}")
    server = frozen(program=[*SOMEBODY, *bare, str(program)], data=korean_folder.parent.parent / "방")

    assert together(server).enters("민지").says("읽기만 되는 폴더에서") > 0
    server.stop()
    assert sorted(korean_folder.rglob("*")) == before


@posix
def test_it_needs_no_terminal(program: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [str(program), "host", "--no-window", "--port", str(port), "--data", str(tmp_path / "room")]
    closed = ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', *command]
    with subprocess.Popen(closed) as process:
        try:
            wait_for(lambda: answers(port))
            say_and_close(port, (tmp_path / "room" / "host-token").read_text("ascii"))
            assert process.wait(10) == 0
        finally:
            process.kill()
    assert b"SQLite" in (tmp_path / "room" / "room.sqlite3").read_bytes()[:16]


def test_two_run_at_once_each_with_its_own_port(frozen: OpenFrozen, tmp_path: Path, together: Together) -> None:
    first, second = frozen(port=None), frozen(port=None, data=tmp_path / "other")

    assert first.port != second.port
    for server in (first, second):
        assert together(server).enters("민지").says(str(server.port)) > 0


def test_killed_and_started_again_it_goes_on(frozen: OpenFrozen, together: Together) -> None:
    server = frozen()
    minji = together(server).enters("민지")
    minji.says("죽기 전")
    server.kill()

    again = frozen(port=server.port)
    back = together(again).enters("민지", minji.token, since=0)

    assert [entry["text"] for entry in back.reads_all() if entry["kind"] == "said"] == ["죽기 전"]
    assert [entry["kind"] for entry in back.reads_all()].count("joined") == 1


def test_it_stops_in_order_within_three_seconds(frozen: OpenFrozen, together: Together) -> None:
    server = frozen()
    minji = together(server).enters("민지")
    begin = time.monotonic()

    server.interrupt()

    assert server.wait() == 0
    assert time.monotonic() - begin < 3
    assert minji.hears("room-closed") == {"reason": "stopping"}


# -- how ----------------------------------------------------------------------------------------------


@pytest.fixture
def korean_folder(unpacked: Path) -> Iterator[Path]:
    """The program in a folder that nobody may write to, where everybody may go; pytest's own are for one user alone."""
    with tempfile.TemporaryDirectory() as base:
        Path(base).chmod(0o777)  # another user's data lie here too
        place = shutil.copytree(unpacked, Path(base, "한글 폴더", "내 앱"), symlinks=True)
        for path in (place, *place.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)
        yield place
        for path in (place, *place.rglob("*")):
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def answers(port: int) -> bool:
    """Whether a room answers there."""
    try:
        return request(f"http://127.0.0.1:{port}", "GET", "/healthz").status == 200
    except OSError:
        return False


def say_and_close(port: int, host_token: str) -> None:
    """The host comes in, says something, and closes the room."""
    host = Person(f"http://127.0.0.1:{port}", host_token)
    host.joins("민지")
    host.says("끝")
    host.does("close")
    host.is_cut_off()
    host.closes()
