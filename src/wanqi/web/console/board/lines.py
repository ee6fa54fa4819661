"""Small drawings that stand in a line of text: SVG without a script or a style attribute."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH, HEIGHT, EDGE = 96, 24, 3


def small_line(values: Sequence[float | None], *, label: str) -> SafeString | str:
    """Return the values as a small line, broken where one is unknown; empty where fewer than two are known."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(0.0, *known), max(known)
    spread = (high - low) or 1.0
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)

    def place(number: int, value: float) -> str:
        return (
            f"{EDGE + number * step:.1f},{HEIGHT - EDGE - (value - low) / spread * (HEIGHT - 2 * EDGE):.1f}"
        )

    runs: list[list[str]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(place(number, value))
    path = " ".join(f"M{' L'.join(run)}" for run in runs if run)
    last = max(number for number, value in enumerate(values) if value is not None)
    x, y = place(last, values[last] or 0.0).split(",")
    return format_html(
        '<svg class="small-line" width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path d="{}"></path><circle cx="{}" cy="{}" r="2"></circle></svg>',
        WIDTH, HEIGHT, WIDTH, HEIGHT, label, path, x, y,
    )  # fmt: skip
