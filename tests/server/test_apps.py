"""/apps: the program for those who have not got it, and nothing else of the disk."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatapp import __version__
from chatapp.errors import Refused
from chatapp.server import apps

NAME = f"ChatApp-{__version__}-windows-x64.zip"
ZIP = os.urandom(100_000)


class Buffered(FlaskClient):
    """Reads each answer to its end and closes it, as a server does."""

    def open(self, *arguments: Any, **options: Any) -> Any:
        return super().open(*arguments, **{**options, "buffered": True})


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A host's folder: the zip, and other things of the host's."""
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / NAME).write_bytes(ZIP)
    (folder / "secret.txt").write_text("secret", "utf-8")
    (folder / "ChatApp-0.0.9-windows-x64.zip").write_bytes(b"of another version")
    (folder / f"ChatApp-{__version__}-windows-x64.zip.exe").write_bytes(b"by another name")
    (folder / f"ChatApp-{__version__}-amiga-m68k.zip").write_bytes(b"for no system of ours")
    (folder / f"ChatApp-{__version__}-linux-arm64.zip").mkdir()
    return folder


@pytest.fixture
def guest(shelf: Path) -> FlaskClient:
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(apps.blueprint(apps.Shelf([shelf.parent / "not there", shelf])))
    app.register_error_handler(Refused, lambda error: ({"code": error.code}, error.status))
    app.test_client_class = Buffered
    return app.test_client()


def test_it_lists_this_versions_zips_with_their_hashes(guest: FlaskClient) -> None:
    assert guest.get("/apps").json == {
        "apps": [
            {
                "name": NAME,
                "system": "windows",
                "machine": "x64",
                "size": len(ZIP),
                "sha256": hashlib.sha256(ZIP).hexdigest(),
            }
        ]
    }


def test_it_gives_them_to_be_saved(guest: FlaskClient) -> None:
    answer = guest.get(f"/apps/{NAME}")

    assert (answer.status_code, answer.data) == (200, ZIP)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={NAME}"
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["ETag"] == f'"{hashlib.sha256(ZIP).hexdigest()}"'


def test_head_tells_its_length(guest: FlaskClient) -> None:
    answer = guest.head(f"/apps/{NAME}")

    assert (answer.status_code, answer.data, answer.content_length) == (200, b"", len(ZIP))


def test_a_download_that_was_cut_goes_on(guest: FlaskClient) -> None:
    tag = guest.head(f"/apps/{NAME}").headers["ETag"]

    rest = guest.get(f"/apps/{NAME}", headers={"Range": "bytes=60000-", "If-Range": tag})
    anew = guest.get(f"/apps/{NAME}", headers={"Range": "bytes=60000-", "If-Range": '"of another file"'})
    beyond = guest.get(f"/apps/{NAME}", headers={"Range": "bytes=100000-"})

    assert (rest.status_code, rest.data) == (206, ZIP[60000:])
    assert rest.headers["Content-Range"] == "bytes 60000-99999/100000"
    assert (anew.status_code, anew.data) == (200, ZIP)
    assert beyond.status_code == 416


@pytest.mark.parametrize(
    "path",
    [
        "secret.txt",
        "ChatApp-0.0.9-windows-x64.zip",
        f"{NAME}.exe",
        f"ChatApp-{__version__}-amiga-m68k.zip",
        f"ChatApp-{__version__}-linux-arm64.zip",
        f"..%2fstick%2f{NAME}",
        f"../stick/{NAME}",
        f"%2e%2e/stick/{NAME}",
        f"x/../{NAME}",
        f"{NAME}%00",
        f"{NAME}%0a",
        f"..%5cstick%5c{NAME}",
    ],
)
def test_nothing_else_of_the_disk_can_be_had(guest: FlaskClient, path: str) -> None:
    assert guest.get(f"/apps/{path}").status_code == 404


@pytest.mark.skipif(os.name != "posix", reason="makes a link, which Windows lets few people do")
def test_a_link_by_such_a_name_leads_nowhere(guest: FlaskClient, shelf: Path) -> None:
    name = f"ChatApp-{__version__}-macos-arm64.zip"
    (shelf / name).symlink_to(shelf / "secret.txt")

    assert guest.get(f"/apps/{name}").status_code == 404
    assert guest.get("/apps").data.count(b'"name"') == 1


def test_a_zip_that_is_replaced_is_hashed_again(guest: FlaskClient, shelf: Path) -> None:
    before = guest.get("/apps").json
    (shelf / NAME).write_bytes(b"new")
    (shelf / NAME).touch()

    assert before != guest.get("/apps").json
    assert guest.get(f"/apps/{NAME}").headers["ETag"] == f'"{hashlib.sha256(b"new").hexdigest()}"'


def test_other_methods_are_refused(guest: FlaskClient) -> None:
    assert guest.post(f"/apps/{NAME}", data=b"x").status_code == 405
    assert guest.delete("/apps").status_code == 405
