"""The lineage of an indicator as SVG: boxes in columns, records on the left, sentences on the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wanqi.indicators.lineage import Lineage, Node

BOX, HIGH, WIDE_GAP, HIGH_GAP = 176, 44, 44, 12
MOST = 13  # characters that fit into a box
WORDS = {
    "records": "台账",
    "reported": "填报",
    "indicator": "指标",
    "report": "材料",
    "table": "调度表",
    "form": "报表",
}


def drawn(lineage: Lineage, address: Callable[[Node], str]) -> dict[str, Any]:
    """Return the drawing: {width, height, boxes, arrows}; address: where a box leads, "" for nowhere."""
    columns: dict[int, list[Node]] = {}
    for node in lineage.nodes:
        columns.setdefault(node.level, []).append(node)
    levels = sorted(columns)
    tallest = max(len(nodes) for nodes in columns.values())
    height = tallest * (HIGH + HIGH_GAP) - HIGH_GAP + 8
    places: dict[tuple[str, str], tuple[float, float]] = {}
    boxes = []
    for column, level in enumerate(levels):
        nodes = columns[level]
        top = (height - (len(nodes) * (HIGH + HIGH_GAP) - HIGH_GAP)) / 2
        for number, node in enumerate(nodes):
            x, y = column * (BOX + WIDE_GAP) + 4, top + number * (HIGH + HIGH_GAP)
            places[node.kind, node.id] = (x, y)
            boxes.append(_box(node, x, y, address(node)))
    arrows = [_arrow(places[start], places[end]) for start, end in lineage.edges]
    return {
        "width": len(levels) * (BOX + WIDE_GAP) - WIDE_GAP + 8,
        "height": int(height),
        "box": BOX,
        "high": HIGH,
        "boxes": boxes,
        "arrows": arrows,
    }


def _box(node: Node, x: float, y: float, href: str) -> dict[str, Any]:
    title = node.title if len(node.title) <= MOST else f"{node.title[: MOST - 1]}…"
    kind = "is-own" if node.level == 0 and node.kind == "indicator" else f"is-{node.kind}"
    return {
        "x": f"{x:.0f}",
        "y": f"{y:.0f}",
        "text_x": f"{x + 10:.0f}",
        "what_y": f"{y + 16:.0f}",
        "title_y": f"{y + 34:.0f}",
        "what": WORDS[node.kind],
        "title": title,
        "full": node.title,
        "href": href,
        "css": "is-record" if node.kind in ("records", "reported") else kind,
    }


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    x, y = start[0] + BOX, start[1] + HIGH / 2
    to_x, to_y = end[0], end[1] + HIGH / 2
    middle = (x + to_x) / 2
    return f"M{x:.0f},{y:.0f}C{middle:.0f},{y:.0f} {middle:.0f},{to_y:.0f} {to_x:.0f},{to_y:.0f}"
