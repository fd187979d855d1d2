"""WebKitGTK's MiniBrowser on a screen that nobody sees, and one person in it."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver import WebKitGTKOptions
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from tests.e2e.words import ENGLISH
from tests.tools import need

SECONDS = 20
SPEAKS_ENGLISH = {"LC_ALL": "C.UTF-8", "LANGUAGE": "en"}
BY_LABEL = "//*[@id=//label[normalize-space()='{0}']/@for or @aria-label='{0}']"
BUTTON = "//button[normalize-space()='{0}' or @aria-label='{0}']"


DOWNLOADS = "받은 파일"
COPY_ON_F9 = """const bytes = Uint8Array.from(atob(arguments[0]), one => one.charCodeAt(0));
const item = new ClipboardItem({"image/png": new Blob([bytes], {type: "image/png"})});
addEventListener("keydown", async event => {
  if (event.key === "F9") await navigator.clipboard.write([item]).then(() => document.body.dataset.copied = "yes");
});"""


@contextmanager
def driver(home: Path) -> Iterator[WebDriver]:
    """A running browser whose user lives in `home`; it and its screen end together."""
    options = WebKitGTKOptions()
    options.binary_location = str(need("MiniBrowser"))
    options.add_argument("--automation")
    with server(home) as address:
        wire = RemoteConnection(client_config=ClientConfig(remote_server_addr=address))
        # The file is on this computer already: nothing is to be carried to the driver.
        running = WebDriver(command_executor=wire, options=options, file_detector=UselessFileDetector())
        try:
            yield running
        finally:
            running.quit()


@contextmanager
def server(home: Path) -> Iterator[str]:
    """WebKit's driver under a virtual screen, at the address that is given."""
    settle(home)
    port = free_port()
    command = [str(need("xvfb-run")), "-a", str(need("WebKitWebDriver")), f"--port={port}"]
    process = subprocess.Popen(
        command,
        env={**os.environ, **SPEAKS_ENGLISH, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        await_answer(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(SECONDS)


def settle(home: Path) -> None:
    """A user's folder, with a place for downloads."""
    (home / DOWNLOADS).mkdir(parents=True)
    (home / ".config").mkdir()
    (home / ".config" / "user-dirs.dirs").write_text(f'XDG_DOWNLOAD_DIR="$HOME/{DOWNLOADS}"\n', "utf-8")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def await_answer(port: int) -> None:
    """Return once somebody listens there; raises TimeoutError."""
    deadline = time.monotonic() + SECONDS
    listening = threading.Event()
    while time.monotonic() < deadline:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        listening.wait(0.05)
    raise TimeoutError(f"nobody listens at {port}")


class WebKitPerson:
    """`name` at WebKit, with the verbs that the main story needs."""

    def __init__(self, name: str, url: str, browser: WebDriver, home: Path) -> None:
        self.name, self.url, self.browser, self.home, self.words = name, url, browser, home, ENGLISH

    def _until(self, condition: Callable[[WebDriver], bool]) -> None:
        WebDriverWait(self.browser, SECONDS, 0.05).until(condition)

    def _click(self, xpath: str) -> None:
        self._until(lambda browser: bool(browser.find_elements(By.XPATH, xpath)))
        self._until(lambda browser: browser.find_element(By.XPATH, xpath).get_attribute("aria-disabled") != "true")
        self.browser.find_element(By.XPATH, xpath).click()

    def joins(self) -> WebKitPerson:
        self.browser.get(self.url)
        field = BY_LABEL.format(self.words["name"])
        self._until(lambda browser: bool(browser.find_elements(By.XPATH, field)))
        name = self.browser.find_element(By.XPATH, field)
        name.clear()
        name.send_keys(self.name)
        self._click(BUTTON.format(self.words["join"]))
        self._until(lambda browser: bool(browser.find_elements(By.TAG_NAME, "textarea")))
        return self

    def says(self, text: str) -> None:
        self.browser.find_element(By.TAG_NAME, "textarea").send_keys(text, Keys.ENTER)

    def sees(self, text: str) -> None:
        self._until(lambda _: text in [said for _, said in self.reads()])

    def sees_pictures(self, count: int) -> None:
        script = "return [...document.querySelectorAll('[data-seq] img')].filter(image => image.naturalWidth).length"
        self._until(lambda browser: browser.execute_script(script) == count)

    def offers(self, file: Path) -> None:
        self.browser.find_element(By.XPATH, f"//input[@aria-label='{self.words['send files']}']").send_keys(str(file))
        self._tray_holds_something()
        self._click(BUTTON.format(self.words["send"]))

    def _tray_holds_something(self) -> None:
        tray = f"//section[@aria-label='{self.words['to be sent']}']//li"
        self._until(lambda browser: bool(browser.find_elements(By.XPATH, tray)))

    def pastes_picture(self, png: bytes) -> None:
        """Copies a picture in the browser itself, at a press of a key as it demands, and presses Ctrl+V and Enter."""
        field = self.browser.find_element(By.TAG_NAME, "textarea")
        self.browser.execute_script(COPY_ON_F9, base64.b64encode(png).decode())
        field.send_keys(Keys.F9)
        self._until(lambda browser: bool(browser.find_elements(By.CSS_SELECTOR, "[data-copied]")))
        field.send_keys(Keys.CONTROL, "v")
        self._tray_holds_something()
        field.send_keys(Keys.ENTER)

    def _answers(self, file: Path, word: str, then: str) -> None:
        card = f"//*[@role='group'][contains(., '{file.name}')]"
        self._click(card + BUTTON.format(self.words[word]))
        said = f"{card}[contains(., '{self.words[then]}')]"
        self._until(lambda browser: bool(browser.find_elements(By.XPATH, said)))

    def accepts(self, file: Path) -> Path:
        """Accepts and waits for the whole download; returns where it lies."""
        self._answers(file, "accept", "received")
        got = self.home / DOWNLOADS / file.name
        self._until(lambda _: got.exists() and got.stat().st_size == file.stat().st_size)
        return got

    def declines(self, file: Path) -> None:
        self._answers(file, "decline", "declined")

    def reads(self) -> list[tuple[int, str]]:
        """The conversation as it stands: seq and text of each message."""
        script = """return [...document.querySelectorAll('[role=log] [data-seq]')].map(
            row => [Number(row.dataset.seq), row.querySelector('.bubble')?.textContent ?? ''])"""
        return [(seq, text) for seq, text in self.browser.execute_script(script)]

    def has_read(self, count: int) -> list[tuple[int, str]]:
        self._until(lambda _: len(self.reads()) == count)
        return self.reads()
