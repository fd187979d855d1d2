"""Files on their way out: only to those who said yes, following the upload, never short without saying so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatapp.core.changes import BytesDelivered
from chatapp.server.readers import Reader
from tests.server.relay_clients import saved_name, until
from tests.server.relay_house import House

pytestmark = pytest.mark.usefixtures("taken")
DATA = bytes(range(256)) * 40


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as house:
        yield house


def uploaded(house: House, data: bytes = DATA) -> str:
    """What 민지 offers, 준 has accepted, and is there already."""
    offer = house.wanted_offer(len(data))
    house.patch(offer, 0, data)
    return offer


# -- what an answer says --------------------------------------------------------------------------


def test_a_download_is_an_attachment_of_known_length_that_nothing_keeps_or_guesses(house: House) -> None:
    answer = house.ask("GET", house.download_url("준", uploaded(house)))
    assert (answer.status, answer.body) == (200, DATA)
    assert answer.headers["Content-Length"] == str(len(DATA))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Last-Modified" not in answer.headers
    assert saved_name(answer.headers["Content-Disposition"]) == ("__.pdf", "과제.pdf")
    assert answer.headers["ETag"].startswith('"')


def test_a_look_says_the_same_and_changes_nothing(house: House) -> None:
    offer = uploaded(house)
    url = house.download_url("준", offer)
    look = house.ask("HEAD", url)
    assert house.state("준", offer) == "accepted"
    got = house.ask("GET", url)
    for header in ("Content-Length", "ETag", "Content-Type", "Content-Disposition", "Accept-Ranges"):
        assert look.headers[header] == got.headers[header]
    assert (look.status, look.body) == (200, b"")


def test_a_range_gets_its_part(house: House) -> None:
    url = house.download_url("준", uploaded(house))
    answer = house.ask("GET", url, Range="bytes=1000-1999")
    assert (answer.status, answer.body) == (206, DATA[1000:2000])
    assert answer.headers["Content-Range"] == f"bytes 1000-1999/{len(DATA)}"
    assert answer.headers["Content-Length"] == "1000"


def test_a_range_with_the_right_tag_goes_on_and_with_another_one_begins_again(house: House) -> None:
    url = house.download_url("준", uploaded(house))
    tag = house.ask("HEAD", url).headers["ETag"]
    assert house.ask("GET", url, Range="bytes=9000-", If_Range=tag).body == DATA[9000:]
    assert house.ask("GET", url, Range="bytes=9000-", If_Range='"another"').body == DATA


def test_several_ranges_get_everything(house: House) -> None:
    answer = house.ask("GET", house.download_url("준", uploaded(house)), Range="bytes=0-1,5-6")
    assert (answer.status, answer.body) == (200, DATA)


def test_a_range_beyond_the_end_is_told_where_the_end_is(house: House) -> None:
    answer = house.ask("GET", house.download_url("준", uploaded(house)), Range=f"bytes={len(DATA)}-")
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(DATA)}")
    assert b"range-invalid" in answer.body


@pytest.mark.parametrize("tail", ["x", "a/b", "%2e%2e/%2e%2e/etc/passwd", "..", "%00", "%ff", "a%0d%0ab", "//", "?q"])
def test_any_name_behind_the_ticket_gets_the_same_file(house: House, tail: str) -> None:
    url = house.download_url("준", uploaded(house)).rpartition("/")[0]
    answer = house.ask("GET", f"{url}/{tail}")
    assert (answer.status, answer.body) in ((200, DATA), (404, answer.body))
    assert saved_name(answer.headers.get("Content-Disposition", _SAVED))[1] == "과제.pdf"


_SAVED = "attachment; filename=\"\"; filename*=UTF-8''%EA%B3%BC%EC%A0%9C.pdf"


# -- who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_ticket_that_nobody_was_given_is_unknown(house: House, method: str) -> None:
    offer = uploaded(house)
    house.join("Sora")
    for url in (
        house.download_url("Sora", offer),
        house.download_url("민지", offer),
        house.upload_url(offer).replace("uploads", "downloads") + "/a",
        "/downloads/guessed/a",
        house.host.tickets.download("never-offered", 0, "jun", "a"),
    ):
        answer = house.ask(method, url)
        assert answer.status == 404, url


def test_who_declines_gets_no_byte_and_who_accepts_after_that_gets_all(house: House) -> None:
    offer = uploaded(house)
    house.answer("준", offer, False)
    assert house.ask("GET", house.download_url("준", offer)).status == 410
    assert house.ask("HEAD", house.download_url("준", offer)).status == 410
    house.answer("준", offer, True)
    assert house.ask("GET", house.download_url("준", offer)).body == DATA


@pytest.mark.parametrize("whole", [True, False], ids=["of what is there", "of what is still to come"])
def test_who_declines_while_the_answer_begins_is_refused_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    offer, reader = uploaded(house) if whole else house.wanted_offer(100), house.spool.reader

    def declined_first(*arguments: Any) -> Reader:
        house.answer("준", offer, False)
        return reader(*arguments)

    monkeypatch.setattr(house.spool, "reader", declined_first)
    assert house.ask("GET", house.download_url("준", offer)).status == 410


def test_a_withdrawn_offer_is_over_for_everybody(house: House) -> None:
    offer = uploaded(house)
    house.withdraw("민지", offer)
    answer = house.ask("GET", house.download_url("준", offer))
    assert answer.status == 410
    assert b"offer-closed" in answer.body


def test_the_fifth_connection_at_once_is_asked_to_come_later(house: House) -> None:
    offer = house.wanted_offer(10)
    waiting = [house.begin_get("준", offer) for _ in range(4)]
    for wire in waiting:
        assert wire.head()[0] == 200
    refused = house.ask("GET", house.download_url("준", offer))
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    for wire in waiting:
        wire.socket.close()
    until(house.at_rest)
    with house.begin_get("준", offer) as again:
        assert again.head()[0] == 200


# -- following the upload -------------------------------------------------------------------------


def test_bytes_flow_while_the_upload_still_runs(house: House) -> None:
    offer = house.wanted_offer(10)
    with house.begin_get("준", offer) as down, house.begin_patch(offer, 0, 10) as up:
        assert down.head()[1]["content-length"] == "10"
        assert house.state("준", offer) == "accepted"
        up.send(b"hel")
        assert down.read(3) == b"hel"
        up.send(b"lo")
        assert down.read(2) == b"lo"
        assert house.state("준", offer) == "receiving"
        up.send(b"world")
        assert down.read(5) == b"world"
        assert down.rest() == b""
    house.await_state("준", offer, "received")


def test_a_range_that_has_not_arrived_yet_is_waited_for(house: House) -> None:
    offer = house.wanted_offer(10)
    with house.begin_get("준", offer, "Range: bytes=5-7") as down:
        assert down.head()[0] == 206
        house.patch(offer, 0, b"hello")
        house.patch(offer, 5, b"world")
        assert down.rest() == b"wor"


def test_an_empty_file_needs_no_upload_to_be_received(house: House) -> None:
    offer = house.wanted_offer(0)
    answer = house.ask("GET", house.download_url("준", offer))
    assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, "0", b"")
    house.await_state("준", offer, "received")


def test_who_waits_too_long_is_let_go_short_of_the_length(tmp_path: Path) -> None:
    with House(tmp_path, patience=0.3) as house:
        offer = house.wanted_offer(10)
        house.patch(offer, 0, b"hello")
        with house.begin_get("준", offer) as down:
            assert down.head()[1]["content-length"] == "10"
            assert down.rest() == b"hello"
        assert house.state("준", offer) == "receiving"


def test_who_leaves_while_waiting_is_noticed(house: House) -> None:
    offer = house.wanted_offer(10)
    with house.begin_get("준", offer) as down:
        down.head()
        assert not house.at_rest()
    until(house.at_rest)


def test_received_is_who_has_been_sent_every_byte_in_whatever_parts(house: House) -> None:
    offer = uploaded(house)
    url = house.download_url("준", offer)
    for part in ("bytes=5000-", "bytes=0-999", "bytes=900-4998"):
        house.ask("GET", url, Range=part)
    assert house.state("준", offer) == "receiving"
    house.ask("GET", url, Range="bytes=4999-4999")
    house.await_state("준", offer, "received")


def test_a_cut_download_goes_on_where_it_was(house: House) -> None:
    data = DATA * 4000  # more than the system takes ahead of the receiver
    offer = uploaded(house, data)
    with house.begin_get("준", offer) as down:
        tag = down.head()[1]["etag"]
        first = down.read(1_000_000)
        down.cut()
    assert house.state("준", offer) == "receiving"
    with house.begin_get("준", offer, f"Range: bytes={len(first)}-", f"If-Range: {tag}") as down:
        assert down.head()[0] == 206
        assert first + down.rest() == data
    house.await_state("준", offer, "received")


def test_bytes_that_were_never_taken_do_not_count_as_received(house: House) -> None:
    offer = uploaded(house, bytes(64 * 2**20))
    with house.begin_get("준", offer) as down:
        down.head()
        down.read(1000)
        down.cut()
    until(house.at_rest)
    assert house.state("준", offer) == "receiving"
    ledger = house.room.offer(offer)
    assert 1000 <= ledger.bytes_to(house.room.speaker("준").member.id) < 32 * 2**20


def test_progress_is_told_while_the_sender_pauses(house: House) -> None:
    offer = house.wanted_offer(len(DATA))
    with house.begin_get("준", offer) as down:
        down.head()
        for start in range(0, 1000, 100):
            house.patch(offer, start, DATA[start : start + 100])
        down.read(1000)
        until(lambda: house.room.offer(offer).bytes_to(house.room.speaker("준").member.id) == 1000)


def test_progress_is_told_at_most_four_times_a_second_and_at_the_end(house: House) -> None:
    offer = house.wanted_offer(100)
    with house.begin_get("준", offer) as down:
        down.head()
        for position in range(100):
            house.patch(offer, position, b"x")
            down.read(1)
        down.rest()
    house.await_state("준", offer, "received")
    told = [change for change in house.told if isinstance(change, BytesDelivered)]
    assert len(told) < 20
    assert [each.stop for each in told[:-1]] == [each.start for each in told[1:]]
