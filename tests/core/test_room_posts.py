"""Posting: one list for all, each command taken once."""

from __future__ import annotations

import base64

import pytest
from msgspec import UNSET

from chatapp.protocol import REMEMBERED_MIDS, Limits, Offered, OfferFile, Said, Shown, WasTyping
from tests.core.actors import OFFER_TTL, Play, refused
from tests.core.picture_bytes import png

PICTURE = "data:image/png;base64," + base64.b64encode(png(2, 3)).decode()


def test_everyone_hears_what_is_said_its_author_too() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    tab = minji.opens_a_tab()

    acked = minji.says("안녕")

    said = joon.shown[-1]
    assert isinstance(said, Said)
    assert (said.seq, said.by, said.name, said.at, said.text) == (3, minji.id, "민지", play.now, "안녕")
    assert (acked.seq, acked.offer) == (3, UNSET)
    assert joon.shown[-1] is minji.shown[-1] is tab.entries[-1]


def test_an_entry_keeps_the_name_of_its_moment() -> None:
    play = Play()
    minji = play.enters("민지")
    minji.says("안녕")

    minji.renames("Sora")

    assert minji.shown[1].name == "민지"


def test_a_text_is_kept_as_it_is() -> None:
    play = Play()
    minji = play.enters("민지")
    text = "  두 줄\n\tＫｉｍ <b>e\u0301</b>  "

    minji.says(text)

    assert isinstance(said := minji.shown[-1], Said)
    assert said.text == text


@pytest.mark.parametrize("nothing", ["", " \t\n", "\u200b\u2060", "\u3164"])
def test_a_text_of_nothing_is_empty(nothing: str) -> None:
    minji = Play().enters("민지")

    with refused("text-empty"):
        minji.says(nothing)


def test_a_text_has_at_most_as_many_code_points_as_the_limit_says() -> None:
    minji = Play(limits=Limits(text_chars=3)).enters("민지")

    assert minji.says("😀가e").seq == 2
    with refused("text-too-long"):
        minji.says("😀가e!")


def test_a_taken_mid_answers_as_it_did_the_first_time_and_adds_nothing() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    first = minji.says("안녕", mid=1)
    minji.says("잘 지내?", mid=2)
    told = len(joon.tab.told)

    assert minji.says("안녕", mid=1) == first
    assert minji.says("something else", mid=1) == first
    assert (len(play.disk.entries), len(joon.tab.told)) == (4, told)


def test_a_hole_in_the_mids_answers_gap_with_what_is_expected() -> None:
    play = Play()
    minji = play.enters("민지")
    minji.says("하나", mid=1)

    with refused("gap", expected=2):
        minji.says("셋", mid=3)

    assert minji.says("둘", mid=2).seq == 3


def test_a_refused_content_takes_its_mid_and_is_refused_again() -> None:
    play = Play()
    minji = play.enters("민지")

    for _ in range(2):
        with refused("text-empty"):
            minji.says(" ", mid=1)

    assert minji.says("안녕", mid=2).seq == 2
    with refused("text-empty"):
        minji.says("now with words", mid=1)


def test_a_full_disk_takes_no_mid_and_changes_nothing() -> None:
    play = Play()
    minji = play.enters("민지")
    play.disk.fails = True

    with refused("storage-full"):
        minji.says("안녕", mid=1)
    assert (minji.shown, play.room.log.head) == (play.disk.entries, 1)

    assert minji.says("안녕", mid=1).seq == 2


def test_the_newest_1000_mids_are_remembered_over_a_restart_too() -> None:
    play = Play()
    minji = play.enters("민지")
    for mid in range(1, REMEMBERED_MIDS + 2):
        minji.says("안녕", mid=mid)

    for _ in range(2):
        assert minji.says("안녕", mid=2).seq == 3
        with refused("gap", expected=REMEMBERED_MIDS + 2):
            minji.says("안녕", mid=1)
        play.restarts()
        minji.joins()


