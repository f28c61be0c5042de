"""Charts as SVG that stands in the page itself: drawn by pygal, coloured by ``chart.css``.

What pygal adds for a page of its own (a style sheet, a script, tooltips) is taken away: our pages allow neither inline
styles nor scripts, and each chart has a table beside it with the same figures.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any, Final

from pygal import Bar, HorizontalBar
from pygal.style import Style

from server.html import Html

# pygal puts a finder of plugins for maps before every later import, which Python 3.11 warns of each time. We draw none.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

# Only what pygal needs to leave room for; the looks are in chart.css.
_STYLE: Final = Style(label_font_size=15, major_label_font_size=15, value_font_size=15)
_COMMON: Final[dict[str, Any]] = {
    "css": [],
    "js": [],
    "no_prefix": True,
    "disable_xml_declaration": True,
    "show_legend": False,
    "print_values": True,
    "print_values_position": "top",
    "print_zeroes": False,
    "margin": 6,
    "style": _STYLE,
    "no_data_text": "",
    "truncate_label": -1,
}
_KEPT: Final = frozenset({"svg", "g", "rect", "path", "text"})


def columns(title: str, labels: Sequence[str], *series: Sequence[float]) -> Html:
    """Return upright bars, one group for each label."""
    chart = Bar(width=720, height=290, show_y_guides=True, min_scale=3, max_scale=5, spacing=14, **_COMMON)
    return _drawn(chart, title, labels, series)


def bars(title: str, labels: Sequence[str], *series: Sequence[float], width: int = 720) -> Html:
    """Return lying bars, the first label on top."""
    height = 34 + len(labels) * (32 if len(series) == 1 else 48)
    chart = HorizontalBar(
        width=width, height=height, show_x_guides=False, show_y_guides=False, spacing=6, **_COMMON
    )
    return _drawn(chart, title, labels[::-1], [values[::-1] for values in series])


def _drawn(chart: Any, title: str, labels: Sequence[str], series: Sequence[Sequence[float]]) -> Html:
    chart.x_labels = list(labels)
    chart.value_formatter = lambda value: f"{value:.0f}"
    for number, values in enumerate(series):
        chart.add(str(number), list(values))
    chart.add_xml_filter(lambda root: _bare(root, title))
    return Html(chart.render(is_unicode=True))


def _bare(root: ET.Element, title: str) -> ET.Element:
    """Take away what a page of ours does not allow or does not need, and say what the picture is."""
    for parent in list(root.iter()):
        for child in list(parent):
            kept = str(child.tag).rpartition("}")[2] in _KEPT  # a comment's tag is a function
            if not kept or "tooltip-overlay" in (child.get("class") or ""):
                parent.remove(child)
            else:
                child.attrib.pop("style", None)
    root.attrib.pop("id", None)
    root.set("role", "img")
    root.set("aria-label", title)
    return root
