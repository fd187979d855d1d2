"""The page's files as a room serves them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatapp.protocol import Room
from chatapp.server import pages

SCRIPT = b"say('hello')"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_bytes(b"<!doctype html>")
    (tmp_path / "assets" / "a.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "a.js.gz").write_bytes(gzip.compress(SCRIPT))
    return tmp_path


def opens(folder: Path) -> FlaskClient:
    def nobody_asks() -> Room:
        raise AssertionError

    app = Flask(__name__, static_folder=None)
    app.register_blueprint(pages.blueprint(folder, nobody_asks))
    return app.test_client()


def test_another_build_leaves_the_page_of_an_open_room_whole(built: Path) -> None:
    room = opens(built)

    (built / "index.html").write_bytes(b"another")
    for file in (built / "assets").iterdir():
        file.unlink()

    assert room.get("/").data == b"<!doctype html>"
    assert room.get("/assets/a.js").data == SCRIPT


def test_what_was_compressed_goes_to_who_can_read_it(built: Path) -> None:
    packed = opens(built).get("/assets/a.js", headers={"Accept-Encoding": "gzip, br"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert gzip.decompress(packed.data) == SCRIPT


def test_names_with_a_hash_are_kept_for_good_and_the_page_is_asked_for_again(built: Path) -> None:
    room = opens(built)

    assert "immutable" in room.get("/assets/a.js").headers["Cache-Control"]
    assert room.get("/").headers["Cache-Control"] == "no-cache"
