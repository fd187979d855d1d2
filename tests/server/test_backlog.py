"""What the system holds of a download that is not on its way yet: much for a fast connection, little for a slow one."""

import socket
from collections.abc import Iterator

import pytest

from chatapp.server.wire import LEAST_UNSENT, MOST_UNSENT, Backlog
from tests.server.relay_clients import until

pytestmark = pytest.mark.skipif(not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="this system has no such bound")


@pytest.fixture
def connection() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as ours:
        yield ours


def held(connection: socket.socket) -> int:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT)


def test_it_is_little_before_anybody_knows_how_fast_a_connection_is(connection: socket.socket) -> None:
    Backlog(connection)
    assert held(connection) == LEAST_UNSENT


def test_it_follows_a_connection_that_becomes_fast_and_slow_again(connection: socket.socket) -> None:
    backlog, gone = Backlog(connection), 0

    def goes(count: int) -> int:
        nonlocal gone
        gone += count
        backlog.fit(gone)
        return held(connection)

    until(lambda: goes(2**30) == MOST_UNSENT)
    until(lambda: goes(0) == LEAST_UNSENT)
