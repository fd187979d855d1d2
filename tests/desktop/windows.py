"""A person in front of the real window: a screen, a mouse, a keyboard, and eyes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import pytest
from Xlib.display import Display
from Xlib.protocol.event import ClientMessage
from Xlib.X import CurrentTime

from chatapp.desktop.kept import Kept
from chatapp.settings import page_folder
from scripts._setup import ROOT
from tests.tools import end_untested, need

PATIENCE = 30.0
SYSTEM_PACKAGES = Path("/usr/lib/python3/dist-packages")
"""Where Debian keeps GTK's bindings; the venv's Python may use them when it is of the same version."""

NEAR = """(() => {
  const texts = [...document.querySelectorAll("button, a, input, textarea, summary")];
  const named = (one) => (one.getAttribute("aria-label") ?? one.textContent ?? "").trim();
  const found = texts.find((one) => named(one) === %s || one.matches(%s));
  if (!found) return null;
  found.scrollIntoView({block: "nearest"});
  const box = found.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})()"""


@contextmanager
def screen() -> Iterator[str]:
    """An X display of one's own; its name."""
    program, (read, write) = need("Xvfb"), os.pipe()
    command = [str(program), "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


def bindings(folder: Path) -> Path:
    """A folder with GTK's bindings for this Python; without them the test is skipped, or fails in CI."""
    suffix = f"cpython-{sys.version_info.major}{sys.version_info.minor}-*"
    if not list(SYSTEM_PACKAGES.glob(f"gi/_gi.{suffix}")):
        end_untested("GTK'S BINDINGS ARE MISSING FOR THIS PYTHON: Debian's python3-gi and python3-gi-cairo")
    folder.mkdir()
    for name in ("gi", "cairo"):
        (folder / name).symlink_to(SYSTEM_PACKAGES / name)
    return folder


def surroundings(display: str, folder: Path) -> dict[str, str]:
    """The variables of a program on a display, at home in a folder."""
    return {
        **os.environ,
        "DISPLAY": display,
        "PYTHONPATH": str(bindings(folder / "bindings")),
        "PYWEBVIEW_GUI": "gtk",
        "GDK_BACKEND": "x11",
        "NO_AT_BRIDGE": "1",
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # root has no user namespaces to give
        "HOME": str(folder),
    }


class Window:
    """One person's window, on a screen of its own."""

    def __init__(
        self,
        display: str,
        folder: Path,
        name: str,
        language: str,
        kind: str = "pywebview",
        network: Sequence[str] = (),
    ) -> None:
        """`kind`: pywebview in the program, or the window of the system's own Python.

        network: the command that runs another one on a network of the test's own; only there rooms are looked for.
        """
        self.folder, self.clicks, self.keys = folder, 0, 0
        Kept(folder / "kept").set("chatapp:name", name)  # as of last time
        Kept(folder / "kept").set("chatapp:look", json.dumps({"language": language, "theme": "light"}))
        self._environment = surroundings(display, folder)
        told = [str(folder), str(page_folder()), kind, *(["finds rooms"] if network else [])]
        command = [*network, sys.executable, "-m", "tests.desktop.window_program", *told]
        with (folder / "errors.txt").open("wb") as errors:
            self.program = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdin=subprocess.PIPE, stderr=errors, text=True
            )
        self._clipboard: subprocess.Popen[bytes] | None = None
        self._asked = 0
        self._title = "ChatApp"

    def __enter__(self) -> Self:
        self._do("xdotool", "search", "--sync", "--onlyvisible", "--name", self._title)
        return self

    def __exit__(self, *_: object) -> None:
        self._ends(self.program)
        self._ends(self._clipboard)

    # -- eyes -------------------------------------------------------------------------------------

    def sees(self, expression: str) -> Any:
        """Wait until a script's expression is true in the page; its value."""
        deadline = time.monotonic() + PATIENCE
        while not (value := self._ask(expression)) or (isinstance(value, dict) and "failed" in value):
            if time.monotonic() > deadline:
                self.photographs("failed.png")
                pytest.fail(f"never saw {expression}, last {value!r}; {self._errors()}")
        return value

    def _sees_within(self, seconds: float, expression: str) -> bool:
        deadline = time.monotonic() + seconds
        while not (value := self._ask(expression)) and time.monotonic() < deadline:
            pass
        return bool(value)

    def reads(self, text: str) -> None:
        """Wait until a text stands in the page."""
        self.sees(f"document.body.innerText.includes({json.dumps(text)})")

    def photographs(self, name: str) -> Path:
        """A picture of the whole screen."""
        path = self.folder / name
        self._do("import", "-window", "root", str(path))
        return path

    def _ask(self, expression: str) -> Any:
        key = f"test:answer:{self._asked}"
        assert self.program.stdin
        self.program.stdin.write(json.dumps(expression) + "\n")
        self.program.stdin.flush()
        self._asked += 1
        return self._answer(key)

    def _answer(self, key: str) -> Any:
        """None when the page was just changing and the question went with it."""
        kept, deadline = Kept(self.folder / "kept"), time.monotonic() + 2
        while time.monotonic() < deadline:
            if (told := kept.everything().get(key)) is not None:
                kept.remove(key)
                return json.loads(told)
            time.sleep(0.02)
        return None

    def _errors(self) -> str:
        return (self.folder / "errors.txt").read_text(errors="replace")[-2000:]

    # -- hands ------------------------------------------------------------------------------------

    def clicks_on(self, name: str) -> None:
        """Press what is called so, or what a selector finds, with the mouse."""
        x, y = self.sees(NEAR % (json.dumps(name), json.dumps(name if name.startswith("[") else "[data-none]")))
        self._do("xdotool", "mousemove", str(int(x) + self._left[0]), str(int(y) + self._left[1]), "click", "1")
        self.clicks += 1

    def types(self, text: str) -> None:
        self._do("xdotool", "type", "--delay", "15", text)
        self.keys += len(text)

    def presses(self, *keys: str) -> None:
        self._do("xdotool", "key", *keys)
        self.keys += len(keys)

    def picks(self, path: Path) -> None:
        """Tell the system's dialog that asks for files which one."""
        self._gives(path, "Select Files", "ctrl+l")

    def saves_as(self, path: Path) -> None:
        """Tell the system's dialog where a file is to go."""
        self._gives(path, "Save file", "ctrl+a")

    def _gives(self, path: Path, title: str, key: str) -> None:
        """Pasted, for the dialog completes what is typed into something else."""
        self._do("xdotool", "search", "--sync", "--onlyvisible", "--name", title)
        written = self.folder / "path.txt"
        written.write_text(str(path))
        self._copies(written, "UTF8_STRING")
        self.presses(key, "ctrl+v")
        deadline = time.monotonic() + PATIENCE
        search = [str(need("xdotool")), "search", "--onlyvisible", "--name", title]
        # The clipboard answers when it likes: Enter counts once the path is there.
        while subprocess.run(search, env=self._environment, capture_output=True, check=False).returncode == 0:
            assert time.monotonic() < deadline, "the dialog never closed"
            self.presses("Return")

    def copies_picture(self, path: Path) -> None:
        """Put a picture into the clipboard, as a screenshot program does."""
        self._copies(path, "image/png")

    def _copies(self, path: Path, kind: str) -> None:
        self._ends(self._clipboard)
        command = [str(need("xclip")), "-quiet", "-selection", "clipboard", "-t", kind, "-i", str(path)]
        # It holds what was copied while it runs.
        self._clipboard = subprocess.Popen(
            command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        owned = [str(need("xclip")), "-selection", "clipboard", "-o", "-t", "TARGETS"]
        deadline = time.monotonic() + PATIENCE
        while (
            kind.encode() not in subprocess.run(owned, env=self._environment, capture_output=True, check=False).stdout
        ):
            assert time.monotonic() < deadline, "the clipboard never had it"

    def _ends(self, program: subprocess.Popen[Any] | None) -> None:
        if program is not None:
            program.kill()
            program.communicate()

    def wants_to_close(self, question: str) -> None:
        """Press the window's own close button, and see the question; pressed once more where the press got lost."""
        for _ in range(3):
            self._presses_close()
            if self._sees_within(5, f"document.body.innerText.includes({json.dumps(question)})"):
                return
        pytest.fail(f"never saw {question}; {self._errors()}")

    def closes(self) -> None:
        """Press the window's own close button where nothing is asked, and see the program end."""
        for _ in range(3):
            self._presses_close()
            with suppress(subprocess.TimeoutExpired):
                assert self.program.wait(10) == 0
                return
        pytest.fail(f"never ended; {self._errors()}")

    def _presses_close(self) -> None:
        shown = self._do("xdotool", "search", "--onlyvisible", "--name", self._title).split()
        with closing(Display(self._environment["DISPLAY"])) as display:
            window = display.create_resource_object("window", int(shown[-1]))
            close = (32, [display.intern_atom("WM_DELETE_WINDOW"), CurrentTime, 0, 0, 0])
            window.send_event(ClientMessage(window=window, client_type=display.intern_atom("WM_PROTOCOLS"), data=close))
            display.sync()

    @property
    def _left(self) -> tuple[int, int]:
        """Where the page begins on the screen."""
        told = self._do("xdotool", "search", "--onlyvisible", "--name", self._title, "getwindowgeometry", "--shell")
        at = dict(line.split("=") for line in told.split() if "=" in line)
        return int(at["X"]), int(at["Y"])

    def _do(self, *command: str) -> str:
        program = need(command[0])
        done = subprocess.run(
            [str(program), *command[1:]],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr, self._errors())
        return done.stdout
