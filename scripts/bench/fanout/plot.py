"""The rows that compare, as bars: one picture without a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WIDTH, LEFT, BAR, GAP = 760, 20, 18, 30
STYLE = """
svg { font: 13px system-ui, sans-serif; background: #fff }
text { fill: #1d2430 } .soft { fill: #5b6676 } .ours { fill: #3d5a98 } .node { fill: #b9c2d0 }
@media (prefers-color-scheme: dark) {
  svg { background: #14181f } text { fill: #e8ecf2 } .soft { fill: #9aa6b6 }
  .ours { fill: #8fb0f0 } .node { fill: #4a5565 }
}
"""


def plot(rows: Sequence[Mapping[str, Any]], about: Mapping[str, str]) -> str:
    """An SVG: for each row that has both, two bars whose lengths compare."""
    parts, y = [], 58
    for row in rows:
        if row["node"] is None:
            continue
        longest = max(row["ours"], row["node"])
        parts.append(_text(LEFT, y, f"{row['what']} ({row['unit']})"))
        for place, (name, style) in enumerate((("ours", "ours"), ("node", "node"))):
            length = max(2.0, row[name] / longest * (WIDTH - 2 * LEFT - 130))
            top = y + 8 + place * (BAR + 3)
            parts.append(f'<rect class="{style}" x="{LEFT}" y="{top}" width="{length:.0f}" height="{BAR}" rx="3"/>')
            parts.append(_text(LEFT + length + 8, top + 14, _number(row[name])))
        y += 8 + 2 * (BAR + 3) + GAP
    parts.append(_text(LEFT, y + 2, f"{about['date']}; {about['machine']}; Python {about['python']}", "soft"))
    parts.append(_text(LEFT, y + 20, "Medians of interleaved pairs: python -m scripts.bench.fanout", "soft"))
    legend = (
        f'<rect class="ours" x="{LEFT}" y="18" width="14" height="14" rx="3"/>{_text(LEFT + 20, 30, "ChatApp")}'
        f'<rect class="node" x="{LEFT + 100}" y="18" width="14" height="14" rx="3"/>'
        f"{_text(LEFT + 120, 30, 'Node, socket.io 4')}"
    )
    body = "\n".join([legend, *parts])
    size = f'width="{WIDTH}" height="{y + 36}" viewBox="0 0 {WIDTH} {y + 36}"'
    title = "<title>The fan-out, beside Node's socket.io</title>"
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>{title}<style>{STYLE}</style>\n{body}\n</svg>\n'


def _text(x: float, y: float, words: str, style: str = "") -> str:
    named = f' class="{style}"' if style else ""
    return f'<text{named} x="{x:.0f}" y="{y:.0f}">{escape(words)}</text>'


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
