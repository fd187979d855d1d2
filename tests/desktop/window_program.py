"""The program with its real window, and a line to the test: a command in, JSON of its answer out.

The window is the product's own; only the line is not. It runs a script in the page, as a person's eyes would read it.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from chatapp.desktop.start import run_in
from chatapp.desktop.window import PywebviewShell
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


def serve(shell: PywebviewShell) -> None:
    """Run each line's expression in the page; its value comes back by way of what the page keeps."""
    for number, line in enumerate(sys.stdin):
        shell._window.run_js(ASK % (json.loads(line), number))


def main() -> None:
    folder = Path(sys.argv[1])
    settings = Settings(bind="127.0.0.1", port=0, announce=False, page=Path(sys.argv[2]))
    shell = PywebviewShell()
    threading.Thread(target=serve, args=(shell,), daemon=True).start()
    run_in(settings, folder, shell, hosts=False, joins=None)


if __name__ == "__main__":
    main()
