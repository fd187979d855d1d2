"""One recipient's way through an offer: the whole table of the contract's section 1, "State"."""

from __future__ import annotations

import pytest

from chatapp.core.changes import BytesDelivered, FileReceived, OfferRecord, RecipientSaved
from chatapp.core.offers import Act, Ending, LiveOffer
from chatapp.errors import Refused
from chatapp.protocol import OfferFile, OfferState, RecipientState
from tests.core.actors import Tickets, refused
from tests.core.diagram import ACTS, DIAGRAM, STATES


def offer(state: OfferState = "open", *sizes: int) -> LiveOffer:
    files = tuple(OfferFile(f"과제{n}.pdf", size, "application/pdf") for n, size in enumerate(sizes or (10,)))
    return LiveOffer(OfferRecord("offer", 1, "민지", files, 0, 1000, state))


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_an_act_leads_where_the_diagram_says_and_nowhere_else(state: RecipientState, act: Act) -> None:
    given = offer()
    given.states["준"] = state

    changes = given.act("준", act)

    assert [change.state for change in changes] == [s for s in (DIAGRAM[state].get(act),) if s is not None]
    assert given.state_of("준") == state, "an act is decided, not done"


def test_who_has_not_answered_is_pending() -> None:
    assert offer().state_of("준") == "pending"


@pytest.mark.parametrize(
    ("ending", "state"), [("withdraw", "withdrawn"), ("expire", "expired"), ("forsake", "sender-left")]
)
def test_an_open_offer_closes_by(ending: Ending, state: OfferState) -> None:
    assert offer().end(ending).state == state


@pytest.mark.parametrize("ending", ["withdraw", "expire", "forsake"])
@pytest.mark.parametrize("state", ["withdrawn", "expired", "sender-left"])
def test_a_closed_offer_cannot_be_closed_again(state: OfferState, ending: Ending) -> None:
    with refused("offer-closed"):
        offer(state).end(ending)


BYTES_MAY_GO = {
    ("open", "accepted"),
    ("open", "receiving"),
    ("open", "received"),
    ("expired", "receiving"),
}
NEVER_HAD_A_TICKET = "pending"


@pytest.mark.parametrize("mine", STATES)
@pytest.mark.parametrize("state", ["open", "withdrawn", "expired", "sender-left"])
def test_bytes_go_only_to_those_who_consented_and_only_while_it_stands(state: OfferState, mine: RecipientState) -> None:
    given = offer(state)
    given.states["준"] = mine

    if (state, mine) in BYTES_MAY_GO:
        given.check_download("준")
    else:
        with refused("not-found" if mine == NEVER_HAD_A_TICKET else "offer-closed"):
            given.check_download("준")


@pytest.mark.parametrize("mine", STATES)
@pytest.mark.parametrize("state", ["open", "withdrawn", "expired", "sender-left"])
def test_downloads_are_shown_only_to_those_who_consented_and_only_while_it_is_open(
    state: OfferState, mine: RecipientState
) -> None:
    given = offer(state)
    given.states["준"] = mine

    shown = [url.url for url in given.seen_by("준", ["민지", "준"], Tickets()).downloads]

    may = state == "open" and mine in ("accepted", "receiving", "received")
    assert shown == (["/downloads/offer.0.준/과제0.pdf"] if may else [])


def test_the_sender_has_no_download() -> None:
    with refused("not-found"):
        offer().check_download("민지")


@pytest.mark.parametrize("mine", STATES)
def test_no_byte_is_taken_before_somebody_has_accepted(mine: RecipientState) -> None:
    given = offer()
    given.states["준"] = mine

    if mine in ("accepted", "receiving", "received"):
        given.check_upload()
    else:
        with refused("not-wanted"):
            given.check_upload()


@pytest.mark.parametrize("state", ["withdrawn", "expired", "sender-left"])
def test_no_byte_is_taken_for_an_offer_that_is_over(state: OfferState) -> None:
    given = offer(state)
    given.states["준"] = "accepted"

    with refused("offer-closed"):
        given.check_upload()


def test_an_expired_offer_takes_bytes_for_who_is_receiving() -> None:
    given = offer("expired")
    given.states["준"] = "receiving"

    given.check_upload()


def test_only_the_files_that_are_missing_are_wanted() -> None:
    given = offer("open", 10, 20)
    given.states["준"] = "accepted"
    given.whole.add(0)

    assert [url.url for url in given.uploads(Tickets())] == ["/uploads/offer.1.민지"]


def test_received_is_every_byte_of_every_file_in_any_order() -> None:
    given = offer("open", 10, 0)
    given.states["준"] = "receiving"

    for file, start, stop in ((0, 4, 10), (1, 0, 0), (0, 0, 3)):
        change = BytesDelivered("offer", file, "준", start, stop)
        assert RecipientSaved("offer", "준", "received") not in given.completed(change)
        given.delivered(change)

    assert given.completed(BytesDelivered("offer", 0, "준", 3, 4)) == (RecipientSaved("offer", "준", "received"),)
    assert given.bytes_to("준") == 9


def test_an_empty_file_is_not_received_before_it_was_asked_for() -> None:
    given = offer("open", 10, 0)
    given.states["준"] = "receiving"

    assert given.completed(BytesDelivered("offer", 0, "준", 0, 10)) == (FileReceived("offer", "준", 0),)


def test_the_ledger_is_the_senders_alone_and_mine_is_everybody_elses() -> None:
    given = offer()
    given.states["준"] = "accepted"

    sender, recipient = (given.seen_by(viewer, ["민지", "준", "Sora"], Tickets()) for viewer in ("민지", "준"))

    assert sender.mine is None
    assert {who: (row.state, row.bytes) for who, row in (sender.ledger or {}).items()} == {
        "준": ("accepted", 0),
        "Sora": ("pending", 0),
    }
    assert (recipient.mine, recipient.ledger, recipient.uploads) == ("accepted", None, ())


def test_a_refusal_has_its_code() -> None:
    with pytest.raises(Refused, match="offer-closed"):
        offer("expired").end("expire")
