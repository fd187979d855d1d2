"""/uploads/<ticket>: tus 1.0.0, and nothing is taken that nobody wants."""

from __future__ import annotations

import pytest

from tests.contract.people import Company, Json, Person
from tests.contract.transfers import Upload, take, ticket_of
from tests.contract.wire import TUS, patch, request, upload_offset

BYTES = b"0123456789"


@pytest.fixture
def minji(room: Company) -> Person:
    return room.enters("민지")


@pytest.fixture
def jun(room: Company) -> Person:
    return room.enters("준")


@pytest.fixture
def offer(minji: Person, jun: Person) -> Json:
    """Ten bytes that 준 has accepted."""
    offer = minji.offers(("과제.pdf", 10))
    jun.accepts(offer)
    return offer


@pytest.fixture
def ticket(minji: Person, offer: Json) -> str:
    """Where 민지 uploads them."""
    return str(minji.hears("upload-wanted")["uploads"][0]["url"])


def test_a_client_starts_with_head(minji: Person, ticket: str) -> None:
    answer = request(minji.url, "HEAD", ticket, TUS)

    assert answer.status == 200
    assert answer.headers["upload-offset"] == "0"
    assert answer.headers["upload-length"] == "10"
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["cache-control"] == "no-store"


def test_options_tells_the_version_and_the_extension(minji: Person, ticket: str) -> None:
    answer = request(minji.url, "OPTIONS", ticket)

    assert answer.status in {200, 204}
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"].split(",") == ["termination"]


def test_a_patch_takes_bytes_from_its_offset_on(minji: Person, jun: Person, offer: Json, ticket: str) -> None:
    first = patch(minji.url, ticket, 0, BYTES[:4])
    second = patch(minji.url, ticket, 4, BYTES[4:])

    assert (first.status, first.headers["upload-offset"]) == (204, "4")
    assert (second.status, second.headers["upload-offset"]) == (204, "10")
    assert first.headers["tus-resumable"] == "1.0.0"
    assert take(jun, offer) == BYTES


@pytest.mark.parametrize("offset", [0, 3, 5, 10, 11])
def test_a_wrong_offset_is_409_and_changes_nothing(minji: Person, ticket: str, offset: int) -> None:
    assert patch(minji.url, ticket, 0, BYTES[:4]).status == 204

    answer = patch(minji.url, ticket, offset, b"xyz")

    assert (answer.status, answer.code) == (409, "wrong-offset")
    assert upload_offset(minji.url, ticket) == 4


@pytest.mark.parametrize("offset", ["", "-1", "1.5", "x", "0x0", "٣", "99999999999999999999"])
def test_an_offset_that_is_no_number_is_malformed(minji: Person, ticket: str, offset: str) -> None:
    headers = {**TUS, "Content-Type": "application/offset+octet-stream"}
    answer = request(minji.url, "PATCH", ticket, {**headers, "Upload-Offset": offset.encode().decode("latin-1")}, b"x")

    assert (answer.status, answer.code) in {(400, "malformed"), (409, "wrong-offset")}
    assert upload_offset(minji.url, ticket) == 0


def test_a_patch_without_an_offset_is_malformed(minji: Person, ticket: str) -> None:
    answer = request(minji.url, "PATCH", ticket, {**TUS, "Content-Type": "application/offset+octet-stream"}, b"x")

    assert (answer.status, answer.code) == (400, "malformed")


def test_more_bytes_than_the_offer_said_are_413_and_none_is_taken(minji: Person, ticket: str) -> None:
    answer = patch(minji.url, ticket, 0, BYTES + b"!")

    assert (answer.status, answer.code) == (413, "too-large")
    assert upload_offset(minji.url, ticket) == 0


def test_until_somebody_has_accepted_a_patch_is_423(minji: Person, jun: Person, offer: Json, ticket: str) -> None:
    jun.declines(offer)
    assert minji.sees(offer)["uploads"] == []

    answer = patch(minji.url, ticket, 0, BYTES)

    assert (answer.status, answer.code) == (423, "not-wanted")
    assert jun.accepts(offer)["mine"] == "accepted"
    assert patch(minji.url, ticket, 0, BYTES).status == 204
    assert take(jun, offer) == BYTES


