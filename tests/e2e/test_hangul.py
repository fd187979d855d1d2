"""Hangul is put together by an input method: Enter sends a message once, whole, and never half a syllable."""

from __future__ import annotations

import pytest
from playwright.sync_api import CDPSession, expect

from tests.e2e.conftest import NewPerson
from tests.e2e.person import Person

pytestmark = pytest.mark.browser

# As the browsers fire them: one press of Enter that both completes a syllable and is meant as Enter.
MAC_ENTER = """field => {
  const key = extra => new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...extra});
  field.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
  field.dispatchEvent(key({keyCode: 229, isComposing: true}));
  field.dispatchEvent(new CompositionEvent("compositionend", {data: field.value, bubbles: true}));
}"""
SAFARI_ENTER = """field => {
  const key = extra => new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...extra});
  field.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
  field.dispatchEvent(new CompositionEvent("compositionend", {data: field.value, bubbles: true}));
  field.dispatchEvent(key({keyCode: 229}));
}"""


class InputMethod:
    """A Korean input method, as the browser itself hears it."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    def shows(self, text: str) -> None:
        end = {"selectionStart": len(text), "selectionEnd": len(text)}
        self._session.send("Input.imeSetComposition", {"text": text, **end})

    def swallows_a_key(self) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            event = {"type": kind, "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
            self._session.send("Input.dispatchKeyEvent", event)

    def commits(self, text: str) -> None:
        self._session.send("Input.insertText", {"text": text})


@pytest.fixture
def minji(person: NewPerson) -> Person:
    return person("민지").joins()


def test_a_key_that_the_input_method_took_does_not_send_and_the_next_enter_sends_once(minji: Person) -> None:
    minji.composer.click()
    method = InputMethod(minji.context.new_cdp_session(minji.page))
    for syllable in ("ㅎ", "하", "한"):
        method.shows(syllable)
    method.swallows_a_key()
    expect(minji.composer).to_have_value("한")
    assert minji.reads() == []
    method.commits("한")
    expect(minji.composer).to_have_value("한")
    minji.composer.press("Enter")
    minji.says("끝")
    assert [text for _, text in minji.has_read(2)] == ["한", "끝"]


@pytest.mark.parametrize("enter", [MAC_ENTER, SAFARI_ENTER], ids=["macOS", "Safari"])
def test_an_enter_that_completes_a_syllable_does_not_send_half_a_message(minji: Person, enter: str) -> None:
    minji.composer.fill("안녕")
    minji.composer.evaluate(enter)
    expect(minji.composer).to_have_value("안녕")
    minji.composer.press("Enter")
    minji.says("끝")
    assert [text for _, text in minji.has_read(2)] == ["안녕", "끝"]


def test_enter_with_shift_breaks_the_line(minji: Person) -> None:
    minji.composer.fill("하나")
    minji.composer.press("Shift+Enter")
    minji.composer.press_sequentially("둘")
    minji.composer.press("Enter")
    assert [text for _, text in minji.has_read(1)] == ["하나\n둘"]
