"""A second start hands over to the first."""

import json
import socket
import sys
from pathlib import Path
from queue import Queue

import pytest

from chatapp.desktop.single import FILE, Only, hands_over


def test_a_second_start_calls_the_first_one_and_finds_nobody_once_it_has_ended(tmp_path: Path) -> None:
    called: Queue[bool] = Queue()
    first = Only(tmp_path, lambda: called.put(True))

    assert hands_over(tmp_path)
    assert called.get(timeout=10)

    first.close()
    assert not hands_over(tmp_path)
    assert not (tmp_path / FILE).exists()


def test_who_was_killed_is_not_taken_for_a_first_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    (tmp_path / FILE).write_text(json.dumps({"port": port, "word": "w"}))
    assert not hands_over(tmp_path)

    (tmp_path / FILE).write_text("{")
    assert not hands_over(tmp_path)


def test_a_wrong_word_calls_nobody(tmp_path: Path) -> None:
    first = Only(tmp_path, lambda: pytest.fail("called"))
    running = json.loads((tmp_path / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps(running | {"word": "guessed"}))

    assert not hands_over(tmp_path)
    first.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes; the folder is the person's own")
def test_only_this_person_may_read_how_to_call_it(tmp_path: Path) -> None:
    first = Only(tmp_path, lambda: None)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    first.close()