def test_delete_means_failed_for_all_who_wait(minji: Person, jun: Person, offer: Json, ticket: str) -> None:
    assert patch(minji.url, ticket, 0, BYTES[:4]).status == 204

    answer = request(minji.url, "DELETE", ticket, TUS)

    assert answer.status == 204
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert jun.hears("offer-answered", lambda told: told["state"] == "failed")
    assert jun.sees(offer)["downloads"] == []


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_a_newer_request_ends_a_patch_that_still_runs(
    minji: Person, jun: Person, offer: Json, ticket: str, method: str
) -> None:
    stuck = Upload(minji.url, ticket, 0, 10)
    stuck.sends(BYTES[:4])
    # A recipient who reads the first bytes has seen that they arrived.
    assert first_bytes(jun, offer, 4) == BYTES[:4]

    if method == "HEAD":
        assert upload_offset(minji.url, ticket) == 4
    elif method == "PATCH":
        assert patch(minji.url, ticket, 4, BYTES[4:]).status == 204
    else:
        assert request(minji.url, "DELETE", ticket, TUS).status == 204

    assert stuck.is_over() != 204
    stuck.closes()
    if method == "HEAD":
        assert patch(minji.url, ticket, 4, BYTES[4:]).status == 204
    if method != "DELETE":
        assert take(jun, offer) == BYTES


def first_bytes(jun: Person, offer: Json, count: int) -> bytes:
    answer = request(jun.url, "GET", ticket_of(jun, offer), {"Range": f"bytes=0-{count - 1}"})
    assert answer.status == 206
    return answer.body


def test_a_patch_at_a_wrong_offset_does_not_end_one_that_runs(
    minji: Person, jun: Person, offer: Json, ticket: str
) -> None:
    running = Upload(minji.url, ticket, 0, 10)
    running.sends(BYTES[:4])
    assert first_bytes(jun, offer, 4) == BYTES[:4]

    assert patch(minji.url, ticket, 9, b"x").status == 409
    running.sends(BYTES[4:])

    assert running.is_over() == 204
    running.closes()
    assert take(jun, offer) == BYTES


def test_a_cut_upload_goes_on_from_where_it_was(minji: Person, jun: Person, offer: Json, ticket: str) -> None:
    cut = Upload(minji.url, ticket, 0, 10)
    cut.sends(BYTES[:6])
    assert first_bytes(jun, offer, 6) == BYTES[:6]
    cut.closes()

    offset = upload_offset(minji.url, ticket)

    assert offset == 6
    assert patch(minji.url, ticket, offset, BYTES[offset:]).status == 204
    assert take(jun, offer) == BYTES


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_an_uploads_ticket_lives_until_the_offer_closes(minji: Person, offer: Json, ticket: str, method: str) -> None:
    minji.does("withdraw", offer=offer["id"])
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}

    answer = request(minji.url, method, ticket, headers, b"x" if method == "PATCH" else None)

    assert answer.status == 410
    assert method == "HEAD" or answer.code == "offer-closed"


def test_a_withdrawal_ends_a_running_upload(minji: Person, jun: Person, offer: Json, ticket: str) -> None:
    running = Upload(minji.url, ticket, 0, 10)
    running.sends(BYTES[:4])
    assert first_bytes(jun, offer, 4) == BYTES[:4]

    minji.does("withdraw", offer=offer["id"])

    assert running.is_over() in {410, None}
    running.closes()


def test_a_download_ticket_is_no_upload_ticket_nor_is_an_unknown_one(
    minji: Person, jun: Person, offer: Json, ticket: str
) -> None:
    download = ticket_of(jun, offer).removeprefix("/downloads/").split("/")[0]

    for wrong in (download, "x" * 32, ticket.removeprefix("/uploads/") + "x"):
        answer = request(minji.url, "HEAD", f"/uploads/{wrong}", TUS)
        assert answer.status == 404
        assert patch(minji.url, f"/uploads/{wrong}", 0, b"x").code == "not-found"


def test_an_upload_is_not_read_where_it_is_written(minji: Person, ticket: str) -> None:
    for method in ("GET", "POST", "PUT"):
        answer = request(minji.url, method, ticket, body=None if method == "GET" else b"")
        assert (answer.status, answer.code) == (405, "method-not-allowed")
        assert {"HEAD", "PATCH", "DELETE", "OPTIONS"} <= set(answer.headers["allow"].replace(" ", "").split(","))


def test_an_empty_file_needs_no_bytes(minji: Person, jun: Person) -> None:
    offer = minji.offers(("빈 파일.txt", 0))
    jun.accepts(offer)

    for each in minji.sees(offer)["uploads"]:
        assert patch(minji.url, each["url"], 0, b"").status == 204

    assert take(jun, offer) == b""
    jun.hears("offer-answered", lambda told: told["state"] == "received")


def test_the_type_of_a_patch_is_that_of_tus(minji: Person, ticket: str) -> None:
    answer = patch(minji.url, ticket, 0, BYTES, **{"Content-Type": "text/plain"})

    assert answer.status in {400, 415}
    assert upload_offset(minji.url, ticket) == 0
