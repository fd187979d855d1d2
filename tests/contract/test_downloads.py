"""/downloads/<ticket>/<any name>: for one member and one file, while the upload still runs."""

from __future__ import annotations

import http.client
import re

import pytest

from tests.contract.people import Company, Json, Person
from tests.contract.transfers import Download, Upload, give, ticket_of
from tests.contract.wire import request

BYTES = bytes(range(256)) * 40
STRONG = re.compile(r'"[^"]+"\Z')


@pytest.fixture
def minji(room: Company) -> Person:
    return room.enters("민지")


@pytest.fixture
def jun(room: Company) -> Person:
    return room.enters("준")


@pytest.fixture
def offer(minji: Person, jun: Person) -> Json:
    """A file that 준 has accepted."""
    offer = minji.offers(("과제 최종.pdf", len(BYTES)))
    jun.accepts(offer)
    return offer


@pytest.fixture
def ticket(minji: Person, jun: Person, offer: Json) -> str:
    """Where 준 finds it, all of it uploaded."""
    give(minji, offer, BYTES)
    return ticket_of(jun, offer)


def test_a_download_is_the_files_bytes_as_an_attachment(jun: Person, ticket: str) -> None:
    answer = request(jun.url, "GET", ticket)

    assert (answer.status, answer.body) == (200, BYTES)
    assert answer.headers["content-length"] == str(len(BYTES))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["accept-ranges"] == "bytes"
    assert STRONG.match(answer.headers["etag"])
    assert "no-store" in answer.headers["cache-control"]
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment")
    assert "filename=" in disposition
    assert "filename*=UTF-8''%EA%B3%BC%EC%A0%9C%20%EC%B5%9C%EC%A2%85.pdf" in disposition


@pytest.mark.parametrize("name", ["x", "%EA%B3%BC%EC%A0%9C.pdf", "a.html"])
def test_any_name_may_follow_the_ticket(jun: Person, ticket: str, name: str) -> None:
    start = "/".join(ticket.split("/")[:3])

    assert request(jun.url, "GET", f"{start}/{name}").body == BYTES


