"""One person at one browser, in verbs."""

from __future__ import annotations

import base64
from pathlib import Path

from playwright.sync_api import BrowserContext, Download, Error, Locator, Page, Request, WebSocket, expect

from tests.e2e.words import ENGLISH, KOREAN

ROWS = "[role=log] [data-seq]"
READ_ROWS = """rows => rows.map(row => [Number(row.dataset.seq), row.querySelector('.bubble')?.textContent ?? ''])"""
COPY_PICTURE = """async coded => {
  const bytes = Uint8Array.from(atob(coded), one => one.charCodeAt(0));
  await navigator.clipboard.write([new ClipboardItem({"image/png": new Blob([bytes], {type: "image/png"})})]);
}"""
CARRY = """files => {
  const data = new DataTransfer();
  for (const {name, type, coded} of files) {
    const bytes = Uint8Array.from(atob(coded), one => one.charCodeAt(0));
    data.items.add(new File([bytes], name, {type}));
  }
  return data;
}"""

PASTE = """(field, data) => {
  const event = new Event("paste", {bubbles: true, cancelable: true});
  Object.defineProperty(event, "clipboardData", {value: data});
  field.dispatchEvent(event);
}"""


class Person:
    """`name` in a context of one's own; everything that the browser asked for or was told is noted."""

    def __init__(self, name: str, url: str, context: BrowserContext, language: str = "ko") -> None:
        self.name, self.url, self.context = name, url, context
        self.words = KOREAN if language == "ko" else ENGLISH
        self.asked: list[str] = []
        self.told: list[str] = []
        self.broken: list[str] = []
        self.downloads: list[Download] = []
        self.sent_from: list[int] = []
        self.page: Page = context.new_page()
        self._watch(self.page)

    def _watch(self, page: Page) -> None:
        page.on("request", self._note_request)
        page.on("websocket", self._note_socket)
        page.on("pageerror", self._note_error)
        page.on("download", self._note_download)

    def _note_request(self, request: Request) -> None:
        self.asked.append(request.url)
        if request.method == "PATCH":
            self.sent_from.append(int(request.headers["upload-offset"]))

    def _note_error(self, error: Error) -> None:
        # Firefox reports a server that does not answer as an error of the script.
        if "/socket.io/" not in error.message:
            self.broken.append(error.message)

    def _note_download(self, download: Download) -> None:
        self.downloads.append(download)

    def _note_socket(self, socket: WebSocket) -> None:
        self.asked.append(socket.url)
        socket.on("framereceived", lambda frame: self.told.append(str(frame)))

    # -- coming and going --
    def opens(self, path: str = "/") -> None:
        self.page.goto(f"{self.url}{path}")
        expect(self.page.get_by_label(self.words["name"])).to_be_focused()

    def joins(self) -> Person:
        self.opens()
        return self.enters()

    def joins_as_host(self, token: str) -> Person:
        self.opens(f"/#host={token}")
        return self.enters()

    def enters(self) -> Person:
        self.page.get_by_label(self.words["name"]).fill(self.name)
        self.page.get_by_role("button", name=self.words["join"], exact=True).click()
        return self.is_inside()

    def is_inside(self) -> Person:
        expect(self.composer).to_be_visible()
        expect(self.page.get_by_text(self.words["connected"], exact=True)).to_be_attached()
        return self

    def reloads(self) -> None:
        self.page.reload()

    def walks_to(self, target: Locator, steps: int = 60) -> None:
        """Presses Tab until the focus is there, on what may be pressed by then."""
        expect(target).to_be_enabled()
        for _ in range(steps):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        expect(target).to_be_focused()

    def loses_the_tab(self) -> None:
        self.page.close()

    def takes_a_new_tab(self) -> None:
        self.page = self.context.new_page()
        self._watch(self.page)
        self.page.goto(self.url)

    # -- writing --
    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name=self.words["message"], exact=True)

    @property
    def tray(self) -> Locator:
        return self.page.get_by_role("region", name=self.words["to be sent"])

    def says(self, *texts: str) -> None:
        for text in texts:
            self.composer.fill(text)
            self.composer.press("Enter")

    def pastes_picture(self, png: bytes) -> None:
        """Copies a picture in the browser itself and presses Ctrl+V."""
        self.page.bring_to_front()
        self.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.url)
        self.page.evaluate(COPY_PICTURE, base64.b64encode(png).decode())
        self.composer.press("ControlOrMeta+v")

    def drops(self, *files: Path, kind: str = "image/png") -> None:
        coded = [
            {"name": file.name, "type": kind, "coded": base64.b64encode(file.read_bytes()).decode()} for file in files
        ]
        carried = self.page.evaluate_handle(CARRY, coded)
        self.page.locator("body").dispatch_event("drop", {"dataTransfer": carried})

    def sends_what_waits(self) -> None:
        """Presses Enter once the tray shows what came in, and sees it go."""
        expect(self.tray.get_by_role("listitem")).not_to_have_count(0)
        self.composer.press("Enter")
        expect(self.tray).to_have_count(0)

    def offers(self, *files: Path) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name=self.words["send files"]).click()
        chooser.value.set_files(files)
        self.sends_what_waits()

    # -- consent --
    def card(self, file: Path) -> Locator:
        return self.page.get_by_role("group").filter(has_text=file.name)

    def _button(self, file: Path, word: str) -> Locator:
        return self.card(file).get_by_role("button", name=self.words[word], exact=True)

    def accepts(self, file: Path) -> Path:
        """Accepts and waits for the whole download; returns where it lies."""
        return self.begins_to_receive(file).path()

    def begins_to_receive(self, file: Path) -> Download:
        with self.page.expect_download() as download:
            self._button(file, "accept").click()
        return download.value

    def declines(self, file: Path) -> None:
        self._button(file, "decline").click()
        expect(self.card(file)).to_contain_text(self.words["declined"])

    def sees_in_ledger(self, file: Path, name: str, word: str) -> None:
        ledger = self.card(file).get_by_role("list", name=self.words["who has it"])
        expect(ledger.get_by_role("listitem").filter(has_text=name)).to_contain_text(self.words[word])

    # -- reading --
    @property
    def rows(self) -> Locator:
        return self.page.locator(ROWS)

    def sees(self, text: str) -> None:
        expect(self.page.get_by_role("log").get_by_text(text, exact=True)).to_be_visible()

    def sees_pictures(self, count: int) -> None:
        """So many pictures are drawn, with their real pixels."""
        pictures = self.page.get_by_role("button", name=self.words["open large"]).locator("img")
        expect(pictures).to_have_count(count)
        for each in pictures.all():
            each.evaluate("async image => { await image.decode(); if (!image.naturalWidth) throw Error('no pixels'); }")

    def reads(self) -> list[tuple[int, str]]:
        """The conversation as it stands: the seq and the text of each message, in the order shown."""
        return [(seq, text) for seq, text in self.rows.evaluate_all(READ_ROWS)]

    def has_read(self, count: int) -> list[tuple[int, str]]:
        """The conversation, once it holds so many messages, all of them at the host."""
        expect(self.rows).to_have_count(count, timeout=20_000)
        expect(self.page.get_by_text(self.words["waits"])).to_have_count(0)
        return self.reads()

    def sees_notice(self, words: str) -> None:
        expect(self.page.get_by_role("log").get_by_role("paragraph").filter(has_text=words)).to_be_attached()

    def looks_at_picture(self, number: int) -> None:
        """Opens a picture of the list in large."""
        self.page.get_by_role("button", name=self.words["open large"]).nth(number).click()
        expect(self.page.get_by_role("dialog").get_by_role("img")).to_be_visible()

    def was_given_downloads(self) -> bool:
        """Whether the server ever named a download to this person, or the browser asked for one."""
        return any("/downloads/" in one for one in (*self.told, *self.asked))

    def has_uploaded(self) -> bool:
        return any("/uploads/" in one for one in self.asked)

    def is_asked(self, file: Path) -> None:
        expect(self._button(file, "accept")).to_be_visible()

    def is_no_longer_asked(self, file: Path) -> None:
        expect(self._button(file, "accept")).to_have_count(0)
        expect(self.card(file)).to_be_visible()

    def withdraws(self, file: Path) -> None:
        self._button(file, "withdraw").click()

    def leaves(self) -> None:
        self.page.get_by_role("button", name=self.words["leave"], exact=True).click()
        self.page.get_by_role("dialog").get_by_role("button", name=self.words["leave"], exact=True).click()
        expect(self.page.get_by_role("heading", name=self.words["you left"])).to_be_visible()

    def sees_no_notice(self, words: str) -> None:
        expect(self.page.get_by_role("log").get_by_role("paragraph").filter(has_text=words)).to_have_count(0)

    def sees_waiting(self, count: int) -> None:
        """So many own messages say that they go out later."""
        expect(self.page.get_by_text(self.words["waits"])).to_have_count(count)

    # -- the door --
    def knocks(self) -> None:
        """Tries to join, whatever comes of it."""
        self.opens()
        self.page.get_by_label(self.words["name"]).fill(self.name)
        self.page.get_by_role("button", name=self.words["join"], exact=True).click()

    def is_told(self, words: str) -> None:
        expect(self.page.get_by_role("alert")).to_have_text(words)

    def is_at(self, screen: str) -> None:
        expect(self.page.get_by_role("heading", name=self.words[screen])).to_be_visible()

    # -- the host's --
    def locks(self) -> None:
        self.page.get_by_role("switch", name=self.words["lock"]).click()
        expect(self.page.get_by_role("switch", name=self.words["lock"])).to_be_checked()

    def removes(self, name: str) -> None:
        label = f"{name} 님 내보내기" if self.words["remove"] == "내보내기" else f"Remove {name}"
        self.page.get_by_role("button", name=label, exact=True).click()
        self.answers_dialog("remove")

    def wants_to_close(self) -> None:
        self.page.get_by_role("button", name=self.words["close the room"], exact=True).click()

    def is_asked_in_dialog(self, words: str) -> None:
        expect(self.page.get_by_role("dialog")).to_contain_text(words)

    def answers_dialog(self, word: str) -> None:
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name=self.words[word], exact=True).click()
        expect(dialog).to_have_count(0)

    def sees_that_it_is_cut(self) -> None:
        expect(self.page.get_by_text(self.words["connected"], exact=True)).to_have_count(0)
        expect(self.page.get_by_role("status").filter(has_text=self.words["is safe"])).to_be_visible()

    # -- settings --
    def chooses(self, option: str) -> None:
        self.page.get_by_text(option, exact=True).click()
        expect(self.page.get_by_label(option, exact=True)).to_be_checked()

    def opens_settings(self) -> None:
        self.page.get_by_role("button", name=self.words["settings"], exact=True).click()
        expect(self.page.get_by_role("dialog")).to_be_visible()

    def changes_settings(self, option: str) -> None:
        self.opens_settings()
        self.chooses(option)
        self.closes_dialog()

    def closes_dialog(self) -> None:
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def pastes_event(self, file: Path) -> None:
        """A paste as an event alone, for engines whose clipboard holds no pictures without a screen."""
        coded = base64.b64encode(file.read_bytes()).decode()
        carried = self.page.evaluate_handle(CARRY, [{"name": file.name, "type": "image/png", "coded": coded}])
        self.composer.evaluate(PASTE, carried)
