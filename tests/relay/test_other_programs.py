"""Programs that know nothing of this room send and fetch its files: tuspy, tus-js-client, curl, wget."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from tusclient.client import TusClient

from tests.contract.faults import FaultyLine
from tests.contract.people import Company, Json, Person
from tests.contract.transfers import Upload, take, ticket_of
from tests.contract.wire import patch, upload_offset
from tests.server.relay_clients import until
from tests.server_process import ROOT
from tests.tools import lacking, need

Command = list[str | Path]
SIZE = 6 * 2**20
BODY = random.Random(5).randbytes(SIZE)


@pytest.fixture
def people(room: Company) -> tuple[Person, Person, Json]:
    """민지 offers a file, 준 has accepted it."""
    minji, jun = room.enters("민지"), room.enters("준")
    offer = minji.offers(("과제.pdf", SIZE))
    jun.accepts(offer)
    return minji, jun, offer


def upload_url(minji: Person, offer: Json) -> str:
    return str(minji.sees(offer)["uploads"][0]["url"])


def test_tuspy_uploads_in_parts_from_where_the_server_is(people: tuple[Person, Person, Json]) -> None:
    minji, jun, offer = people
    url = upload_url(minji, offer)
    assert patch(minji.url, url, 0, BODY[:1_000_000]).status == 204

    uploader = TusClient(minji.url).uploader(file_stream=io.BytesIO(BODY), url=minji.url + url, chunk_size=777_777)
    assert uploader.offset == 1_000_000
    uploader.upload()

    assert take(jun, offer) == BODY


def tus_js_client(file: Path, url: str) -> subprocess.Popen[str]:
    """tus-js-client, which sends a file to a place."""
    node, packages = need("node"), ROOT / "web" / "node_modules"
    if not (packages / "tus-js-client").is_dir():
        lacking("tus-js-client (npm ci in web/)")
    command: Command = [node, ROOT / "tests/relay/node/upload.mjs", file, url, packages]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_tus_js_client_goes_on_by_itself_through_cuts(
    people: tuple[Person, Person, Json], line: FaultyLine, tmp_path: Path
) -> None:
    minji, jun, offer = people
    file = tmp_path / "과제.pdf"
    file.write_bytes(BODY)

    line.hold(after=1_000_000)
    with tus_js_client(file, line.url + upload_url(minji, offer)) as program:
        for carried in (900_000, 1_800_000, 2_700_000):
            until(partial(line.has_carried, carried))
            line.reset()
        line.flow()
        said, code = program.communicate(timeout=60)[0], program.returncode

    assert code == 0, said
    assert said.split().count("PATCH") > 3, "it went on after each cut"
    assert take(jun, offer) == BODY


def test_tus_js_client_waits_until_somebody_has_accepted(room: Company, tmp_path: Path) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    offer = minji.offers(("과제.pdf", 1000))
    jun.accepts(offer)
    url = minji.url + upload_url(minji, offer)
    jun.declines(offer)
    (tmp_path / "file").write_bytes(BODY[:1000])

    with tus_js_client(tmp_path / "file", url) as program:
        jun.accepts(offer)
        said, code = program.communicate(timeout=60)[0], program.returncode

    assert code == 0, said
    assert take(jun, offer) == BODY[:1000]


CURL = ("--silent", "--show-error", "--fail", "--continue-at", "-", "--output")
BUFFERED = 4096
"""What they may keep back before they write it to the file."""
WGET = ("--quiet", "--tries=1", "--continue", "--output-document")


@pytest.mark.parametrize(("program", "options"), [("curl", CURL), ("wget", WGET)])
def test_a_cut_download_is_gone_on_with_where_it_was(
    people: tuple[Person, Person, Json], line: FaultyLine, tmp_path: Path, program: str, options: Sequence[str]
) -> None:
    """The upload stops in the middle, and there the line is cut: the program's second run has only the rest to get."""
    minji, jun, offer = people
    half, target = SIZE // 2, tmp_path / "과제.pdf"
    upload, path = Upload(minji.url, upload_url(minji, offer), 0, SIZE), ticket_of(jun, offer)
    command: Command = [need(program), *options, target, line.url + path]

    upload.sends(BODY[:half])
    with subprocess.Popen(command, stderr=subprocess.PIPE) as first:
        until(lambda: target.exists() and target.stat().st_size >= half - BUFFERED)
        line.cut()
        assert first.wait(30) != 0, "a part is not the whole"
    assert BODY[:half].startswith(target.read_bytes())

    upload.sends(BODY[half:])
    assert upload.is_over() == 204
    upload.closes()
    before = line.carried
    subprocess.run(command, check=True, timeout=60)
    assert hashlib.sha256(target.read_bytes()).digest() == hashlib.sha256(BODY).digest()
    assert line.carried - before < half + BUFFERED + 10_000, "what was there came again"


def test_who_asks_where_the_server_is_hears_every_byte_that_came(people: tuple[Person, Person, Json]) -> None:
    minji, _, offer = people
    url = upload_url(minji, offer)
    patch(minji.url, url, 0, BODY[:12345])
    assert upload_offset(minji.url, url) == 12345
