"""A bar chart of the CPU time a request, as SVG."""

from typing import Any

from load import KEEP_ALIVE, NEW_CONNECTION
from report import TITLES

WIDTH, LABEL_WIDTH, VALUE_WIDTH = 720, 110, 150
BAR_HEIGHT, BAR_STEP, MARGIN = 20, 28, 20

STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #1f2328; }
    .title { font-weight: 600; font-size: 15px; }
    .note { fill: #59636e; font-size: 12px; }
    .page { fill: #ffffff; }
    .bar { fill: #8c959f; }
    .kapo { fill: #d9480f; }
    .range { stroke: #1f2328; stroke-width: 1; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .note { fill: #9198a1; }
      .page { fill: #0d1117; }
      .bar { fill: #656c76; }
      .kapo { fill: #ff8a4c; }
      .range { stroke: #f0f6fc; }
    }
"""


def draw(results: dict[str, Any]) -> str:
    """The whole picture: a group of bars for each of two loads, both on one scale."""
    loads = [results["loads"][load.name] for load in (KEEP_ALIVE, NEW_CONNECTION)]
    servers = [server for load in loads for server in load["servers"].values()]
    longest = max(server["summary"]["cpu_us_per_request"]["max"] for server in servers)
    scale = (WIDTH - 2 * MARGIN - LABEL_WIDTH - VALUE_WIDTH) / longest
    lines, top = [_text(MARGIN, 34, "CPU time of the server for one check, in µs (less is better)", "title")], 50
    for load in loads:
        lines.append(_text(MARGIN, top + 20, load["title"][0].upper() + load["title"][1:], "note"))
        top += 32
        for name, server in load["servers"].items():
            lines += _bar(name, server["summary"]["cpu_us_per_request"], top, scale)
            top += BAR_STEP
    lines.append(_text(MARGIN, top + 22, _caption(results), "note"))
    height = top + 22 + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="CPU time of each server for one check">\n  <style>{STYLE}  </style>\n'
        f'  <rect class="page" width="{WIDTH}" height="{height}" rx="6"/>\n' + "\n".join(lines) + "\n</svg>\n"
    )


def _bar(name: str, cpu: dict[str, float], top: int, scale: float) -> list[str]:
    """A server's median as a bar, and its least and greatest round as a line across the bar's end."""
    left, middle = MARGIN + LABEL_WIDTH, top + BAR_HEIGHT / 2
    least, greatest = left + cpu["min"] * scale, left + cpu["max"] * scale
    style = "kapo" if name == "kapo" else "bar"
    return [
        _text(MARGIN, top + 15, TITLES[name], "label"),
        f'  <rect class="{style}" x="{left}" y="{top}" width="{cpu["median"] * scale:.1f}" height="{BAR_HEIGHT}"/>',
        f'  <line class="range" x1="{least:.1f}" x2="{greatest:.1f}" y1="{middle}" y2="{middle}"/>',
        _text(greatest + 8, top + 15, f"{cpu['median']:.2f}", "value"),
    ]


def _caption(results: dict[str, Any]) -> str:
    """One line on how the figures came about."""
    settings, machine = results["settings"], results["machine"]
    rounds = f"Median of {settings['rounds']} interleaved rounds of {settings['seconds']} s"
    return f"{rounds}; the thin line is the range. {machine['cpu']}, {results['date'][:10]}."


def _text(x: float, y: float, content: str, style: str) -> str:
    """A line of text."""
    escaped = content.replace("&", "&amp;").replace("<", "&lt;")
    return f'  <text class="{style}" x="{x:.1f}" y="{y:.1f}">{escaped}</text>'
