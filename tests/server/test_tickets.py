"""Tickets: whoever holds one may do one thing, and nobody can make one."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatapp.errors import Refused
from chatapp.server.tickets import Ticket, Tickets

SECRET = bytes(range(32))
ids = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
files = st.integers(0, 99)


def ticket_in(path: str) -> str:
    return path.split("/")[2]


@pytest.fixture
def tickets() -> Tickets:
    return Tickets(SECRET)


@settings(deadline=None)
@given(ids, files, ids)
def test_a_ticket_says_which_file_of_which_offer_and_for_whom(offer: str, file: int, member: str) -> None:
    tickets = Tickets(SECRET)
    up, down = tickets.upload(offer, file, member), tickets.download(offer, file, member, "a.txt")
    assert tickets.read_upload(ticket_in(up)) == Ticket(offer, file, member)
    assert tickets.read_download(ticket_in(down)) == Ticket(offer, file, member)


def test_a_ticket_of_before_a_restart_still_counts_after_it(tickets: Tickets) -> None:
    given_out = ticket_in(tickets.upload("offer", 0, "민지"))
    assert Tickets(SECRET).read_upload(given_out).offer == "offer"


def test_a_ticket_of_another_room_is_unknown_here(tickets: Tickets) -> None:
    foreign = Tickets(b"another room's secret, long enough")
    with pytest.raises(Refused, match="not-found"):
        tickets.read_upload(ticket_in(foreign.upload("offer", 0, "minji")))


def test_a_ticket_to_send_fetches_nothing_and_one_to_fetch_sends_nothing(tickets: Tickets) -> None:
    with pytest.raises(Refused, match="not-found"):
        tickets.read_download(ticket_in(tickets.upload("offer", 0, "jun")))
    with pytest.raises(Refused, match="not-found"):
        tickets.read_upload(ticket_in(tickets.download("offer", 0, "jun", "a")))


@settings(deadline=None)
@given(ids, files, ids, st.data())
def test_a_ticket_with_one_other_character_is_unknown(offer: str, file: int, member: str, data: st.DataObject) -> None:
    tickets = Tickets(SECRET)
    good = ticket_in(tickets.download(offer, file, member, "a"))
    at = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.characters().filter(lambda character: character != good[at]))
    with pytest.raises(Refused, match="not-found"):
        tickets.read_download(good[:at] + other + good[at + 1 :])


@settings(deadline=None)
@given(st.text(st.characters()))
@example("")
@example(".")
@example("a.0.b.")
@example("....")
@example("a" * 100_000)
@example("\udc80.0.\ud800.x")
@example("\0")
def test_garbage_is_no_ticket(garbage: str) -> None:
    tickets = Tickets(SECRET)
    for read in (tickets.read_upload, tickets.read_download):
        with pytest.raises(Refused, match="not-found"):
            read(garbage)


def test_something_behind_a_good_ticket_makes_it_a_bad_one(tickets: Tickets) -> None:
    good = ticket_in(tickets.upload("o" * 64, 99, "m" * 64))
    for tail in ("x", ".", "=" * 40, "x" * 1000):
        with pytest.raises(Refused, match="not-found"):
            tickets.read_upload(good + tail)


def test_two_tickets_cannot_be_mixed_into_a_third(tickets: Tickets) -> None:
    of_jun, of_sora = (ticket_in(tickets.download("offer", 0, who, "a")) for who in ("jun", "sora"))
    with pytest.raises(Refused, match="not-found"):
        tickets.read_download(of_jun.rpartition(".")[0] + "." + of_sora.rpartition(".")[2])


def test_the_proof_in_a_ticket_has_at_least_128_bits(tickets: Tickets) -> None:
    proof = ticket_in(tickets.upload("offer", 0, "minji")).rpartition(".")[2]
    assert re.fullmatch(r"[A-Za-z0-9_-]{22,}", proof)


def test_a_download_ends_in_the_file_name_whatever_that_is(tickets: Tickets) -> None:
    path = tickets.download("offer", 0, "jun", "과제 100%#1?.pdf")
    assert path.isascii()
    assert len(path.split("/")) == 4
    assert unquote(path.split("/")[3]) == "과제 100%#1?.pdf"


def test_a_file_on_disk_tells_nobody_whose_it_is(tickets: Tickets) -> None:
    names = {tickets.spool_name(offer, file) for offer in ("a", "b") for file in range(50)}
    assert len(names) == 100
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in names)
    assert tickets.spool_name("a", 0) == Tickets(SECRET).spool_name("a", 0)


def test_a_secret_that_could_be_guessed_is_not_taken() -> None:
    with pytest.raises(ValueError, match="15 bytes"):
        Tickets(b"x" * 15)
