"""Every code of the contract is provoked once, and none other exists."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from chatapp.errors import COMMAND_CODES, HTTP_STATUS
from tests.contract.people import Company, Json, Person, fresh_token
from tests.contract.pictures import data_url, png
from tests.contract.transfers import Download, give, ticket_of
from tests.contract.wire import patch, request, upload_offset
from tests.server_process import ServerProcess

CODES = [
    "malformed",
    "unknown-command",
    "not-joined",
    "name-taken",
    "name-invalid",
    "name-reserved",
    "pin-required",
    "pin-wrong",
    "room-full",
    "room-locked",
    "was-removed",
    "gap",
    "text-empty",
    "text-too-long",
    "image-type",
    "image-too-large",
    "file-name",
    "file-size",
    "too-many-files",
    "unknown-offer",
    "unknown-entry",
    "unknown-member",
    "offer-closed",
    "not-yours",
    "not-host",
    "slow-down",
    "storage-full",
    "internal",
]
HTTP = {
    "not-found": 404,
    "method-not-allowed": 405,
    "wrong-offset": 409,
    "offer-closed": 410,
    "too-large": 413,
    "range-invalid": 416,
    "not-wanted": 423,
    "slow-down": 429,
    "storage-full": 507,
    "bad-host": 421,
    "bad-origin": 403,
    "malformed": 400,
}
ONE = {"name": "a", "size": 1, "type": ""}


def test_the_program_has_the_codes_of_the_contract_in_its_order() -> None:
    assert list(COMMAND_CODES) == CODES
    # A fault of the server has a status too, which the contract does not name.
    assert {**HTTP, "internal": 500} == HTTP_STATUS


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Company]:
    """A room for two and its host, with a PIN."""
    server = ServerProcess("--members", "3", "--pin", "2468", data=tmp_path / "tiny")
    company = Company(server)
    yield company
    company.all_go()
    server.stop()


def test_every_code_of_an_acknowledgement_is_provoked(tiny: Company) -> None:
    host, minji, jun = (
        tiny.enters("주인", tiny.server.host_token),
        *(tiny.enters(n, pin="2468") for n in ("민지", "준")),
    )
    stranger = tiny.arrives()
    seen: list[str] = []

    def joins(name: str, **fields: object) -> str:
        return stranger.code_of("join", token=fresh_token(), name=name, **fields)

    offer = minji.offers(("a", 1))
    seen += [joins("Sora"), joins("Sora", pin="0000"), joins("Sora", pin="2468")]
    seen += [jun.code_of("rename", name=name) for name in ("민지", "나", "")]
    seen += [stranger.code_of("sing"), stranger.code_of("leave"), minji.code_of("say", mid=0, text="x")]
    seen += refused_posts(minji)
    seen += [jun.code_of("answer", offer="x", accept=True), jun.code_of("picture", id="x")]
    seen += [jun.code_of("withdraw", offer=offer["id"]), jun.code_of("close"), host.code_of("remove", member="x")]
    minji.does("withdraw", offer=offer["id"])
    seen += [jun.code_of("answer", offer=offer["id"], accept=True)]
    host.does("remove", member=jun.id)
    host.does("configure", locked=True)
    seen += [joins("Sora", pin="2468"), stranger.code_of("join", token=jun.token, name="준", pin="2468")]
    seen += [ack["code"] for ack in [host.asks("rename", name="주인") for _ in range(60)] if not ack["ok"]][:1]

    # These two need a disk that is full and a fault of the server: see below.
    assert set(seen) == set(CODES) - {"storage-full", "internal"}


def refused_posts(minji: Person) -> list[str]:
    """The codes of what cannot be said, shown or offered."""
    texts: list[Json] = [{"text": " "}, {"text": "x" * 4001}]
    images: list[Json] = [{"image": data_url(b"x")}, {"image": data_url(png(9000, 9000))}]
    offers: list[Json] = [
        {"files": files} for files in ([{**ONE, "name": "."}], [{**ONE, "size": 2**53 - 1}], [ONE] * 101)
    ]
    posts = (("say", texts), ("show", images), ("offer", offers))
    codes = [minji.code_of(word, mid=minji.next_mid(), **what) for word, all_of in posts for what in all_of]
    return [*codes, minji.code_of("say", mid=99, text="x")]


def test_a_fault_of_the_server_is_internal_and_takes_no_mid(tmp_path: Path) -> None:
    server = ServerProcess(data=tmp_path)
    company = Company(server)
    minji = company.enters("민지")

    with tables_renamed(database_in(tmp_path)):
        assert minji.asks("say", mid=1, text="안녕") == {"ok": False, "code": "internal"}

    assert minji.does("say", mid=1, text="안녕")
    company.all_go()
    server.stop(faults=True)


def database_in(folder: Path) -> Path:
    return next(path for path in folder.iterdir() if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3")


@contextmanager
def tables_renamed(path: Path) -> Iterator[None]:
    """A database that is not what its program has left there."""
    with closing(sqlite3.connect(path)) as database:
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        names = [name for (name,) in found]
        rename(database, {name: f"gone_{name}" for name in names})
        yield
        rename(database, {f"gone_{name}": name for name in names})


def rename(database: sqlite3.Connection, names: dict[str, str]) -> None:
    for old, new in names.items():
        database.execute(f'ALTER TABLE "{old}" RENAME TO "{new}"')
    database.commit()


@pytest.mark.skipif(sys.platform != "linux", reason="a limit on another process's files needs Linux")
def test_a_full_disk_is_storage_full_and_takes_no_mid(tmp_path: Path) -> None:
    server = ServerProcess(data=tmp_path)
    company = Company(server)
    minji, jun = company.enters("민지"), company.enters("준")
    offer = minji.offers(("big.bin", 4 * 2**20))
    jun.accepts(offer)
    upload = minji.hears("upload-wanted")["uploads"][0]["url"]
    picture = data_url(png(2, 2, 1_900_000))
    head = minji.does("history", limit=1)["head"]

    with no_file_longer_than(2**20, server):
        assert minji.asks("show", mid=2, image=picture) == {"ok": False, "code": "storage-full"}
        refused = patch(server.url, upload, 0, bytes(4 * 2**20))
        assert (refused.status, refused.code) == (507, "storage-full")
        assert jun.does("history", limit=1)["head"] == head

    minji.patiently("show", mid=2, image=picture)
    offset = upload_offset(server.url, upload)
    assert patch(server.url, upload, offset, bytes(4 * 2**20 - offset)).status == 204
    company.all_go()
    server.stop()


@contextmanager
def no_file_longer_than(size: int, server: ServerProcess) -> Iterator[None]:
    """For the program the disk is as good as full."""
    import resource

    before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    yield
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)


def test_every_code_of_an_http_answer_is_provoked(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    offer = minji.offers(("a.bin", 10))
    jun.accepts(offer)
    upload, download = minji.hears("upload-wanted")["uploads"][0]["url"], ticket_of(jun, offer)
    waiting = [Download(room.url, download) for _ in range(4)]
    seen = [
        request(room.url, "GET", "/downloads/x/y"),
        request(room.url, "POST", "/", body=b""),
        patch(room.url, upload, 5, b"x"),
        patch(room.url, upload, 0, bytes(11)),
        patch(room.url, upload, 0, b"x", **{"Upload-Offset": "x"}),
        request(room.url, "GET", download),
        request(room.url, "GET", "/", {"Host": "evil.example"}),
        request(room.url, "GET", "/", {"Origin": "http://evil.example"}),
    ]
    for each in waiting:
        each.closes()
    jun.declines(offer)
    seen.append(patch(room.url, upload, 0, b"x"))
    seen.append(request(room.url, "GET", download))
    minji.does("withdraw", offer=offer["id"])
    seen.append(request(room.url, "GET", a_received_ticket(room), {"Range": "bytes=99-"}))

    # 507 needs a disk that is full: see above.
    assert {answer.code: answer.status for answer in seen} == {k: v for k, v in HTTP.items() if k != "storage-full"}


def a_received_ticket(room: Company) -> str:
    """A file of five bytes that may be downloaded."""
    sora, alex = room.enters("Sora"), room.enters("Alex")
    offer = sora.offers(("b.txt", 5))
    alex.accepts(offer)
    give(sora, offer, b"12345")
    return ticket_of(alex, offer)
