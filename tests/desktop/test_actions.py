"""What the page in the window may ask of the program."""

import json
import socket
import sys
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chatapp.desktop.actions import Actions
from chatapp.desktop.program import Program, Target
from chatapp.errors import Refused
from chatapp.settings import Settings
from tests.desktop.scripted import Scripted, plain, whole
from tests.desktop.waiting import wait_for
from tests.server_process import ServerProcess

DATA = b"0123456789"
PRINT = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"


@dataclass
class Chooser:
    """A window whose person always wants the file in one place, or nowhere."""

    where: Path | None = None
    why: str | None = None
    saves: bool = True
    asked: list[str] = field(default_factory=list)

    def ask_where(self, name: str) -> Path | None:
        self.asked.append(name)
        return self.where

    def attract(self) -> None:
        self.asked.append("attract")

    def call(self) -> None:
        self.asked.append("call")

    def end(self) -> None:
        self.asked.append("end")

    def stay(self) -> None:
        self.asked.append("stay")


class Desk:
    """민지's program without its window."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        page = folder / "page"
        page.mkdir()
        chosen: dict[str, Any] = {"page": page, "bind": "127.0.0.1", "port": 0, "reserve": 0, **settings}
        self.program, self.shell = Program(Settings(**chosen), folder / "민지"), Chooser()
        self.actions = Actions(self.program, self.shell)

    def ask(self, action: str, **body: object) -> Any:
        return self.actions.by_name()[action](json.dumps(body).encode())

    def save(self, room: Scripted, path: str = "/downloads/t/n", sha256: str | None = None) -> Any:
        self.program.target = Target(room.url)
        return self.ask("save", path=path, name="사진.zip", sha256=sha256)

    def close(self) -> None:
        self.program.back()
        self.actions.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the system's browser, here a program of a line, notes what it was to open."""
    noted = tmp_path / "opened"
    note = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"
    browser = webbrowser.GenericBrowser([sys.executable, "-c", note, str(noted), "%s"])
    monkeypatch.setattr("webbrowser._tryorder", ["noting"])
    monkeypatch.setattr("webbrowser._browsers", {"noting": [None, browser]})
    return noted


# -- rooms ----------------------------------------------------------------------------------------


def test_a_room_is_hosted_shown_and_erased_when_it_is_left(desk: Desk) -> None:
    assert desk.ask("host", name="민지", title="3학년 2반") == {"ok": True}

    state = desk.ask("state")
    assert state["target"]["name"] == "민지"
    assert state["target"]["host"]
    assert state["goesOn"]  # it would be, were the program killed now
    with socket.create_connection(("127.0.0.1", int(state["target"]["address"].rpartition(":")[2]))):
        pass

    desk.ask("back")
    assert desk.ask("state")["target"] is None
    assert not desk.ask("state")["goesOn"]


def test_a_port_that_is_taken_is_said_to_be_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        desk = Desk(tmp_path, port=taken.getsockname()[1])
        assert desk.ask("host", name="민지") == {"ok": False, "reason": "port"}
        assert desk.ask("state")["target"] is None
        desk.close()


def test_a_disk_on_which_no_room_can_be_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    desk = Desk(tmp_path, data=tmp_path / "a file")

    assert desk.ask("host", name="민지") == {"ok": False, "reason": "disk"}
    desk.close()


def test_a_room_is_joined_shown_and_noted(desk: Desk, server: ServerProcess) -> None:
    assert desk.ask("join", address=f"{server.url}/#pin=0429", name="민지") == {"ok": True}

    state = desk.ask("state")
    assert state["target"] == {"address": server.url, "name": "민지", "host": None, "pin": "0429", "joins": True}
    assert [room["address"] for room in state["recent"]] == [server.url]


