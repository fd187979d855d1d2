"""The rows that compare, as bars: one picture without a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

WIDTH, LEFT, BAR, GAP, ROOM = 760, 20, 18, 30, 170
STYLE = """
svg { font: 13px system-ui, sans-serif; background: #fff }
text { fill: #1d2430 } .soft { fill: #5b6676 } .ours { fill: #3d5a98 } .node { fill: #b9c2d0 }
@media (prefers-color-scheme: dark) {
  svg { background: #14181f } text { fill: #e8ecf2 } .soft { fill: #9aa6b6 }
  .ours { fill: #8fb0f0 } .node { fill: #4a5565 }
}
"""


class Row(NamedTuple):
    """Two bars whose lengths compare; `told` stands beside the second one's number."""

    what: str
    ours: float
    other: float
    told: str = ""


class Words(NamedTuple):
    """What a picture says besides its rows."""

    title: str
    other: str
    command: str


def plot(rows: Sequence[Row], about: Mapping[str, str], words: Words) -> str:
    """An SVG of the rows."""
    parts, y = [], 58
    for row in rows:
        longest = max(row.ours, row.other)
        parts.append(_text(LEFT, y, row.what))
        for place, (value, style, told) in enumerate(((row.ours, "ours", ""), (row.other, "node", row.told))):
            length = max(2.0, value / longest * (WIDTH - 2 * LEFT - ROOM))
            top = y + 8 + place * (BAR + 3)
            parts.append(f'<rect class="{style}" x="{LEFT}" y="{top}" width="{length:.0f}" height="{BAR}" rx="3"/>')
            parts.append(_text(LEFT + length + 8, top + 14, f"{_number(value)} {told}".strip()))
        y += 8 + 2 * (BAR + 3) + GAP
    parts.append(_text(LEFT, y + 2, f"{about['date']}; {about['machine']}; Python {about['python']}", "soft"))
    parts.append(_text(LEFT, y + 20, f"Medians of interleaved pairs: {words.command}", "soft"))
    legend = (
        f'<rect class="ours" x="{LEFT}" y="18" width="14" height="14" rx="3"/>{_text(LEFT + 20, 30, "ChatApp")}'
        f'<rect class="node" x="{LEFT + 100}" y="18" width="14" height="14" rx="3"/>'
        f"{_text(LEFT + 120, 30, words.other)}"
    )
    body = "\n".join([legend, *parts])
    size = f'width="{WIDTH}" height="{y + 36}" viewBox="0 0 {WIDTH} {y + 36}"'
    title = f"<title>{escape(words.title)}</title>"
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>{title}<style>{STYLE}</style>\n{body}\n</svg>\n'


def _text(x: float, y: float, words: str, style: str = "") -> str:
    named = f' class="{style}"' if style else ""
    return f'<text{named} x="{x:.0f}" y="{y:.0f}">{escape(words)}</text>'


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
