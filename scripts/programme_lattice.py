"""Draws how titles stand to one another, from the packs: docs/reference/programmes.md and its picture.

Run `.venv/bin/python scripts/programme_lattice.py` after a programme was added or its presupposes, excludes or
same_name changed; a test fails while the files are not current.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from wanqi import packs
from wanqi.packs import Pack

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/reference/programmes.md"
PICTURE = ROOT / "docs/pictures/programme-lattice.svg"
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 330, 46, 60, 16, 20


def all_titles(pack: Pack) -> dict[str, tuple[str, str]]:
    """Return id → (title, level) of every programme and of every title without a rule."""
    found = {id: (one.title, one.level) for id, one in pack.titles.items()}
    found |= {id: (one.programme.title, one.programme.level) for id, one in pack.programme_files.items()}
    return found


def needs(pack: Pack) -> dict[str, list[str]]:
    """Return id → ids of which one must be held first, all alternatives in one list."""
    return {
        id: [one for any_of in spec.programme.presupposes for one in any_of]
        for id, spec in pack.programme_files.items()
        if spec.programme.presupposes
    }


def ranks(edges: dict[str, list[str]]) -> dict[str, int]:
    """Return id → how many steps it lies above titles that presuppose nothing."""
    found: dict[str, int] = {}

    def rank(id: str) -> int:
        if id not in found:
            found[id] = 1 + max((rank(one) for one in edges.get(id, ())), default=-1)
        return found[id]

    for id in (*edges, *(one for below in edges.values() for one in below)):
        rank(id)
    return found


def untangle(columns: dict[int, list[str]], lines: list[tuple[str, str]]) -> None:
    """Order every column by the mean row of what its titles are joined to, so that fewer lines cross."""
    joined: dict[str, list[str]] = {}
    for one, other in lines:
        joined.setdefault(one, []).append(other)
        joined.setdefault(other, []).append(one)
    for _ in range(8):
        for ids in columns.values():
            row = {id: at / len(column) for column in columns.values() for at, id in enumerate(column)}
            mean = {id: sum(row[one] for one in joined[id]) / len(joined[id]) for id in ids}
            ids[:] = [id for _, id in sorted((mean[id], id) for id in ids)]


def picture(pack: Pack) -> str:
    """Return the SVG: titles in columns by what they presuppose, arrows from what must be held first."""
    titles, edges = all_titles(pack), needs(pack)
    barred = [(id, one) for id, spec in pack.programme_files.items() for one in spec.programme.excludes]
    columns: dict[int, list[str]] = {}
    for id, rank in sorted(ranks(edges).items()):
        columns.setdefault(rank, []).append(id)
    for one in sorted(
        {id for pair in barred for id in pair} - {id for ids in columns.values() for id in ids}
    ):
        columns.setdefault(1, []).append(one)
    untangle(columns, [*((below, id) for id, all_below in edges.items() for below in all_below), *barred])
    place = {
        id: (MARGIN + rank * (WIDTH + GAP_X), MARGIN + row * (HEIGHT + GAP_Y))
        for rank, ids in columns.items()
        for row, id in enumerate(ids)
    }
    width = 2 * MARGIN + len(columns) * WIDTH + (len(columns) - 1) * GAP_X
    height = 2 * MARGIN + max(len(ids) for ids in columns.values()) * (HEIGHT + GAP_Y) - GAP_Y
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="13" role="img" aria-label="称号之间的关系">',
        '<defs><marker id="arrow" markerWidth="8" markerHeight="8" refX="7" refY="3" orient="auto">'
        '<path d="M0,0 L7,3 L0,6 z" fill="#444"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    parts += [_arrow(place[below], place[id]) for id, below_all in edges.items() for below in below_all]
    parts += [_barred(place[one], place[other]) for one, other in barred]
    parts += [_box(place[id], id, *titles.get(id, (id, ""))) for id in place]
    return "\n".join([*parts, "</svg>", ""])


def _box(at: tuple[int, int], id: str, title: str, level: str) -> str:
    x, y = at
    middle = x + WIDTH // 2
    return (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="4" fill="#f4f6f8" stroke="#678"/>'
        f'<text x="{middle}" y="{y + 19}" text-anchor="middle">{escape(title)}</text>'
        f'<text x="{middle}" y="{y + 37}" text-anchor="middle" font-size="11" fill="#567">'
        f"{escape(f'{level} {id}')}</text>"
    )


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1 = start[0] + WIDTH, start[1] + HEIGHT // 2
    x2, y2 = end[0], end[1] + HEIGHT // 2
    bend = (x1 + x2) // 2
    return (
        f'<path d="M{x1},{y1} C{bend},{y1} {bend},{y2} {x2},{y2}" fill="none" stroke="#444" '
        'marker-end="url(#arrow)"/>'
    )


def _barred(one: tuple[int, int], other: tuple[int, int]) -> str:
    x1, y1 = one[0] + WIDTH // 2, one[1] + HEIGHT // 2
    x2, y2 = other[0] + WIDTH // 2, other[1] + HEIGHT // 2
    return f'<path d="M{x1},{y1} L{x2},{y2}" stroke="#b33" stroke-dasharray="5 4" fill="none"/>'


def page(pack: Pack) -> str:
    """Return the page: the picture and one table of all programmes."""
    titles = all_titles(pack)

    def named(ids: list[str]) -> str:
        return " 或 ".join(titles[id][0] for id in ids)

    rows = []
    for id, file in sorted(pack.programme_files.items()):
        spec = file.programme
        before = "；".join(named(list(any_of)) for any_of in spec.presupposes) or "—"
        versions = "、".join(
            dict.fromkeys(one.version for one in sorted(file.versions, key=lambda one: one.valid_from))
        )
        apart = "、".join(titles[one][0] for one in spec.excludes) or "—"
        rows.append(
            f"| `{id}` | {spec.title} | {spec.level} | {spec.act} | {versions} | {before} | {apart} |"
        )
    same = [
        f"- {spec.programme.title}（`{id}`）与“{one.title}”：{one.note}。"
        for id, spec in sorted(pack.programme_files.items())
        for one in spec.programme.same_name
    ]
    outside = [
        f"- `{id}` {one.title}（{one.level}）"
        for id, one in sorted(pack.titles.items())
        if id not in pack.programme_files
    ]
    return "\n".join(
        [
            "# Programmes",
            "",
            "What can be obtained in 岳阳 and above, from the packs; `wanqi explain --programme ID` prints one in",
            "full. This page and the picture are written by `.venv/bin/python scripts/programme_lattice.py`.",
            "",
            "![称号之间的关系](../pictures/programme-lattice.svg)",
            "",
            "An arrow leads from a title that must be held first (one of several, where several arrows arrive); a",
            "dashed line joins titles that exclude each other.",
            "",
            "| id | 事项 | 级别 | 方式 | 适用版本 | 须先取得 | 互斥 |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
            "## Same name, another title",
            "",
            *(same or ["None."]),
            "",
            "## Titles without a rule here",
            "",
            *(outside or ["None."]),
            "",
        ]
    )


def main() -> None:
    """Write the page and the picture."""
    pack = packs.resolve(packs.read_directory(ROOT / "regions"), "cn-430682", checked=False)
    PAGE.write_text(page(pack), encoding="utf-8")
    PICTURE.write_text(picture(pack), encoding="utf-8")


if __name__ == "__main__":
    main()
