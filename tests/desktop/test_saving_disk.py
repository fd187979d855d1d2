"""What is on the disk already, and a disk that takes no more."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread

import pytest

from chatapp.desktop import saving
from chatapp.desktop.saving import reveal_command, save, write_zone
from tests.desktop.scripted import Answer, Scripted, head, plain, whole
from tests.server.hard_disks import small_disk

SMALL = b"0123456789"
PAGE = 4096


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(saving, "PATIENCE_SECONDS", 2.0)


def saved(path: Path, *script: Answer, sha256: str | None = None) -> str:
    with Scripted(*script) as room:
        return save(f"{room.url}/downloads/t/n", path, sha256)


# -- what is there already ------------------------------------------------------------------------


def test_the_file_that_the_person_chose_to_replace_is_replaced(tmp_path: Path) -> None:
    chosen = tmp_path / "보고서.hwp"
    chosen.write_bytes(b"old")

    assert saved(chosen, whole(SMALL)) == "saved"
    assert chosen.read_bytes() == SMALL


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(plain("404 Not Found"), "gone"), (whole(b"another"), "damaged"), (whole(SMALL, 5), "lost")],
    ids=["gone", "damaged", "lost"],
)
def test_a_file_that_was_there_stays_until_the_new_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer, outcome: str
) -> None:
    monkeypatch.setattr(saving, "PATIENCE_SECONDS", 0.2)
    chosen = tmp_path / "보고서.hwp"
    chosen.write_bytes(b"old")

    assert saved(chosen, answer, sha256=hashlib.sha256(SMALL).hexdigest()) == outcome
    assert chosen.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [chosen]


def test_somebodys_own_part_file_beside_it_is_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "보고서.hwp.part"
    own.write_bytes(b"mine")

    assert saved(tmp_path / "보고서.hwp", whole(SMALL)) == "saved"
    assert saved(tmp_path / "보고서.hwp", plain("404 Not Found")) == "gone"
    assert own.read_bytes() == b"mine"


def test_two_downloads_to_one_name_do_not_run_into_each_other(tmp_path: Path) -> None:
    chosen, begun, goes_on = tmp_path / "사진.zip", Event(), Event()

    def slow(_: str) -> Iterable[bytes]:
        yield head("200 OK", content_length=2 * PAGE, etag='"a"') + b"a" * PAGE
        begun.set()
        goes_on.wait(10)
        yield b"a" * PAGE

    outcomes: list[str] = []
    first = Thread(target=lambda: outcomes.append(saved(chosen, slow)))
    first.start()
    assert begun.wait(10)
    outcomes.append(saved(chosen, whole(b"b" * PAGE)))
    assert chosen.read_bytes() == b"b" * PAGE

    goes_on.set()
    first.join(10)
    assert outcomes == ["saved", "saved"]
    assert chosen.read_bytes() == b"a" * 2 * PAGE


# -- a disk that does not -------------------------------------------------------------------------


def test_a_folder_that_is_not_there_cannot_be_saved_to(tmp_path: Path) -> None:
    assert saved(tmp_path / "gone" / "사진.zip", whole(SMALL)) == "disk"


def test_a_folder_of_that_name_is_not_replaced(tmp_path: Path) -> None:
    chosen = tmp_path / "사진.zip"
    (chosen / "inside").mkdir(parents=True)

    assert saved(chosen, whole(SMALL)) == "disk"
    assert [path.name for path in tmp_path.rglob("*")] == ["사진.zip", "inside"]


def test_a_disk_that_is_full_keeps_nothing_and_asks_no_more(tmp_path: Path) -> None:
    disk = tmp_path / "stick"
    with small_disk(disk, 4 * PAGE), Scripted(whole(b"x" * 64 * PAGE)) as room:
        assert save(f"{room.url}/downloads/t/n", disk / "사진.zip", None) == "disk"
        assert list(disk.iterdir()) == []
        assert len(room.heads) == 1


def test_a_disk_that_is_full_is_noticed_when_the_file_is_begun_anew(tmp_path: Path) -> None:
    """The first bytes are still in memory at the cut, and going back to the start writes them."""
    disk = tmp_path / "stick"
    with small_disk(disk, PAGE):
        (disk / "사진").write_bytes(b"x" * PAGE)
        with Scripted(whole(SMALL, 5), whole(SMALL, 5, etag='"b"'), whole(SMALL, 5, etag='"c"')) as room:
            assert save(f"{room.url}/downloads/t/n", disk / "b", None) == "disk"
        assert len(room.heads) == 2
        assert [path.name for path in disk.iterdir()] == ["사진"]


def test_a_disk_that_is_full_is_noticed_before_the_file_counts_as_saved(tmp_path: Path) -> None:
    disk = tmp_path / "stick"
    with small_disk(disk, PAGE):
        (disk / "사진").write_bytes(b"x" * PAGE)
        assert saved(disk / "b", whole(SMALL)) == "disk"
        assert [path.name for path in disk.iterdir()] == ["사진"]


# -- what the system is told ----------------------------------------------------------------------


def test_the_mark_of_the_web_says_that_the_file_came_from_elsewhere(tmp_path: Path) -> None:
    write_zone(tmp_path / "setup.exe")

    assert (tmp_path / "setup.exe:Zone.Identifier").read_bytes() == b"[ZoneTransfer]\r\nZoneId=3\r\n"


def test_a_disk_without_streams_goes_without_the_mark(tmp_path: Path) -> None:
    write_zone(tmp_path / "gone" / "setup.exe")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("platform", "command"),
    [
        # Explorer reads its line itself: the path alone is quoted, for blanks and commas, and never the switch.
        ("win32", 'explorer /select,"{path}"'),
        ("darwin", ["open", "-R", "{path}"]),
        ("linux", ["xdg-open", "{folder}"]),
    ],
)
def test_a_saved_file_is_shown_in_its_folder(platform: str, command: str | list[str]) -> None:
    path = Path("받은 파일") / "사진, 민지.zip"
    words = [command] if isinstance(command, str) else command
    expected = [word.format(path=path, folder=path.parent) for word in words]

    assert reveal_command(path, platform) == (expected[0] if isinstance(command, str) else expected)
