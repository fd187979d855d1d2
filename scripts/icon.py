"""Draw packing/icon.ico, .icns and .png from packing/icon.svg: python scripts/icon.py, after a change of the .svg.

Run with the Python of a checkout that is ready for tests (.venv); a Chromium draws.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, sync_playwright

from scripts._icons import ICNS_KINDS, ICO_SIZES, icns, ico
from scripts._machine import PROGRAMS, find
from scripts._setup import ROOT


def drawn(browser: Browser, svg: str, size: int) -> bytes:
    """The picture as a PNG of this width, clear where nothing is."""
    page = browser.new_page(viewport={"width": size, "height": size})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{svg}")
    picture = page.screenshot(omit_background=True)
    page.close()
    return picture


def main() -> int:
    """Draw and write; the exit code."""
    chromium = find("chromium")
    if chromium is None:
        print(f"This needs {PROGRAMS['chromium'].advice}.", file=sys.stderr)
        return 1
    folder = ROOT / "packing"
    svg = (folder / "icon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=False)
        pictures = {size: drawn(browser, svg, size) for size in {*ICO_SIZES, *ICNS_KINDS.values()}}
        browser.close()
    (folder / "icon.ico").write_bytes(ico(pictures))
    (folder / "icon.icns").write_bytes(icns(pictures))
    (folder / "icon.png").write_bytes(pictures[256])
    return 0


if __name__ == "__main__":
    sys.exit(main())
