"""WebKitGTK's MiniBrowser on a screen that nobody sees, and one person in it."""

from __future__ import annotations

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


@contextmanager
def driver() -> Iterator[WebDriver]:
    """A running browser; it and its screen end together."""
    options = WebKitGTKOptions()
    options.binary_location = str(need("MiniBrowser"))
    options.add_argument("--automation")
    with server() as address:
        wire = RemoteConnection(client_config=ClientConfig(remote_server_addr=address))
        # The file is on this computer already: nothing is to be carried to the driver.
        running = WebDriver(command_executor=wire, options=options, file_detector=UselessFileDetector())
        try:
            yield running
        finally:
            running.quit()


@contextmanager
def server() -> Iterator[str]:
    """WebKit's driver under a virtual screen, at the address that is given."""
    port = free_port()
    command = [str(need("xvfb-run")), "-a", str(need("WebKitWebDriver")), f"--port={port}"]
    process = subprocess.Popen(
        command,
        env={**os.environ, **SPEAKS_ENGLISH},
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

    def __init__(self, name: str, url: str, browser: WebDriver) -> None:
        self.name, self.url, self.browser, self.words = name, url, browser, ENGLISH

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
        tray = f"//section[@aria-label='{self.words['to be sent']}']//li"
        self._until(lambda browser: bool(browser.find_elements(By.XPATH, tray)))
        self._click(BUTTON.format(self.words["send"]))

    def declines(self, file: Path) -> None:
        card = f"//*[@role='group'][contains(., '{file.name}')]"
        self._click(card + BUTTON.format(self.words["decline"]))
        said = f"{card}[contains(., '{self.words['declined']}')]"
        self._until(lambda browser: bool(browser.find_elements(By.XPATH, said)))

    def reads(self) -> list[tuple[int, str]]:
        """The conversation as it stands: seq and text of each message."""
        script = """return [...document.querySelectorAll('[role=log] [data-seq]')].map(
            row => [Number(row.dataset.seq), row.querySelector('.bubble')?.textContent ?? ''])"""
        return [(seq, text) for seq, text in self.browser.execute_script(script)]

    def has_read(self, count: int) -> list[tuple[int, str]]:
        self._until(lambda _: len(self.reads()) == count)
        return self.reads()
