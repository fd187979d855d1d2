"""show and picture: the bytes decide, and the server changes none of them."""

from __future__ import annotations

import base64

import pytest

from tests.contract.people import Company
from tests.contract.pictures import GIF, JPEG, WEBP, chunk, data_url, png

KINDS = {"png": png(5, 4), "jpeg": JPEG, "gif": GIF, "webp": WEBP}
SIZES = {"png": (5, 4), "jpeg": (1, 1), "gif": (1, 1), "webp": (1, 1)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_small_picture_comes_with_its_entry_byte_for_byte(room: Company, kind: str) -> None:
    minji, jun = room.enters("민지"), room.enters("준")

    seq = minji.shows(data_url(KINDS[kind], kind))
    entry = jun.hears("posted", lambda entry: entry["seq"] == seq)

    assert entry["image"] == data_url(KINDS[kind], kind)
    assert (entry["width"], entry["height"], entry["bytes"]) == (*SIZES[kind], len(KINDS[kind]))
    assert jun.does("picture", id=entry["id"])["image"] == entry["image"]


@pytest.mark.parametrize("label", ["jpeg", "gif", "webp", "bmp", "svg+xml"])
def test_a_wrong_label_is_corrected(room: Company, label: str) -> None:
    minji = room.enters("민지")

    seq = minji.shows(data_url(KINDS["png"], label))

    assert minji.hears("posted", lambda entry: entry["seq"] == seq)["image"] == data_url(KINDS["png"], "png")


def test_a_longer_picture_is_asked_for_and_comes_byte_for_byte(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    picture = png(200, 100, 60_000)

    seq = minji.shows(data_url(picture))
    entry = jun.hears("posted", lambda entry: entry["seq"] == seq)

    assert entry["image"] is None
    assert (entry["width"], entry["height"], entry["bytes"]) == (200, 100, len(picture))
    image = jun.does("picture", id=entry["id"])["image"]
    assert base64.b64decode(image.removeprefix("data:image/png;base64,")) == picture


def test_a_data_url_is_inline_up_to_inline_bytes_and_not_a_character_longer(room: Company) -> None:
    minji = room.enters("민지")
    extra = next(n for n in range(48_000, 50_000) if len(data_url(png(2, 2, n))) > 65_536)

    seqs = [minji.shows(data_url(png(2, 2, n))) for n in (extra - 1, extra)]
    entries = minji.reads(after=seqs[0] - 1)

    assert len(entries[0]["image"]) <= 65_536
    assert entries[1]["image"] is None


def test_a_picture_may_have_image_bytes_and_not_one_more(room: Company) -> None:
    whole = png(2, 2, 2_097_152 - len(png(2, 2)))
    assert len(whole) == 2_097_152

    assert room.enters("민지").shows(data_url(whole)) > 0
    assert room.enters("준").code_of("show", mid=1, image=data_url(whole + b"\0")) == "image-too-large"


def test_a_picture_may_have_40_million_pixels_and_not_more(room: Company) -> None:
    minji = room.enters("민지")

    assert minji.shows(data_url(png(8000, 5000))) > 0
    assert minji.code_of("show", mid=2, image=data_url(png(8000, 5001))) == "image-too-large"
    assert minji.code_of("show", mid=3, image=data_url(png(2**31 - 1, 1))) == "image-too-large"


NO_PICTURES = {
    "words": b"not a picture",
    "html": b"<html><script>alert(1)</script></html>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "bmp": b"BM" + bytes(60),
    "a magic number alone": b"\x89PNG\r\n\x1a\n",
    "a header cut short": png(3, 3)[:20],
    "no width": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(4) + b"\0\0\0\x05\x08\0\0\0\0"),
    "a JPEG without a frame": b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xd9",
    "a GIF cut short": GIF[:7],
    "a RIFF of another kind": b"RIFF\x24\0\0\0WAVEfmt " + bytes(20),
    "nothing": b"",
}


@pytest.mark.parametrize("what", NO_PICTURES)
def test_what_is_no_picture_with_a_size_in_its_header_is_refused(room: Company, what: str) -> None:
    minji = room.enters("민지")

    assert minji.code_of("show", mid=1, image=data_url(NO_PICTURES[what])) == "image-type"


def test_a_picture_that_was_refused_is_neither_stored_nor_told(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    jun.forgets()

    minji.code_of("show", mid=1, image=data_url(b"no picture"))
    jun.settles()

    assert jun.heard("posted") == []


def test_a_picture_is_asked_for_by_the_id_of_its_entry(room: Company) -> None:
    minji = room.enters("민지")
    said = minji.reads(after=minji.says("그림이 아니다") - 1)[0]

    assert minji.code_of("picture", id="nothing") == "unknown-entry"
    assert minji.code_of("picture", id=said["id"]) == "unknown-entry"
    assert minji.code_of("picture", id="../x") == "malformed"
    assert minji.code_of("picture", id="x" * 65) == "malformed"


def test_more_than_2_mib_of_pictures_a_second_slow_down(room: Company) -> None:
    minji, jun = room.enters("민지"), room.enters("준")
    picture = data_url(png(2, 2, 2_000_000))

    pipelined = [minji.sends("show", {"mid": mid, "image": picture}) for mid in (1, 2, 3)]
    acks = [asked.answer() for asked in pipelined]

    assert acks[0]["ok"]
    refused = next(ack for ack in acks if not ack["ok"])
    assert refused["code"] == "slow-down"
    assert 0 < refused["retry_ms"] <= 3000
    assert jun.shows(data_url(png(2, 2))) > 0
