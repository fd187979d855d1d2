"""Frames that no page sends: refused or the socket is closed, nobody is troubled, nothing is stored."""

from __future__ import annotations

import itertools
import json
import socket as plain_socket
from collections.abc import Iterator

import pytest

from tests.contract.conftest import OpenSocket
from tests.contract.people import Company, Person, fresh_token
from tests.contract.wire import RawSocket
from tests.server_process import ServerProcess

RESERVED = ["connect", "disconnect", "connect_error", "disconnecting", "newListener", "removeListener"]
UNKNOWN = [
    "message",
    "error",
    "ping",
    "Say",
    "say ",
    "",
    "posted",
    "*",
    "__proto__",
    "constructor",
    "toString",
]
number = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A room of this module's own: the seats that are lost here would be left in the middle of another's test."""
    running = ServerProcess(data=tmp_path_factory.mktemp("rough"))
    yield running
    running.stop()


@pytest.fixture
def jun(room: Company) -> Person:
    return room.enters("준")


@pytest.fixture
def minji(raw: OpenSocket, jun: Person) -> RawSocket:
    """민지, who has joined by hand; she never leaves, so each has a number."""
    socket = raw()
    answer = socket.asks("join", json.dumps({"token": fresh_token(), "name": f"민지 {next(number)}"}), 99)
    assert answer["ok"], answer
    jun.forgets()
    return socket


def nothing_was_told(jun: Person) -> bool:
    jun.settles()
    return [what for what, _ in jun.timeline if what not in {"ack", "member-changed"}] == []


@pytest.mark.parametrize("name", RESERVED + UNKNOWN)
def test_an_event_that_is_no_command_is_unknown_and_changes_nothing(minji: RawSocket, jun: Person, name: str) -> None:
    answer = minji.asks(name, json.dumps({"reason": "x", "token": fresh_token(), "name": "도둑"}))

    assert answer == {"ok": False, "code": "unknown-command"}
    assert nothing_was_told(jun)
    assert minji.asks("say", '{"mid":1,"text":"나는 아직 있다"}')["ok"]


@pytest.mark.parametrize("event", ["5", "null", "true", "[]", "{}", '["say"]', "1.5"])
def test_an_event_without_a_name_is_refused(minji: RawSocket, jun: Person, event: str) -> None:
    answer = minji.asks_with(f'421[{event},{{"mid":1,"text":"x"}}]')

    assert answer["ok"] is False
    assert answer["code"] in {"unknown-command", "malformed"}
    assert nothing_was_told(jun)


@pytest.mark.parametrize(
    "payload",
    [
        '"text"',
        "5",
        "true",
        "null",
        "[]",
        '[{"mid":1,"text":"x"}]',
        '{"mid":1,"text":"x"},{}',
        '{"mid":1,"text":"x"},5',
    ],
)
def test_a_payload_that_is_not_one_object_is_malformed(minji: RawSocket, jun: Person, payload: str) -> None:
    answer = minji.asks("say", payload)

    assert answer["code"] == "malformed"
    assert type(answer["at"]) is str
    assert nothing_was_told(jun)


def test_a_missing_payload_is_malformed(minji: RawSocket) -> None:
    assert minji.asks_with('421["say"]')["code"] == "malformed"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "01", ".5", "'x'", "undefined"])
def test_what_is_no_json_is_refused_wherever_it_stands(minji: RawSocket, jun: Person, value: str) -> None:
    for payload in (f'{{"mid":{value},"text":"x"}}', f'{{"mid":1,"text":"x","other":{value}}}'):
        assert minji.asks("say", payload)["code"] == "malformed"

    assert nothing_was_told(jun)
    assert minji.asks("say", '{"mid":1,"text":"나는 아직 있다"}')["ok"]


@pytest.mark.parametrize("text", [r"\ud800", r"a\udc00b", r"\udc00\ud800", r"\ud83d"])
def test_a_lone_surrogate_is_malformed(minji: RawSocket, jun: Person, text: str) -> None:
    assert minji.asks("say", f'{{"mid":1,"text":"{text}"}}')["code"] == "malformed"
    assert minji.asks("rename", f'{{"name":"{text}"}}')["code"] == "malformed"
    assert nothing_was_told(jun)


def test_a_pair_of_surrogates_is_a_character(minji: RawSocket, jun: Person) -> None:
    assert minji.asks("say", r'{"mid":1,"text":"\ud83d\ude00"}')["ok"]
    assert jun.hears("posted")["text"] == "😀"


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("depth", [100, 20_000])
def test_deep_nesting_is_malformed(minji: RawSocket, jun: Person, opening: str, closing: str, depth: int) -> None:
    deep = opening * depth + "1" + closing * depth

    assert minji.asks("say", f'{{"mid":1,"text":"x","deep":{deep}}}')["code"] == "malformed"
    assert nothing_was_told(jun)


def test_very_many_containers_are_malformed(minji: RawSocket, jun: Person) -> None:
    many = "[" + ",".join(["{}"] * 100_000) + "]"

    assert minji.asks("say", f'{{"mid":1,"text":"x","many":{many}}}')["code"] == "malformed"
    assert nothing_was_told(jun)


def test_brackets_inside_a_text_are_no_containers(minji: RawSocket) -> None:
    assert minji.asks("say", json.dumps({"mid": 1, "text": '[{"' * 1000}))["ok"]


def test_a_hundred_offered_files_are_not_too_many_containers(minji: RawSocket) -> None:
    files = [{"name": f"{n}.txt", "size": 1, "type": "text/plain"} for n in range(100)]

    assert minji.asks("offer", json.dumps({"mid": 1, "files": files}))["ok"]


def test_a_command_without_an_ack_id_is_done(minji: RawSocket, jun: Person) -> None:
    minji.sends('42["say",{"mid":1,"text":"말없이"}]')

    assert jun.hears("posted")["text"] == "말없이"


def test_an_ack_id_is_the_clients_own(minji: RawSocket) -> None:
    assert minji.asks("say", '{"mid":1,"text":"하나"}', ack=123456789)["ok"]


def test_a_binary_event_is_refused(minji: RawSocket, jun: Person) -> None:
    minji.sends('451-1["say",{"mid":1,"text":{"_placeholder":true,"num":0}}]')
    minji.socket.send_binary(b"binary")

    assert minji.is_closed() is not None or not minji.socket.connected
    assert nothing_was_told(jun)


def test_a_placeholder_is_a_plain_object(minji: RawSocket, jun: Person) -> None:
    for placeholder in ('{"_placeholder":true,"num":0}', '{"_placeholder":true,"num":-1}'):
        assert minji.asks("say", f'{{"mid":1,"text":{placeholder}}}')["code"] == "malformed"
    assert nothing_was_told(jun)


def test_a_frame_longer_than_frame_bytes_closes_the_socket_with_1009(minji: RawSocket, jun: Person) -> None:
    minji.sends("42" + json.dumps(["say", {"mid": 1, "text": "x" * 4_194_304}]))

    assert minji.is_closed() == 1009
    assert nothing_was_told(jun)


def test_a_frame_of_frame_bytes_is_read(minji: RawSocket) -> None:
    start = '421["say",{"mid":1,"text":"'
    frame = start + "x" * (4_194_304 - len(start) - 3) + '"}]'
    assert len(frame) == 4_194_304

    assert minji.asks_with(frame)["code"] == "text-too-long"


GARBAGE = [
    "",
    "x",
    "4",
    "42",
    "42[",
    "42]",
    "42{}",
    '42"say"',
    "42[]",
    "42/",
    "42/other,",
    "429[",
    "9",
    "41x",
    "44{}",
    "45",
    "451-",
    "45-1-[]",
    "459999999999-[]",
    "0{}",
    "5",
    "6",
    "7",
    "43",
    "43x",
    "431",
    '43999[{"ok":true}]',
    "2probe",
    "3probe",
    "40",
    '40{"x":NaN}',
    "4\u0000",
    "421",
    "42" + "9" * 5000 + "[]",
    '42["say"',
    "42[NaN]",
]


@pytest.mark.parametrize("frame", GARBAGE, ids=[f"{n} {frame[:12]!a}" for n, frame in enumerate(GARBAGE)])
def test_garbage_troubles_nobody_and_leaves_no_ghost(minji: RawSocket, jun: Person, room: Company, frame: str) -> None:
    minji.sends(frame)
    minji.closes()

    gone = jun.hears("member-changed", lambda member: not member["online"])
    assert gone["name"].startswith("민지")
    assert room.enters("Sora").says("나는 아무 일도 없다") > 0


def test_invalid_utf_8_closes_the_socket(minji: RawSocket, jun: Person) -> None:
    minji.socket.send(b'42["say",{"mid":1,"text":"\xff\xfe"}]', opcode=1)

    minji.is_closed()
    assert nothing_was_told(jun)


def test_another_namespace_is_not_there(raw: OpenSocket) -> None:
    socket = raw(opens=False)
    assert socket.receives().startswith("0")

    socket.sends("40/admin,")

    assert socket.receives().startswith("44/admin,")


def test_a_socket_that_only_opens_and_says_nothing_sees_nothing(raw: OpenSocket, room: Company) -> None:
    silent = raw()
    room.enters("민지").says("비밀")

    assert silent.asks("history", "{}")["code"] == "not-joined"


def test_a_connection_that_vanishes_in_mid_frame_leaves_no_ghost(
    minji: RawSocket, jun: Person, server: ServerProcess
) -> None:
    assert minji.socket.sock
    minji.socket.sock.sendall(b"\x81\xfe\xff\xff")
    minji.socket.sock.shutdown(plain_socket.SHUT_RDWR)

    assert jun.hears("member-changed", lambda member: not member["online"])
