"""Which window there can be, and the plainer ones."""

import os
import sys
import webbrowser
from pathlib import Path
from threading import Thread

import pytest

from chatapp.desktop.kept import Kept
from chatapp.desktop.shells import (
    WEBVIEW2_KEYS,
    BrowserTab,
    BrowserWindow,
    best_shell,
    has_display,
    has_webview2,
)
from tests.desktop.waiting import wait_for


@pytest.mark.parametrize(
    ("environment", "platform", "there"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "win32", True),
        ({}, "darwin", True),
    ],
)
def test_a_window_needs_a_screen(environment: dict[str, str], platform: str, there: bool) -> None:
    assert has_display(environment, platform) == there


@pytest.mark.parametrize("place", WEBVIEW2_KEYS)
def test_a_webview2_is_known_from_any_of_its_keys(place: str) -> None:
    assert has_webview2({place: "141.0.1.2"}.get)
    assert not has_webview2({place: "0.0.0.0"}.get)
    assert not has_webview2({place: ""}.get)


def test_without_a_webview2_there_is_none() -> None:
    assert not has_webview2(lambda _: None)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can be without a screen")
def test_without_a_screen_the_page_is_for_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    shell = best_shell()
    assert isinstance(shell, BrowserTab)
    assert (shell.why, shell.saves) == ("no-display", False)
    assert shell.ask_where("사진.zip") is None


def test_a_tab_is_opened_and_the_program_runs_until_the_page_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"
    browser = webbrowser.GenericBrowser([sys.executable, "-c", note, str(tmp_path / "opened"), "%s"])
    monkeypatch.setattr("webbrowser._tryorder", ["noting"])
    monkeypatch.setattr("webbrowser._browsers", {"noting": [None, browser]})
    tab = BrowserTab("no-display")
    runs = Thread(target=tab.run, args=("http://127.0.0.1:1/#native=c", Kept(tmp_path / "kept")), daemon=True)

    runs.start()
    wait_for(tmp_path / "opened")
    tab.call()
    tab.stay()
    runs.join(0.3)
    assert runs.is_alive()
    tab.end()
    runs.join(10)
    assert not runs.is_alive()
    assert (tmp_path / "opened").read_text() == "http://127.0.0.1:1/#native=c"


@pytest.mark.skipif(sys.platform == "win32", reason="the browser of this test is a shell script")
def test_a_browsers_window_has_a_profile_of_its_own_that_is_gone_with_it(tmp_path: Path) -> None:
    program, started = tmp_path / "chromium", tmp_path / "started"
    tells = f'printf "%s\\n" "$@" > "{started}.new" && mv "{started}.new" "{started}"'
    program.write_text(f'#!/bin/sh\n{tells}\nexec cat "{tmp_path}/pipe"\n')
    program.chmod(0o700)
    os.mkfifo(tmp_path / "pipe")
    window = BrowserWindow(str(program), "no-toolkit")
    runs = Thread(target=window.run, args=("http://127.0.0.1:1/#native=c", Kept(tmp_path / "kept")), daemon=True)

    window.end()
    runs.start()
    wait_for(started)
    words = started.read_text().splitlines()
    profile = Path(next(word for word in words if word.startswith("--user-data-dir=")).partition("=")[2])
    assert "--app=http://127.0.0.1:1/#native=c" in words
    assert profile.is_dir()
    assert window.ask_where("사진.zip") is None

    window.end()
    runs.join(10)
    assert not runs.is_alive()
    assert not profile.exists()
