"""The program with its real window, and a line to the test: a command in, JSON of its answer out.

The window is the product's own; only the line is not. It runs a script in the page, as a person's eyes would read it.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from chatapp.desktop.shells import RunningShell
from chatapp.desktop.start import run_in
from chatapp.desktop.system_window import SystemWindow
from chatapp.settings import Settings

ASK = """
(async () => {
  let value;
  try { value = await (async () => (%s))(); } catch (error) { value = {failed: String(error)}; }
  await fetch("/native/keep", {
    method: "POST",
    headers: {"X-ChatApp-Key": sessionStorage.getItem("chatapp:native")},
    body: JSON.stringify({key: "test:answer:%d", value: JSON.stringify(value ?? null)}),
  });
})(); "";
"""


def serve(run: Callable[[str], None]) -> None:
    """Run each line's expression in the page; its value comes back by way of what the page keeps."""
    for number, line in enumerate(sys.stdin):
        run(ASK % (json.loads(line), number))


def shell_and_eyes(kind: str) -> tuple[RunningShell, Callable[[str], None]]:
    """One of the product's windows, and how a script is run in its page."""
    if kind == "system":
        shown = SystemWindow()
        return shown, lambda script: shown._tell(run=script)
    from chatapp.desktop.window import PywebviewShell

    window = PywebviewShell()
    return window, lambda script: window._window.run_js(script)  # noqa: PLW0108  # the window is made later


def main() -> None:
    folder = Path(sys.argv[1])
    finds_rooms = "finds rooms" in sys.argv[4:]
    settings = Settings(bind="127.0.0.1", port=0, announce=finds_rooms, page=Path(sys.argv[2]))
    shell, run = shell_and_eyes(sys.argv[3])
    threading.Thread(target=serve, args=(run,), daemon=True).start()
    run_in(settings, folder, shell, hosts=False, joins=None)


if __name__ == "__main__":
    main()
