"""A report as an HTML fragment; figures are links, everything else is escaped."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from urllib.parse import urlsplit

from wanqi.documents.characters import carried
from wanqi.documents.tree import (
    DEMONSTRATION_NOTE,
    Block,
    Cell,
    Figure,
    Heading,
    Note,
    Paragraph,
    Report,
    Run,
    Table,
)

# Gives the address that opens a figure, or None when it has none.
Link = Callable[[Figure], str | None]

_SAFE_SCHEMES = frozenset({"", "http", "https"})


def html(report: Report, *, link: Link) -> str:
    """The report as one `<article class="report">`, without styles or scripts.

    A figure becomes `<a class="figure" data-figure="ID" href="…">`; where `link` gives None, or an address
    with a scheme other than http(s), it becomes a `<span>` with the same attributes.
    """
    parts = ['<article class="report" lang="zh-CN">', "<header>"]
    if report.marks:
        marks = "".join(f'<li class="report-mark">{_text(mark)}</li>' for mark in report.marks)
        parts.append(f'<ul class="report-marks">{marks}</ul>')
    parts.append(f'<h1 class="report-title">{_text(report.name)}</h1>')
    if report.subtitle:
        parts.append(f'<p class="report-subtitle">{_text(report.subtitle)}</p>')
    if report.signature:
        parts.append(f'<p class="report-signature">{_text(report.signature)}</p>')
    parts.append("</header>")
    parts += [_block(block, link) for block in report.blocks]
    if report.demonstrated:
        parts.append(f'<p class="report-note">{_text(DEMONSTRATION_NOTE)}</p>')
    parts.append("</article>")
    return "\n".join(parts)


def _block(block: Block, link: Link) -> str:
    match block:
        case Heading(text, level):
            return f'<h{level + 1} class="report-heading">{_text(text)}</h{level + 1}>'
        case Paragraph(runs):
            place = " is-closing" if block.from_right is not None else " is-flush" if block.flush else ""
            return f'<p class="report-paragraph{place}">{_runs(runs, link)}</p>'
        case Note(runs):
            return f'<p class="report-note">{_runs(runs, link)}</p>'
        case Table():
            return _table(block, link)


def _table(table: Table, link: Link) -> str:
    caption = "　".join(
        word for word in (table.label, table.caption, table.unit and f"单位：{table.unit}") if word
    )
    head = "".join(f'<th scope="col"{_numeric(c.numeric)}>{_text(c.title)}</th>' for c in table.columns)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{_numeric(column.numeric)}>{_cell(cell, link)}</td>"
            for column, cell in zip(table.columns, row, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    return (
        '<div class="report-table-frame"><table class="report-table">'
        + (f"<caption>{_text(caption)}</caption>" if caption else "")
        + f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _numeric(numeric: bool) -> str:
    return ' class="numeric"' if numeric else ""


def _cell(cell: Cell, link: Link) -> str:
    return _figure(cell, link) if isinstance(cell, Figure) else _text(cell)


def _runs(runs: tuple[Run, ...], link: Link) -> str:
    return "".join(_figure(run, link) if isinstance(run, Figure) else _text(run.text) for run in runs)


def _figure(figure: Figure, link: Link) -> str:
    address = link(figure)
    classes = "figure figure-demonstration" if figure.marked else "figure"
    attributes = f'class="{classes}" data-figure="{_text(figure.id)}"'
    if figure.grade:
        attributes += f' data-grade="{_text(figure.grade)}"'
    if address is None or not _safe(address):
        return f"<span {attributes}>{_text(figure.display)}</span>"
    return f'<a {attributes} href="{_text(address)}">{_text(figure.display)}</a>'


def _safe(address: str) -> bool:
    try:
        return urlsplit(address.strip()).scheme.lower() in _SAFE_SCHEMES
    except ValueError:
        return False


def _text(text: str) -> str:
    return escape(carried(text), quote=True)
