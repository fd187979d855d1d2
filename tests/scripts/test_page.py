"""When the page is built again, and with which Node."""

import os
import shutil
from pathlib import Path

import pytest

from scripts import _page
from scripts._page import Page
from scripts._setup import SetupError


def write(page: Page, name: str, text: str = "changed") -> None:
    path = page.web / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_built_page_is_not_built_again(page: Page) -> None:
    assert page.is_built()
    assert page.has_packages()


@pytest.mark.parametrize("name", ["src/main.ts", "src/new.ts", "index.html", "package-lock.json", "public/icon.svg"])
def test_a_changed_or_new_source_is_built(page: Page, name: str) -> None:
    write(page, name)

    assert not page.is_built()


def test_another_version_of_the_program_is_built_into_the_page(page: Page) -> None:
    (page.web.parent / "chatapp/__init__.py").write_text('__version__ = "1.2.4"\n', encoding="utf-8")

    assert not page.is_built()


def test_a_source_of_the_same_size_and_time_is_still_seen_as_changed(page: Page) -> None:
    # given an editor, or a version control, that keeps the times of files
    source = page.web / "src/main.ts"
    times = source.stat()
    write(page, "src/main.ts", "export  {}")
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert source.stat().st_mtime_ns == times.st_mtime_ns
    assert source.stat().st_size == times.st_size
    assert not page.is_built()


def test_a_source_that_moved_or_went_away_is_built(page: Page) -> None:
    (page.web / "src/lib").mkdir()
    (page.web / "src/main.ts").rename(page.web / "src/lib/main.ts")

    assert not page.is_built()


@pytest.mark.parametrize("name", ["node_modules/svelte/index.js", "dist/assets/index.js", ".vite/cache.json"])
def test_what_tools_leave_behind_is_no_source(page: Page, name: str) -> None:
    write(page, name)

    assert page.is_built()


def test_a_page_that_was_removed_is_built(page: Page) -> None:
    shutil.rmtree(page.web / "dist")

    assert not page.is_built()


def test_a_build_that_failed_is_not_taken_for_the_one_before(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a change, and a build of it that fails halfway
    write(page, "src/main.ts", "changed")
    monkeypatch.setattr(page, "node", lambda: _page.Node(Path("/no/such/node"), ("/no/such/npm",)))
    with pytest.raises(SetupError):
        page.ensure_build()

    # when the change is undone
    write(page, "src/main.ts", "export {};")

    # then web/dist, of which nobody knows what is in it, is built again
    assert not page.is_built()


def test_other_packages_are_installed_but_a_changed_source_needs_none(page: Page) -> None:
    write(page, "src/main.ts")
    assert page.has_packages()

    write(page, "package-lock.json")
    assert not page.has_packages()


def test_packages_whose_installation_was_interrupted_are_installed_again(page: Page) -> None:
    (page.web / "node_modules/.package-lock.json").unlink()

    assert not page.has_packages()


@pytest.mark.parametrize("version", ["v20.19.0\n", "v20.20.2", "v22.12.0", "v24.19.0", "v100.0.0"])
def test_a_node_that_vite_runs_on_is_taken(version: str) -> None:
    assert _page.is_new_enough(version)


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.3", "v21.7.3", "v22.11.0", "", "no such thing", "20.19.0"])
def test_a_node_that_vite_does_not_run_on_is_left(version: str) -> None:
    assert not _page.is_new_enough(version)


def test_without_a_node_there_is_none(tmp_path: Path) -> None:
    assert _page.system_node(path=str(tmp_path)) is None


def test_a_wheel_that_brought_no_node_is_told(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"Node 20\.19"):
        _page.wheel_node(tmp_path)