def test_a_room_that_is_not_there_leaves_everything_as_it_was(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert desk.ask("join", address=f"127.0.0.1:{port}") == {"ok": False, "reason": "refused"}
    assert desk.ask("join", address="민지네") == {"ok": False, "reason": "address"}
    state = desk.ask("state")
    assert (state["target"], state["recent"]) == (None, [])


def test_nothing_is_looked_for_where_nothing_is_announced(desk: Desk) -> None:
    assert desk.ask("found") == []


# -- values ---------------------------------------------------------------------------------------


def test_the_page_keeps_and_forgets(desk: Desk) -> None:
    assert desk.ask("keep", key="chatapp:draft", value="안녕") == {"ok": True}
    assert desk.ask("state")["kept"] == {"chatapp:draft": "안녕"}
    assert desk.ask("keep", key="chatapp:draft") == {"ok": True}
    assert desk.ask("state")["kept"] == {}


def test_the_page_hears_that_nothing_was_kept(desk: Desk) -> None:
    (desk.program.folder / "kept").rmdir()
    assert desk.ask("keep", key="chatapp:draft", value="안녕") == {"ok": False}


# -- files ----------------------------------------------------------------------------------------


def test_a_file_is_saved_where_the_person_wants_it(desk: Desk, tmp_path: Path) -> None:
    desk.shell.where = tmp_path / "내 사진.zip"
    with Scripted(whole(DATA)) as room:
        assert desk.save(room, sha256=PRINT) == {"outcome": "saved", "name": "내 사진.zip"}

    assert desk.shell.asked == ["사진.zip"]
    assert desk.shell.where.read_bytes() == DATA


def test_a_file_is_held_against_the_print_that_the_page_knows(desk: Desk, tmp_path: Path) -> None:
    desk.shell.where = tmp_path / "내 사진.zip"
    with Scripted(whole(b"another")) as room:
        assert desk.save(room, sha256=PRINT)["outcome"] == "damaged"


def test_a_file_that_the_person_wants_nowhere_is_not_asked_for(desk: Desk) -> None:
    with Scripted(whole(DATA)) as room:
        assert desk.save(room) == {"outcome": "cancelled"}
        assert room.heads == []


@pytest.mark.parametrize("path", ["/native/quit", "downloads/t/n", "@127.0.0.1/downloads/t", "", "/downloadsx"])
def test_nothing_but_a_download_of_the_room_is_saved(desk: Desk, tmp_path: Path, path: str) -> None:
    desk.shell.where = tmp_path / "n"
    with Scripted(whole(DATA)) as room, pytest.raises(Refused, match="malformed"):
        desk.save(room, path)
    assert (room.heads, desk.shell.asked) == ([], [])


def test_without_a_room_nothing_is_saved(desk: Desk) -> None:
    with pytest.raises(Refused, match="malformed"):
        desk.ask("save", path="/downloads/t/n", name="n")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the file manager is found by PATH on Linux alone")
@pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")  # as it should
def test_the_file_that_was_saved_last_is_shown(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shows, shown = tmp_path / "bin" / "xdg-open", tmp_path / "shown"
    shows.parent.mkdir()
    shows.write_text(f'#!/bin/sh\nprintf %s "$1" > "{shown}.new" && /bin/mv "{shown}.new" "{shown}"\n')
    shows.chmod(0o700)
    monkeypatch.setenv("PATH", str(shows.parent))

    desk.ask("reveal")
    folder = tmp_path / "받은 파일"
    folder.mkdir()
    desk.shell.where = folder / "a"
    with Scripted(whole(DATA), plain("404 Not Found")) as room:
        desk.save(room)
        desk.shell.where = tmp_path / "b"
        assert desk.save(room) == {"outcome": "gone", "name": "b"}
    desk.ask("reveal")

    wait_for(shown)
    assert shown.read_text() == str(folder)


def test_a_file_manager_that_is_not_there_is_no_error(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    desk.ask("logs")
    assert "does not start" in caplog.text


# -- the rest -------------------------------------------------------------------------------------


def test_a_link_of_a_message_is_opened_in_the_browser(desk: Desk, opened: Path) -> None:
    desk.ask("open", url="https://example.invalid/한글?a=1&b=2")
    assert opened.read_text() == "https://example.invalid/한글?a=1&b=2"


@pytest.mark.parametrize("url", ["HTTP://a.invalid/", "http://["])
def test_a_link_need_not_make_sense_to_be_the_browsers_matter(desk: Desk, opened: Path, url: str) -> None:
    desk.ask("open", url=url)
    assert opened.read_text() == url


@pytest.mark.parametrize(
    "url", ["file:///bin/sh", "javascript:alert(1)", "ms-cmd:x", "/bin/sh", "--help", "", "http", " http://a"]
)
def test_what_is_no_link_is_not_opened(desk: Desk, opened: Path, url: str) -> None:
    with pytest.raises(Refused, match="malformed"):
        desk.ask("open", url=url)
    assert not opened.exists()


def test_the_window_is_told_to_end_or_to_stay(desk: Desk) -> None:
    desk.ask("stay")
    desk.ask("quit")
    assert desk.shell.asked == ["stay", "end"]
