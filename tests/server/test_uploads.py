"""Files on their way in: tus 1.0.0, one writer, true offsets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatapp.server import wire as wire_module
from chatapp.server.spooled import Writer
from tests.server.relay_clients import PATIENCE, TUS, patch_headers, until
from tests.server.relay_house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as house:
        yield house


# -- what tus says --------------------------------------------------------------------------------


def test_an_upload_begins_with_a_look_at_its_offset(house: House) -> None:
    offer = house.wanted_offer(1000)
    seen = house.head(offer)
    assert (seen.status, seen.offset, seen.headers["Upload-Length"]) == (200, 0, "1000")
    assert seen.headers["Tus-Resumable"] == "1.0.0"
    assert seen.headers["Cache-Control"] == "no-store"
    assert seen.headers["Content-Length"] == "0"


def test_each_part_is_answered_with_the_next_offset(house: House) -> None:
    offer = house.wanted_offer(11)
    for offset, part in ((0, b"hello"), (5, b""), (5, b" world")):
        answer = house.patch(offer, offset, part)
        assert (answer.status, answer.offset, answer.body) == (204, offset + len(part), b"")
        assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert house.head(offer).offset == 11
    assert house.room.offer(offer).whole == {0}


def test_options_say_what_can_be_done(house: House) -> None:
    answer = house.ask("OPTIONS", house.upload_url(house.wanted_offer(1)))
    assert answer.status == 204
    assert (answer.headers["Tus-Version"], answer.headers["Tus-Extension"]) == ("1.0.0", "termination")


@pytest.mark.parametrize("version", [{}, {"Tus_Resumable": "0.2.2"}])
@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_another_version_of_tus_is_told_which_one_is_spoken(house: House, method: str, version: dict[str, str]) -> None:
    answer = house.ask(method, house.upload_url(house.wanted_offer(1)), **version)
    assert (answer.status, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_who_cannot_send_a_patch_says_it_in_a_header(house: House) -> None:
    offer = house.wanted_offer(3)
    headers = patch_headers(0) | {"X-HTTP-Method-Override": "PATCH"}
    assert house.ask("POST", house.upload_url(offer), b"abc", **headers).status == 204
    refused = house.ask("POST", house.upload_url(offer), b"abc", **patch_headers(0))
    assert (refused.status, refused.headers["Allow"]) == (405, "HEAD, PATCH, DELETE, OPTIONS")


@pytest.mark.parametrize("offset", ["", "-1", "+1", "1.0", "0x1", "١", "1 1", "9" * 17, "1_000"])
def test_an_offset_is_made_of_digits(house: House, offset: str) -> None:
    offer = house.wanted_offer(3)
    with house.begin(
        "PATCH", house.upload_url(offer), "Tus-Resumable: 1.0.0", "Content-Length: 3",
        "Content-Type: application/offset+octet-stream", f"Upload-Offset: {offset.encode().decode('latin-1')}",
    ) as wire:  # fmt: skip
        wire.send(b"abc")
        assert wire.head()[0] == 400
    assert house.head(offer).offset == 0


def test_a_part_says_that_it_is_one(house: House) -> None:
    offer = house.wanted_offer(3)
    answer = house.ask("PATCH", house.upload_url(offer), b"abc", **patch_headers(0) | {"Content-Type": "text/plain"})
    assert answer.status == 415
    assert b"malformed" in answer.body


def test_a_body_without_a_length_is_not_taken(house: House) -> None:
    offer = house.wanted_offer(3)
    lines = [f"{key}: {value}" for key, value in patch_headers(0).items()]
    with house.begin("PATCH", house.upload_url(offer), *lines, "Transfer-Encoding: chunked") as wire:
        wire.send(b"3\r\nabc\r\n0\r\n\r\n")
        assert wire.head()[0] == 400
    assert house.head(offer).offset == 0


# -- who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_no_byte_is_taken_before_somebody_has_accepted(house: House, method: str) -> None:
    house.join("민지", "준")
    offer = house.offer("민지", 3)
    assert house.ask(method, house.upload_url(offer), **patch_headers(0)).status == 423
    house.answer("준", offer, False)
    assert house.ask(method, house.upload_url(offer), **patch_headers(0)).status == 423
    house.answer("준", offer, True)
    assert house.head(offer).status == 200


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_a_closed_offer_takes_nothing(house: House, method: str) -> None:
    offer = house.wanted_offer(3)
    house.withdraw("민지", offer)
    assert house.ask(method, house.upload_url(offer), **patch_headers(0)).status == 410


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE", "OPTIONS"])
def test_a_ticket_to_fetch_is_none_to_send(house: House, method: str) -> None:
    offer = house.wanted_offer(3)
    ticket = house.download_url("준", offer).split("/")[2]
    assert house.ask(method, f"/uploads/{ticket}", **patch_headers(0)).status == 404


# -- offsets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("offset", [0, 4, 6, 10])
def test_a_wrong_offset_changes_nothing(house: House, offset: int) -> None:
    offer = house.wanted_offer(10)
    house.patch(offer, 0, b"hello")
    refused = house.patch(offer, offset, b"!")
    assert refused.status == 409
    assert b"wrong-offset" in refused.body
    assert house.head(offer).offset == 5


def test_more_than_was_offered_is_too_large_and_the_offset_stays(house: House) -> None:
    offer = house.wanted_offer(10)
    house.patch(offer, 0, b"hello")
    refused = house.patch(offer, 5, b"123456")
    assert refused.status == 413
    assert b"too-large" in refused.body
    assert house.head(offer).offset == 5


def test_what_came_before_a_cut_is_kept(house: House) -> None:
    offer = house.wanted_offer(100)
    with house.begin_patch(offer, 0, 100) as wire:
        wire.send(b"x" * 60)
        until(lambda: _written(house) == 60)
        wire.cut()
    assert house.head(offer).offset == 60
    assert house.patch(offer, 60, b"y" * 40).offset == 100


def test_a_full_disk_is_said_before_the_first_byte(house: House) -> None:
    offer = house.wanted_offer(2**60)
    with house.begin_patch(offer, 0, 2**40) as wire:
        assert wire.head()[0] == 507
    assert house.head(offer).offset == 0


def test_a_disk_that_fills_up_loses_nothing(house: House) -> None:
    offer = house.wanted_offer(2**20)
    with house.begin_patch(offer, 0, 2**20) as wire:
        wire.send(b"a" * 2**19)
        until(lambda: _written(house) == 2**19)
        house.spool.reserve = 2**60
        wire.send(b"b" * 2**19)
        assert wire.head()[0] == 507
    house.spool.reserve = 0
    offset = house.head(offer).offset
    assert offset >= 2**19
    house.patch(offer, offset, b"b" * (2**20 - offset))
    assert house.ask("GET", house.download_url("준", offer)).body == b"a" * 2**19 + b"b" * 2**19


def test_an_empty_file_is_whole_at_the_first_look(house: House) -> None:
    offer = house.wanted_offer(0)
    assert house.head(offer).offset == 0
    assert house.room.offer(offer).whole == {0}


# -- one writer -----------------------------------------------------------------------------------


def test_a_newer_look_ends_a_part_that_still_runs(house: House) -> None:
    offer = house.wanted_offer(10)
    with house.begin_patch(offer, 0, 10) as old:
        old.send(b"hello")
        until(lambda: _written(house) == 5)
        assert house.head(offer).offset == 5
        old.send(b"LATE!")
        assert old.head()[0] == 409
    assert house.head(offer).offset == 5


def test_a_newer_part_ends_an_older_one_and_never_mixes_with_it(house: House) -> None:
    offer = house.wanted_offer(10)
    with house.begin_patch(offer, 0, 10) as old:
        old.send(b"hello")
        until(lambda: _written(house) == 5)
        with house.begin_patch(offer, 5, 5) as newer:
            newer.send(b"wo")
            until(lambda: _written(house) == 7)
            old.send(b"LATE!")
            assert old.head()[0] == 409
            newer.send(b"rld")
            assert newer.head()[0] == 204
    assert house.ask("GET", house.download_url("준", offer)).body == b"helloworld"


def test_a_client_that_is_out_of_date_does_not_stop_a_good_one(house: House) -> None:
    offer = house.wanted_offer(10)
    with house.begin_patch(offer, 0, 10) as good:
        good.send(b"hello")
        until(lambda: _written(house) == 5)
        assert house.patch(offer, 0, b"hello").status == 409
        assert house.patch(offer, 5, b"too much").status == 413
        good.send(b"world")
        assert good.head()[0] == 204


def test_a_deleted_upload_has_failed_for_all_who_wait_and_can_begin_again(house: House) -> None:
    offer = house.wanted_offer(10)
    with house.begin_patch(offer, 0, 10) as old, house.begin_get("준", offer) as waiting:
        old.send(b"hello")
        assert waiting.head()[0] == 200
        assert waiting.read(5) == b"hello"
        assert house.ask("DELETE", house.upload_url(offer), **TUS).status == 204
        assert old.head()[0] == 409
        assert waiting.rest() == b""
    assert house.state("준", offer) == "failed"
    assert house.ask("GET", house.download_url("준", offer)).status == 410
    assert house.head(offer).status == 423
    house.answer("준", offer, True)
    assert house.head(offer).offset == 0
    house.patch(offer, 0, b"other data"[:10])
    assert house.ask("GET", house.download_url("준", offer)).body == b"other data"


def test_a_part_ends_when_nobody_waits_for_it_any_more(house: House) -> None:
    offer = house.wanted_offer(10)
    with house.begin_patch(offer, 0, 10) as wire:
        wire.send(b"hello")
        until(lambda: _written(house) == 5)
        house.answer("준", offer, False)
        assert wire.head()[0] == 423
    house.answer("준", offer, True)
    assert house.head(offer).offset == 5


def test_a_part_that_becomes_unwanted_while_it_begins_is_not_taken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer, writer = house.wanted_offer(5), house.spool.writer

    def declined_first(*arguments: Any) -> Writer:
        house.answer("준", offer, False)
        return writer(*arguments)

    monkeypatch.setattr(house.spool, "writer", declined_first)
    assert house.patch(offer, 0, b"hello").status == 423
    assert _written(house) == 0


def test_a_part_ends_when_its_offer_is_withdrawn_and_nothing_stays_on_disk(house: House) -> None:
    offer = house.wanted_offer(10)
    with house.begin_patch(offer, 0, 10) as wire:
        wire.send(b"hello")
        until(lambda: _written(house) == 5)
        house.withdraw("민지", offer)
        assert wire.head()[0] == 410
    until(lambda: not any(house.folder.iterdir()))


def test_who_is_refused_in_the_middle_of_a_large_body_sees_why(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own side ends at once; the other one may go on for a moment, or the answer would be lost in a reset."""
    monkeypatch.setattr(wire_module, "PARTING_SECONDS", 3 * PATIENCE)
    offer = house.wanted_offer(2**24)
    with house.begin_patch(offer, 5, 2**23) as wire:
        for _ in range(8):
            wire.send(bytes(2**20))
        assert wire.head()[0] == 409
        # Sooner than the 15 s after which any silent connection is closed.
        wire.socket.settimeout(10)
        assert wire.rest().strip() == b'{"code":"wrong-offset"}'


def test_a_sender_that_stays_silent_does_not_hold_its_place_for_ever(tmp_path: Path) -> None:
    with House(tmp_path, patience=0.3) as house:
        offer = house.wanted_offer(10)
        with house.begin_patch(offer, 0, 10) as wire:
            wire.send(b"hello")
            assert wire.head()[0] == 409
        assert house.head(offer).offset == 5


def _written(house: House) -> int:
    return sum(path.stat().st_size for path in house.folder.iterdir())
