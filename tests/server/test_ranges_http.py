"""Which bytes a Range asks for (RFC 9110 section 14), and what a download says of itself."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.core.filenames import clean_file_name
from chatapp.errors import Refused
from chatapp.server.ranges_http import disposition, strong_etag, wanted
from tests.server.relay_clients import saved_name


def _cleaned(name: str) -> str:
    with suppress(Refused):
        return clean_file_name(name)
    return "a"


file_names = st.text().map(_cleaned)
ETAG = strong_etag("offer", 0, 100)


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("bytes=0-9", range(10)),
        ("bytes=0-0", range(1)),
        ("bytes=99-99", range(99, 100)),
        ("bytes=40-", range(40, 100)),
        ("bytes=40-1000", range(40, 100)),
        ("bytes=-10", range(90, 100)),
        ("bytes=-1000", range(100)),
        ("BYTES=007-9", range(7, 10)),
        (" bytes = 1-2 ", range(1, 3)),
    ],
)
def test_one_range_gets_its_bytes(asked: str, span: range) -> None:
    assert wanted(asked, None, ETAG, 100) == span


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=100-200", "bytes=999-", "bytes=" + "9" * 40 + "-", "bytes=-0"])
def test_a_range_beyond_the_end_cannot_be_had(asked: str) -> None:
    with pytest.raises(Refused, match="range-invalid"):
        wanted(asked, None, ETAG, 100)


@pytest.mark.parametrize("asked", ["bytes=0-", "bytes=0-0", "bytes=-1"])
def test_of_an_empty_file_no_range_can_be_had(asked: str) -> None:
    with pytest.raises(Refused, match="range-invalid"):
        wanted(asked, None, ETAG, 0)


@pytest.mark.parametrize(
    "asked",
    [
        None, "", "bytes", "bytes=", "bytes=-", "bytes=9-2", "bytes=0-1,4-5", "bytes=0-0," * 1000, "lines=0-9",
        "bytes=a-b", "bytes=1-2-3", "bytes=+1-2", "bytes=0x1-2", "bytes=١-٢", "bytes=0-9" + "9" * 5000,
    ],
)  # fmt: skip
def test_several_ranges_and_what_is_no_range_get_everything(asked: str | None) -> None:
    assert wanted(asked, None, ETAG, 100) is None


@settings(deadline=None)
@given(st.text(), st.integers(0, 10**12))
def test_no_range_ever_leaves_the_file(asked: str, size: int) -> None:
    for text in (asked, f"bytes={asked}", f"bytes={asked}-", f"bytes=-{asked}"):
        span = None
        with suppress(Refused):
            span = wanted(text, None, ETAG, size)
        assert span is None or 0 <= span.start < span.stop <= size


def test_the_range_counts_while_the_file_is_still_the_same() -> None:
    assert wanted("bytes=5-", ETAG, ETAG, 100) == range(5, 100)


@pytest.mark.parametrize("condition", ['"other"', f"W/{ETAG}", "Wed, 21 Oct 2026 07:28:00 GMT", "", "*"])
def test_everything_comes_when_the_file_may_be_another(condition: str) -> None:
    assert wanted("bytes=5-", condition, ETAG, 100) is None


def test_the_entity_tag_is_strong_and_of_this_file_alone() -> None:
    tags = {strong_etag(offer, file, size) for offer in ("a", "b") for file in (0, 1) for size in (1, 11)}
    assert len(tags) == 8
    assert all(tag.startswith('"') and tag.endswith('"') and tag.isascii() for tag in tags)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("report.pdf", "report.pdf"),
        ("과제.pdf", "__.pdf"),
        ("100%41.txt", "100_41.txt"),
        ("it's; ok, (1).txt", "it's; ok, (1).txt"),
        ("crème brûlée.txt", "creme brulee.txt"),
    ],
)
def test_a_download_is_saved_under_its_full_name_and_under_a_plain_one_by_old_programs(name: str, plain: str) -> None:
    assert saved_name(disposition(name)) == (plain, name)


@settings(deadline=None)
@given(file_names)
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    assert saved_name(disposition(name))[1] == name
