"""The ladder as a drawing: steps that rise, where the enterprise stands, which step is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wanqi.policies.checkup import Rung

WIDTH, STEP, RISE = 320, 22, 12
LINE = 20
ABOVE = 10


@dataclass(frozen=True)
class _Box:
    """One step of the drawing, in user units. lines: (text, y, is a state)."""

    x: int
    y: int
    width: int
    height: int
    css: str
    lines: tuple[tuple[str, int, bool], ...]


def drawn(rungs: Sequence[Rung]) -> dict[str, Any] | None:
    """Return the drawing, highest step on top: width, height, boxes, and the words for who does not see it."""
    if not rungs:
        return None
    boxes, top = [], 0
    for place in range(len(rungs) - 1, -1, -1):
        rung, x = rungs[place], place * STEP
        height = len(rung.programmes) * 2 * LINE + ABOVE
        lines = []
        for number, (_, title, _, word) in enumerate(rung.programmes):
            y = top + LINE + number * 2 * LINE
            lines += [(title, y, False), (word, y + LINE - 2, True)]
        css = "is-reached" if rung.reached else "is-next" if rung.next else ""
        boxes.append(_Box(x, top, WIDTH - x, height, css, tuple(lines)))
        top += height + RISE
    return {"width": WIDTH, "height": top - RISE, "boxes": boxes, "words": _words(rungs)}


def _words(rungs: Sequence[Rung]) -> str:
    said = []
    for number, rung in enumerate(rungs, 1):
        titles = "、".join(f"{title}（{word}）" for _, title, _, word in rung.programmes)
        mark = "，已到达" if rung.reached else "，下一步" if rung.next else ""
        said.append(f"第{number}级：{titles}{mark}")
    return "；".join(said)
