"""Take docs/screenshot.png and docs/screenshot.ko.png of a real room: python scripts/screenshot.py."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts._machine import PROGRAMS, find
from scripts._page import Page as BuiltPage
from scripts._setup import DEV_LISTS, ROOT, Environment, SetupError
from scripts._start import attempt, become, one_set_up, with_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOST_NAME = "minji.local"
SIZE: Any = {"width": 1280, "height": 980}
PICTURE = """() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [960, 540];
    const paint = canvas.getContext("2d");
    const sky = paint.createLinearGradient(0, 0, 0, 400);
    sky.addColorStop(0, "#3d5a98"); sky.addColorStop(0.6, "#f2a07b"); sky.addColorStop(1, "#ffd9a0");
    paint.fillStyle = sky; paint.fillRect(0, 0, 960, 540);
    paint.fillStyle = "#fff3d6"; paint.beginPath(); paint.arc(650, 300, 46, 0, 7); paint.fill();
    ["#7b6a9c", "#4d5585", "#2b3560"].forEach((colour, depth) => {
        paint.fillStyle = colour; paint.beginPath(); paint.moveTo(0, 540);
        for (let x = 0; x <= 960; x += 8)
            paint.lineTo(x, 330 + depth * 60 + 42 * Math.sin(x / (150 - depth * 28) + depth * 2.1));
        paint.lineTo(960, 540); paint.fill();
    });
    return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
}"""


@dataclass(frozen=True)
class Play:
    """What the three say in one language, and the words of the page that they look for."""

    image: str
    locale: str
    title: str
    names: tuple[str, str, str]
    lines: tuple[str, str, str, str]
    files: tuple[str, str]
    accept: str
    decline: str
    received: str
    declined: str


PLAYS = (
    Play(
        "screenshot.png",
        "en-US",
        "Study group",
        ("Minji", "Jun", "Sora"),
        (
            "Hi! Let's put the slides together here.",
            "I'm in. Same Wi-Fi, no account, nice 👍",
            "This one for the cover?",
            "Yes! I'll put it on page one.",
        ),
        ("Survey results.xlsx", "Slides v3.pdf"),
        "Accept",
        "Decline",
        "has it",
        "declined",
    ),
    Play(
        "screenshot.ko.png",
        "ko-KR",
        "발표 준비방",
        ("민지", "준", "소라"),
        (
            "안녕하세요! 발표 자료 여기서 같이 맞춰 봐요.",
            "들어왔어요. 와이파이만 같으면 되니 편하네요 👍",
            "표지는 이 사진 어때요?",
            "좋아요! 첫 장에 넣을게요.",
        ),
        ("설문 결과.xlsx", "발표 자료 3차.pdf"),
        "받기",
        "거절",
        "받음",
        "거절",
    ),
)


class Person:
    """One person in a browser of their own."""

    def __init__(self, browser: Browser, play: Play, name: str, address: str) -> None:
        context = browser.new_context(locale=play.locale, viewport=SIZE, color_scheme="light")
        self.play = play
        self.page: Page = context.new_page()
        self.page.goto(address)
        self.page.locator("input[name=nickname]").fill(name)
        self.page.keyboard.press("Enter")
        self.field = self.page.locator("textarea")
        self.field.wait_for()

    def says(self, text: str) -> None:
        """Write a message and send it."""
        self.field.fill(text)
        self.field.press("Enter")
        self.sees(text)

    def sees(self, text: str) -> None:
        """Wait until a text stands in the conversation."""
        self.page.locator("main").get_by_text(text, exact=True).last.wait_for()

    def shows(self, picture: bytes) -> None:
        """Send a picture."""
        chosen: Any = {"name": "hills.jpg", "mimeType": "image/jpeg", "buffer": picture}
        self.page.locator("input[type=file][accept]").set_input_files(chosen)
        self.page.locator("form li.ready").wait_for()
        self.field.press("Enter")

    def offers(self, name: str, size: int) -> None:
        """Offer a file."""
        chosen: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": os.urandom(size)}
        self.page.locator("input[type=file]:not([accept])").set_input_files(chosen)
        self.page.locator("form li.ready").wait_for()
        self.field.press("Enter")
        self.sees(name)

    def answers(self, word: str) -> None:
        """Press a button of the newest offer, once it takes presses."""
        button = self.page.get_by_role("button", name=word, exact=True).last
        button.and_(self.page.locator("[aria-disabled=false]")).click()


@contextmanager
def a_room(title: str, data: Path) -> Iterator[str]:
    """A served room; its address for everyone on this computer."""
    command = [sys.executable, "-P", "-m", "chatapp", "host", "--no-window", "--title", title, "--data", str(data)]
    with subprocess.Popen(command, env=with_path(ROOT), stdout=subprocess.PIPE, encoding="utf-8") as program:
        try:
            page = next((line for line in program.stdout or () if line.startswith("Host page: ")), None)
            if page is None:
                raise SetupError("The room did not open.")
            yield page.removeprefix("Host page: ").strip()
        finally:
            program.terminate()


def take(browser: Browser, play: Play, folder: Path) -> None:
    """Play one scene and take its picture, as the second of the three sees it."""
    with a_room(play.title, folder) as host_page, ExitStack() as stack:
        guest_page = host_page.partition("#")[0].replace("127.0.0.1", HOST_NAME)
        pages = (host_page, guest_page, guest_page)
        host, guest, other = (Person(browser, play, *who) for who in zip(play.names, pages, strict=True))
        for person in (host, guest, other):
            stack.callback(person.page.context.close)
        perform(host, guest, other)
        guest.page.evaluate("document.fonts.ready")
        guest.page.screenshot(path=ROOT / "docs" / play.image, animations="disabled")


def perform(host: Person, guest: Person, other: Person) -> None:
    """A conversation with a picture, an offer that two have answered, and one that waits for an answer."""
    play = guest.play
    host.says(play.lines[0])
    guest.says(play.lines[1])
    other.says(play.lines[2])
    other.shows(base64.b64decode(other.page.evaluate(PICTURE)))
    guest.page.locator("main img").last.wait_for()
    guest.says(play.lines[3])
    guest.offers(play.files[0], 348_160)
    host.sees(play.files[0])
    host.answers(play.accept)
    other.sees(play.files[0])
    other.answers(play.decline)
    guest.sees(play.received)
    guest.sees(play.declined)
    host.offers(play.files[1], 2_516_582)
    guest.sees(play.files[1])
    guest.page.get_by_role("button", name=play.accept, exact=True).last.wait_for()


def take_all() -> None:
    """Take both pictures; raises SetupError when there is no Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # not there before the set-up

    chromium = find("chromium")
    if chromium is None:
        raise SetupError(f"This needs {PROGRAMS['chromium'].advice}.")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[f"--host-resolver-rules=MAP {HOST_NAME} 127.0.0.1"],
            chromium_sandbox=False,
        )
        for play in PLAYS:
            take(browser, play, Path(folder, play.locale))
        browser.close()


def main() -> int:
    """Make the checkout ready, go on with its own Python, and take the pictures; the exit code."""
    environment = Environment()
    code = attempt(lambda: prepare(environment))
    if code == 0 and Path(sys.prefix).resolve() != environment.venv.resolve():
        return become([str(environment.python), __file__], with_path(ROOT))
    return code or attempt(take_all)


def prepare(environment: Environment) -> None:
    """Bring the packages and the page up to date; raises SetupError."""
    with one_set_up(environment.root):
        environment.ensure(DEV_LISTS)
        BuiltPage(environment).ensure_build()


if __name__ == "__main__":
    sys.exit(main())
