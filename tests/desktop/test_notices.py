"""Notifications of the system, on a bus of the test's own with a service that takes them."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import Empty

import pytest

from chatapp.desktop.notices import Notices, one_line, unmarked
from tests.desktop.session_bus import PATIENCE, Desktop, session_bus
from tests.tools import end_untested

MakeDesktop = Callable[..., Desktop]
AT_ONCE = 1.0


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeDesktop]:
    """A bus on which a desktop comes when the test says so: `bus()`."""
    if not sys.platform.startswith("linux"):
        end_untested("NOTIFICATIONS ARE SEEN ONLY ON A LINUX BUS: look at them by hand on this system")
    with ExitStack() as ending:
        address = ending.enter_context(session_bus(tmp_path / "bus"))
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

        def desktop(*, answers: bool = True) -> Desktop:
            made = Desktop(address, answers=answers)
            ending.callback(made.close)
            return made

        yield desktop


@pytest.fixture
def clicked() -> threading.Event:
    return threading.Event()


@pytest.fixture
def notices(clicked: threading.Event) -> Notices:
    return Notices(clicked.set)


def until_told(caplog: pytest.LogCaptureFixture) -> str:
    """Wait until the program has noted that there are no notifications."""
    deadline = time.monotonic() + PATIENCE
    while not (told := [one.getMessage() for one in caplog.records if one.name == "chatapp.desktop.notices"]):
        assert time.monotonic() < deadline, "it was never told"
        threading.Event().wait(0.01)
    assert len(told) == 1
    return told[0]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("안녕하세요", "안녕하세요"),
        ("one\n\n\ttwo\r\n", "one two"),
        ("a\x00b\x1b[31mc\x85d\uffff", "ab[31mc d"),
        ("\u202egpj.exe\u2069 \u200fx", "gpj.exe x"),
        ("👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        ("가" * 21, "가" * 19 + "…"),
        ("가" * 18 + " 나다", "가" * 18 + "…"),
    ],
)
def test_what_is_shown_is_one_line_without_controls_and_not_too_long(said: str, shown: str) -> None:
    assert one_line(said, 20) == shown


def test_only_linux_would_take_a_text_for_markup() -> None:
    assert unmarked("<b>1 & 2</b>", "linux") == "&lt;b&gt;1 &amp; 2&lt;/b&gt;"
    assert unmarked("<b>1 & 2</b>", "win32") == unmarked("<b>1 & 2</b>", "darwin") == "<b>1 & 2</b>"


def test_the_desktop_shows_who_said_what_as_plain_text(bus: MakeDesktop, notices: Notices) -> None:
    desktop = bus()
    notices.show("준", '<a href="http://evil.test/">안녕</a>\n' + "가" * 300)

    shown = desktop.sees()
    assert (shown.program, shown.icon, shown.title) == ("ChatApp", "chatapp", "준")
    assert shown.text.startswith('&lt;a href="http://evil.test/"&gt;안녕&lt;/a&gt; 가가')
    assert len(shown.text) < 250
    assert shown.text.endswith("가…")


def test_who_chooses_a_notification_gets_the_window(
    bus: MakeDesktop, notices: Notices, clicked: threading.Event
) -> None:
    desktop = bus()
    notices.show("Sora", "hello")
    desktop.sees()

    deadline = time.monotonic() + PATIENCE
    # The program knows its number once the desktop's answer has come.
    while not clicked.wait(0.05):
        assert time.monotonic() < deadline, "the click was never heard"
        desktop.clicks(1)


def test_without_a_desktop_nothing_happens_and_one_that_comes_later_shows_the_next(
    bus: MakeDesktop, notices: Notices, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    notices.show("준", "nobody shows this secret")
    assert "secret" not in until_told(caplog)

    desktop = bus()
    deadline = time.monotonic() + PATIENCE
    while desktop.shown.empty():
        assert time.monotonic() < deadline, "it was never shown"
        notices.show("준", "hello")
        threading.Event().wait(0.05)
    assert desktop.sees().text == "hello"
    assert [one.levelno for one in caplog.records if one.levelno > logging.INFO] == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the system itself is the service")
def test_without_a_bus_nothing_happens(
    notices: Notices, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    notices.show("준", "hello")
    until_told(caplog)
    assert [one.levelno for one in caplog.records if one.levelno > logging.INFO] == []


def test_a_desktop_that_never_answers_holds_up_nobody(bus: MakeDesktop, notices: Notices) -> None:
    desktop = bus(answers=False)
    notices.show("준", "first")
    assert desktop.sees().text == "first"

    begun = time.monotonic()
    for number in range(100):
        notices.show("준", f"more {number}")
    assert time.monotonic() - begun < AT_ONCE
    with pytest.raises(Empty):
        desktop.shown.get(timeout=0.2)
