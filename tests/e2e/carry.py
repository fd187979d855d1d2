"""How files get into a person's browser, and what came out of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.e2e.person import Person

COPIES_ALLOWED = 1


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def pick_folder(person: Person, folder: Path) -> None:
    """Picks a folder in the system's dialog and sends it."""
    with person.page.expect_file_chooser() as chooser:
        person.page.get_by_role("button", name=person.words["send folder"]).click()
    chooser.value.set_files(folder)
    person.sends_what_waits()


def drag_in(person: Person, *paths: Path) -> None:
    """Drags files and folders from the disk into Chromium's window, and sends what the tray then shows."""
    session = person.context.new_cdp_session(person.page)
    data: dict[str, Any] = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": COPIES_ALLOWED}
    for step in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": step, "x": 200, "y": 300, "data": data})
    session.detach()
    expect(person.tray.get_by_role("listitem")).to_have_count(len(paths))
    person.sends_what_waits()


def received(person: Person, count: int) -> dict[str, str]:
    """The names and SHA-256 of so many downloads, once they are whole."""
    while len(person.downloads) < count:
        person.page.wait_for_event("download", timeout=20_000)
    return {one.suggested_filename: digest(one.path()) for one in person.downloads}
