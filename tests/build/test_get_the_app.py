"""A guest gets the program from the host's own copy, over the room, with a browser that knows no internet."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.build.conftest import OpenFrozen
from tests.build.packing import EDITION, program_in, unpack
from tests.contract.wire import request
from tests.tools import need

pytestmark = pytest.mark.browser
ZIP = f"{EDITION.name}.zip"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
AGENTS = {
    "windows": f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME}",
    "macos": f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {CHROME}",
    "linux": f"Mozilla/5.0 (X11; Linux x86_64) {CHROME}",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=need("chromium"))
        yield chromium
        chromium.close()


@pytest.fixture
def stick(dist: Path, tmp_path: Path) -> Path:
    """The host's stick: the zip, and what it unpacked to."""
    shutil.copy(dist / ZIP, tmp_path)
    unpack(dist / ZIP, tmp_path)
    return tmp_path


def guest(browser: Browser, url: str, agent: str) -> Page:
    """준, inside the room, on a wide screen."""
    page = browser.new_context(locale="ko-KR", user_agent=agent, viewport={"width": 1280, "height": 900}).new_page()
    page.goto(url)
    page.get_by_label("이름").fill("준")
    page.keyboard.press("Enter")
    expect(page.get_by_label("메시지", exact=True)).to_be_visible()
    return page


def test_the_hosts_zip_is_offered_and_arrives_whole(stick: Path, frozen: OpenFrozen, browser: Browser) -> None:
    server = frozen(program=[str(program_in(stick / EDITION.name))])
    page = guest(browser, server.url, AGENTS[EDITION.system])
    sums = hashlib.sha256((stick / ZIP).read_bytes()).hexdigest()

    link = page.get_by_role("complementary").get_by_role("link").filter(has_text="MB").first
    expect(page.get_by_text(sums).first).to_be_visible()
    with page.expect_download() as downloading:
        link.click()

    assert downloading.value.suggested_filename == ZIP
    assert hashlib.sha256(downloading.value.path().read_bytes()).hexdigest() == sums
    page.context.close()


def test_what_the_guest_got_is_a_program_that_hosts(stick: Path, frozen: OpenFrozen, tmp_path: Path) -> None:
    got = tmp_path / "guest" / ZIP
    got.parent.mkdir()
    got.write_bytes(request(frozen(program=[str(program_in(stick / EDITION.name))]).url, "GET", f"/apps/{ZIP}").body)

    guests = frozen(program=[str(program_in(unpack(got, got.parent)))], data=tmp_path / "guest" / "room")

    assert request(guests.url, "GET", "/apps").json()["apps"][0]["name"] == ZIP


def test_about_tells_the_version_and_the_licences(stick: Path, frozen: OpenFrozen, browser: Browser) -> None:
    page = guest(browser, frozen().url, AGENTS["linux"])
    page.get_by_role("button", name="설정").click()
    page.get_by_role("button", name="ChatApp 정보").click()

    dialog = page.get_by_role("dialog", name="ChatApp 정보")
    expect(dialog).to_contain_text(f"버전 {EDITION.version}")
    dialog.get_by_text("들어 있는 것들의 라이선스").click()
    expect(dialog.locator("pre")).to_contain_text("python-socketio")
    page.context.close()


def test_without_a_zip_nothing_is_offered(frozen: OpenFrozen, browser: Browser) -> None:
    server = frozen()
    page = guest(browser, server.url, AGENTS["linux"])

    assert request(server.url, "GET", "/apps").json() == {"apps": []}
    expect(page.get_by_role("complementary").get_by_role("link")).to_have_count(0)
    page.context.close()