def test_two_tabs_number_their_commands_apart_when_their_outboxes_are_two() -> None:
    play = Play()
    minji = play.enters("민지")
    second = minji.opens_a_tab("second")

    assert minji.says("하나", mid=1).seq == 2
    assert minji.says("둘", mid=1, tab=second).seq == 3


def test_a_join_says_how_far_its_outbox_is() -> None:
    play = Play()
    minji = play.enters("민지")
    minji.says("하나")
    with refused("text-empty"):
        minji.says("")

    assert minji.resyncs().last_mid == 2
    assert minji.joins(outbox="second").last_mid == 0


def test_say_show_and_offer_share_their_mids() -> None:
    play = Play()
    minji = play.enters("민지")

    minji.says("하나", mid=1)
    minji.shows(PICTURE, mid=2)
    offer = minji.offers(("과제.pdf", 1), mid=3)

    again = minji.says("하나", mid=3)
    assert (again.seq, again.offer is not UNSET and again.offer.id) == (4, offer)


def test_a_picture_goes_to_everyone_and_a_long_one_only_when_it_is_asked_for() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")
    minji.shows(PICTURE)
    assert isinstance(shown := joon.shown[-1], Shown)
    assert (shown.image, shown.width, shown.height, shown.bytes) == (PICTURE, 2, 3, len(png(2, 3)))

    minji = Play(limits=Limits(inline_bytes=len(PICTURE))).enters("민지")
    minji.shows(PICTURE)
    assert isinstance(shown := minji.shown[-1], Shown)
    assert shown.image == PICTURE, "at most as long as the limit, not shorter"

    play = Play(limits=Limits(inline_bytes=len(PICTURE) - 1))
    minji = play.enters("민지")
    minji.shows(PICTURE)
    assert isinstance(shown := minji.shown[-1], Shown)
    assert (shown.image, play.disk.pictures[shown.id]) == (None, PICTURE)


def test_what_is_no_picture_is_refused_and_takes_its_mid() -> None:
    minji = Play().enters("민지")

    with refused("image-type"):
        minji.shows("data:image/png;base64,aGVsbG8=", mid=1)
    assert minji.says("안녕", mid=2).seq == 2


def test_an_offers_entry_has_only_what_never_changes() -> None:
    play = Play()
    minji, joon = play.enters("민지"), play.enters("준")

    offer = minji.offers(("../과제.pdf", 7), ("CON.txt", 0))

    assert isinstance(entry := joon.shown[-1], Offered)
    assert (entry.offer.id, entry.offer.expires_at) == (offer, play.now + OFFER_TTL)
    assert entry.offer.files == (
        OfferFile("과제.pdf", 7, "application/octet-stream"),
        OfferFile("_CON.txt", 0, "application/octet-stream"),
    )


def test_an_offer_is_refused_for_its_files() -> None:
    play = Play(limits=Limits(offer_files=2))
    minji = play.enters("민지")
    play.room.free_bytes = 10

    with refused("too-many-files"):
        minji.offers(("a", 1), ("b", 1), ("c", 1), mid=1)
    with refused("file-size"):
        minji.offers(("a", 5), ("b", 6), mid=2)
    with refused("file-name"):
        minji.offers(("...", 1), mid=3)
    assert minji.offers(("a", 5), ("b", 5), mid=4)


def test_typing_is_told_to_everyone_else() -> None:
    play = Play()
    minji, joon, sora = play.enters("민지"), play.enters("준"), play.enters("Sora")
    second = minji.opens_a_tab()

    minji.types()

    assert joon.heard("was-typing") == sora.heard("was-typing") == [WasTyping(minji.id)]
    assert minji.heard("was-typing") == second.heard("was-typing") == []


def test_one_person_has_so_much_on_offer_and_no_more() -> None:
    play = Play(quota=100)
    minji, joon = play.enters("민지"), play.enters("준")
    first = minji.offers(("과제.pdf", 60))

    with refused("file-size"):
        minji.offers(("그림.png", 41))
    joon.offers(("그림.png", 41))
    minji.withdraws(first)

    minji.offers(("그림.png", 100), mid=3)
