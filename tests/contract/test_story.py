"""The main story with the official Socket.IO client, in Node."""

from __future__ import annotations

import subprocess

from tests.contract.people import Company
from tests.server_process import ROOT
from tests.tools import lacking, need


def test_the_official_client_plays_the_main_story(room: Company) -> None:
    node, packages = need("node"), ROOT / "web" / "node_modules"
    if not (packages / "socket.io-client").is_dir():
        lacking("socket.io-client (npm ci in web/)")

    played = subprocess.run(
        [node, ROOT / "tests" / "contract" / "node" / "story.mjs", room.url, packages],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )

    assert (played.returncode, played.stdout.strip()) == (0, "the story is told"), played.stderr
