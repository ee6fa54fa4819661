"""A compiled report as JSON, page, Word file and PDF."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from html import escape
from typing import Any

from wanqi import documents
from wanqi.documents import Block, Heading, Link, Note, Paragraph, Text
from wanqi.figures import display
from wanqi.indicators.evaluate import Figure
from wanqi.indicators.evaluate.cases import decimal_text
from wanqi.indicators.evaluate.figures import SHARES, scale_of

from .changes import Change
from .compare import Compared
from .compile import Compiled

MEDIA_TYPES = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
REVISIONS = "数据修订说明"
_MONEY = frozenset({"元", "万元", "亿元"})


def json_of(compiled: Compiled) -> dict[str, Any]:
    """Return the report as plain data: figures, dropped clauses, text, changes, what was said originally."""
    return {
        "region": compiled.region,
        "period": compiled.period.id,
        "as_of": compiled.as_of.isoformat(),
        "report": compiled.spec.id,
        "title": compiled.title,
        "marks": list(compiled.marks),
        "text": compiled.text,
        "figures": [_figure(figure) for figure in compiled.figures.values()],
        "dropped": [{"clause": one.clause, "reason": one.reason} for one in compiled.dropped],
        "changes": [
            {
                "figure": change.figure,
                "before": change.before,
                "after": change.after,
                "sentence": change.sentence,
                "records": [cause.record for cause in change.causes],
            }
            for change in compiled.changes
        ],
        "originals": [
            {"figure": id, "as_written": one.as_written, "period": one.period, "source": one.source}
            for id, values in compiled.originals.items()
            for one in values
        ],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    interval = figure.interval
    return {
        "id": figure.id,
        "title": figure.title,
        "display": figure.display,
        "value": value_of(figure.value, figure.unit),
        "unit": figure.unit,
        "period": figure.period.id,
        "record_count": len(figure.stands_on),
        "note": " ".join(part for part in (figure.note, figure.reason, figure.assumption) if part),
        "interval": None
        if interval is None
        else [value_of(interval.low, figure.unit), value_of(interval.high, figure.unit)],
        "grade": figure.grade or None,
        "records": list(figure.stands_on),
        "uncertain": list(figure.uncertain),
        "inputs": [{"id": one.id, "period": one.period.id, "display": one.display} for one in figure.inputs],
        "arithmetic": list(figure.arithmetic),
        "demonstration": figure.is_demonstration,
    }


def value_of(value: Fraction | None, unit: str) -> int | str | None:
    """Return a value as JSON carries it: counts as integers, shares (1 = 100 %) and money in 元 as decimal text."""
    if value is None:
        return None
    value *= scale_of(unit)
    if unit in SHARES or unit in _MONEY:
        return decimal_text(value)
    return (
        int(display(value, decimals=0).replace("−", "-")) if value.denominator == 1 else decimal_text(value)
    )


def compared_json(rows: Sequence[Compared]) -> list[dict[str, Any]]:
    """Return a comparison as plain data, one mapping per stated figure."""
    return [
        {
            "claim": row.claim,
            "status": row.status,
            "figure": row.figure,
            "display": row.display,
            "reason": row.reason,
            "written": row.written,
        }
        for row in rows
    ]


def tree(compiled: Compiled) -> documents.Report:
    """Return the report as a tree to be rendered; what changed stands below its sentence."""
    blocks: list[Block] = []
    changes = {change.figure: change for change in compiled.changes}
    for section in compiled.sections:
        blocks += [Heading(section.title)] if section.title else []
        for paragraph in section.paragraphs:
            if not paragraph.runs:
                blocks.append(Note((Text("本段所需的数字都没有数据，未写。"),)))
                continue
            blocks.append(Paragraph(paragraph.runs))
            blocks += [Note((Text(f"注：{one}"),)) for one in paragraph.notes]
            printed = dict.fromkeys(run.id for run in paragraph.runs if isinstance(run, documents.Figure))
            told = [changes.pop(id) for id in printed if id in changes]
            blocks += [Note((Text(f"{REVISIONS}：{sentence}"),)) for sentence in revisions(told)]
    return documents.Report(
        title=compiled.title,
        blocks=tuple(blocks),
        unit=compiled.spec.signed,
        date=f"数据截至{compiled.as_of.year}年{compiled.as_of.month}月{compiled.as_of.day}日",
        marks=compiled.marks,
    )


def revisions(changes: Sequence[Change]) -> list[str]:
    """Return one sentence per figure that was changed, and one for all that only follow from those."""
    told = [change.sentence for change in changes if not change.inputs]
    following = [f"{change.before}→{change.after}" for change in changes if change.inputs]
    return [*told, f"{'、'.join(following)}：随上述数字变化"] if following else told


def render(compiled: Compiled, format: str, *, made: datetime, link: Link) -> bytes:
    """Return the bytes of a report as json, html, docx or pdf; equal figures and dates give equal bytes.

    made: with a time zone; becomes the file's date. link: the address that opens a figure, in html.
    """
    if format == "json":
        return (json.dumps(json_of(compiled), ensure_ascii=False, indent=1) + "\n").encode()
    report = tree(compiled)
    if format == "html":
        return _page(report, link).encode()
    if format == "docx":
        from wanqi.documents.word import word

        return word(report, made=made)
    from wanqi.documents.pdf import pdf

    return pdf(report, made=made)


def _page(report: documents.Report, link: Link) -> str:
    body = documents.html(report, link=link)
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.name)}</title></head>\n<body>\n{body}\n</body></html>\n"
    )