def test_head_tells_the_same_and_changes_no_state(jun: Person, offer: Json, ticket: str) -> None:
    answer = request(jun.url, "HEAD", ticket)

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == str(len(BYTES))
    assert STRONG.match(answer.headers["etag"])
    assert jun.sees(offer)["mine"] == "accepted"
    assert request(jun.url, "GET", ticket).headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=10000-", 10000, len(BYTES) - 1),
        ("bytes=-5", len(BYTES) - 5, len(BYTES) - 1),
        ("bytes=0-99999999", 0, len(BYTES) - 1),
        ("bytes=-99999999", 0, len(BYTES) - 1),
    ],
)
def test_a_range_is_206(jun: Person, ticket: str, wanted: str, first: int, last: int) -> None:
    answer = request(jun.url, "GET", ticket, {"Range": wanted})

    assert (answer.status, answer.body) == (206, BYTES[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(BYTES)}"
    assert answer.headers["content-length"] == str(last + 1 - first)


@pytest.mark.parametrize("wanted", [f"bytes={len(BYTES)}-", "bytes=99999999-", "bytes=-0"])
def test_a_range_outside_the_file_is_416(jun: Person, ticket: str, wanted: str) -> None:
    answer = request(jun.url, "GET", ticket, {"Range": wanted})

    assert (answer.status, answer.code) == (416, "range-invalid")
    assert answer.headers["content-range"] == f"bytes */{len(BYTES)}"


@pytest.mark.parametrize("wanted", ["bytes=0-1,5-6", "bytes=x-y", "lines=1-2", "bytes=5-2", "bytes=-"])
def test_what_is_no_single_range_brings_everything(jun: Person, ticket: str, wanted: str) -> None:
    answer = request(jun.url, "GET", ticket, {"Range": wanted})

    assert (answer.status, answer.body) == (200, BYTES)


def test_if_range_with_the_etag_is_206_and_with_another_everything(jun: Person, ticket: str) -> None:
    etag = request(jun.url, "HEAD", ticket).headers["etag"]

    same = request(jun.url, "GET", ticket, {"Range": "bytes=5-", "If-Range": etag})
    other = request(jun.url, "GET", ticket, {"Range": "bytes=5-", "If-Range": '"another"'})

    assert (same.status, same.body) == (206, BYTES[5:])
    assert (other.status, other.body) == (200, BYTES)


def test_bytes_flow_while_the_upload_still_runs(minji: Person, jun: Person, offer: Json) -> None:
    upload = Upload(minji.url, minji.sees(offer)["uploads"][0]["url"], 0, len(BYTES))
    upload.sends(BYTES[:1000])
    download = Download(jun.url, ticket_of(jun, offer))

    assert download.status == 200
    assert download.response.headers["Content-Length"] == str(len(BYTES))
    assert STRONG.match(download.response.headers["ETag"])
    assert download.reads(1000) == BYTES[:1000]

    upload.sends(BYTES[1000:])
    assert download.reads(len(BYTES)) == BYTES[1000:]
    assert upload.is_over() == 204
    upload.closes()
    download.closes()


def test_a_download_may_begin_before_the_upload(minji: Person, jun: Person, offer: Json) -> None:
    download = Download(jun.url, ticket_of(jun, offer), Range="bytes=5000-")
    assert download.status == 206

    give(minji, offer, BYTES)

    assert download.reads(len(BYTES)) == BYTES[5000:]
    download.closes()


def test_a_cut_leaves_receiving_and_range_brings_the_rest(minji: Person, jun: Person, offer: Json) -> None:
    upload = Upload(minji.url, minji.sees(offer)["uploads"][0]["url"], 0, len(BYTES))
    upload.sends(BYTES[:1000])
    cut = Download(jun.url, ticket_of(jun, offer))
    assert cut.reads(1000) == BYTES[:1000]
    cut.cuts()
    upload.sends(BYTES[1000:])
    assert upload.is_over() == 204
    upload.closes()

    assert jun.sees(offer)["mine"] == "receiving"
    answer = request(jun.url, "GET", ticket_of(jun, offer), {"Range": "bytes=1000-"})
    assert answer.body == BYTES[1000:]
    jun.hears("offer-answered", lambda told: told["state"] == "received")


def test_received_means_every_byte_was_written_at_least_once(jun: Person, offer: Json, ticket: str) -> None:
    half = len(BYTES) // 2

    for wanted in (f"bytes={half}-", f"bytes={half}-", f"bytes=1-{half}"):
        request(jun.url, "GET", ticket, {"Range": wanted})
    assert jun.sees(offer)["mine"] == "receiving"
    request(jun.url, "GET", ticket, {"Range": "bytes=0-0"})

    jun.hears("offer-answered", lambda told: told["state"] == "received")


def test_no_byte_leaves_after_a_withdrawal(minji: Person, jun: Person, offer: Json) -> None:
    upload = Upload(minji.url, minji.sees(offer)["uploads"][0]["url"], 0, len(BYTES))
    upload.sends(BYTES[:1000])
    download = Download(jun.url, ticket_of(jun, offer))
    assert download.reads(1000) == BYTES[:1000]

    minji.does("withdraw", offer=offer["id"])

    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        download.response.read()
    download.closes()
    upload.closes()


@pytest.mark.parametrize("how", ["declined", "withdrawn", "gone", "removed"])
def test_a_ticket_that_is_over_is_410(
    room: Company, minji: Person, jun: Person, offer: Json, ticket: str, how: str
) -> None:
    if how == "declined":
        jun.declines(offer)
    elif how == "withdrawn":
        minji.does("withdraw", offer=offer["id"])
    elif how == "gone":
        jun.does("leave")
    else:
        room.host().does("remove", member=jun.id)

    for method in ("GET", "HEAD"):
        assert request(minji.url, method, ticket).status == 410
    assert request(minji.url, "GET", ticket).code == "offer-closed"


def test_an_unknown_ticket_and_one_of_the_other_kind_are_404(minji: Person, jun: Person, offer: Json) -> None:
    upload = minji.sees(offer)["uploads"][0]["url"].removeprefix("/uploads/")

    for wrong in (upload, "x" * 32, "", "%00", "../../etc/passwd"):
        answer = request(jun.url, "GET", f"/downloads/{wrong}/a.pdf")
        assert (answer.status, answer.code) == (404, "not-found"), wrong


def test_each_member_and_each_file_has_a_ticket_of_its_own(room: Company, minji: Person, jun: Person) -> None:
    offer = minji.offers(("a.txt", 1), ("b.txt", 2))
    sora = room.enters("Sora")

    tickets = [each["url"] for person in (jun, sora) for each in person.accepts(offer)["downloads"]]
    tickets += [each["url"] for each in minji.sees(offer)["uploads"]]
    secrets = [ticket.split("/")[2] for ticket in tickets]

    assert len(set(secrets)) == 6
    assert all(len(secret) >= 22 for secret in secrets)


def test_a_ticket_works_for_its_own_member_only_as_long_as_that_one_accepts(
    room: Company, minji: Person, jun: Person, offer: Json, ticket: str
) -> None:
    sora = room.enters("Sora")
    own = sora.accepts(offer)["downloads"][0]["url"]

    sora.declines(offer)

    assert request(room.url, "GET", own).status == 410
    assert request(room.url, "GET", ticket).body == BYTES


def test_a_download_is_read_only(jun: Person, ticket: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = request(jun.url, method, ticket, body=b"")
        assert (answer.status, answer.code) == (405, "method-not-allowed")


def test_too_many_connections_on_one_ticket_are_slowed_down(minji: Person, jun: Person, offer: Json) -> None:
    ticket = ticket_of(jun, offer)
    waiting = [Download(jun.url, ticket) for _ in range(4)]

    answer = request(jun.url, "GET", ticket)

    assert [download.status for download in waiting] == [200] * 4
    assert (answer.status, answer.code) == (429, "slow-down")
    for download in waiting:
        download.closes()
    give(minji, offer, BYTES)
    assert take_when_let_in(jun, offer) == BYTES


def take_when_let_in(person: Person, offer: Json) -> bytes:
    """A connection that has gone is noticed within moments; asking again until then."""
    ticket = ticket_of(person, offer)
    return next(answer.body for _ in range(500) if (answer := request(person.url, "GET", ticket)).status == 200)
