"""The files of a signed report: page, Word, PDF and its figures as a workbook; equal reports give equal bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from io import BytesIO

from wanqi import documents
from wanqi.documents import Field, Value, xlsx
from wanqi.documents.archive import settled
from wanqi.indicators.evaluate import Figure

from ..compile import Compiled, printed_in
from ..outputs import tree
from .contents import output_path

SHEET, OTHERS = "数据与依据", "计算所用和随之得出的其他数据"
_STYLE = (
    "body{font:16px/1.9 FangSong,STFangsong,'Noto Serif SC',serif;color:#1c2733;margin:0 auto;max-width:52rem;"
    "padding:2rem 1.25rem}h1,h2,h3{font-family:SimHei,'Noto Sans SC',sans-serif;font-weight:600}"
    "h1{text-align:center}.report-signature{text-align:center}a.figure{color:inherit;border-bottom:1px solid #7a8894;"
    "text-decoration:none}.figure-demonstration{border-bottom:1px dotted}.report-marks{list-style:none;padding:0;"
    "text-align:right}.report-note{font-size:.85em}dl{display:grid;grid-template-columns:6em 1fr;gap:0 1em;margin:0}"
    "dt{color:#55636f}dd{margin:0}section.basis{border-top:1px solid #cdd5dc;padding:.75rem 0}"
    "section.basis h3{margin:.25rem 0;font-size:1em}section.basis:target{background:#eef4f8}"
)


def rendered(compiled: Compiled, *, made: datetime) -> dict[str, bytes]:
    """Return path in the archive → bytes of each file.

    Word and workbook are stored without compression: their bytes depend on the report alone, not on the machine.
    """
    from wanqi.documents.pdf import pdf
    from wanqi.documents.word import word

    report = tree(compiled)
    files = {
        "html": page(compiled, report).encode(),
        "docx": settled(word(report, made=made), compressed=False),
        "pdf": pdf(report, made=made),
        "xlsx": settled(figures_sheet(compiled, made=made), compressed=False),
    }
    return {output_path(form): content for form, content in files.items()}


def page(compiled: Compiled, report: documents.Report) -> str:
    """Return the report as one file that needs nothing else: every figure opens onto its basis below the text."""
    body = documents.html(report, link=lambda figure: f"#{figure.id}")
    printed, others = _apart(compiled)
    listed = "\n".join(_basis(figure) for figure in printed)
    further = "\n".join(_basis(figure) for figure in others)
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.name)}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n"
        f"<h2>{SHEET}</h2>\n{listed}\n<h2>{OTHERS}</h2>\n{further}\n</body></html>\n"
    )


def _apart(compiled: Compiled) -> tuple[list[Figure], list[Figure]]:
    """Return the figures that the text prints, in its order, and the others."""
    ids = [id for id in printed_in(compiled.sections) if id in compiled.figures]
    others = [figure for id, figure in compiled.figures.items() if id not in set(ids)]
    return [compiled.figures[id] for id in ids], others


def _basis(figure: Figure) -> str:
    lines = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in told(figure).items() if words
    )
    heading = f"{escape(figure.title)}　{escape(figure.display)}"
    return f'<section class="basis" id="{escape(figure.id)}"><h3>{heading}</h3><dl>{lines}</dl></section>'


def told(figure: Figure) -> Mapping[str, str]:
    """Return what stands under a figure in words, by the name of each part; empty where there is nothing to say."""
    parts = [part.rstrip("。") for part in (figure.note, figure.reason, figure.assumption) if part]
    counted = f"{len(figure.stands_on)}条" if figure.stands_on else ""
    if figure.uncertain:
        counted += f"，另有{len(figure.uncertain)}条不确定"
    return {
        "时期": figure.period.words,
        "截至": figure.as_of.isoformat(),
        "依据": figure.grade,
        "口径": figure.definition,
        "算式": "；".join(figure.arithmetic),
        "所用的数": "；".join(f"{one.label} {one.display}" for one in figure.inputs),
        "台账记录": counted,
        "说明": "；".join(parts),
        "数据性质": "演示数据" if figure.is_demonstration else "",
    }


def figures_sheet(compiled: Compiled, *, made: datetime) -> bytes:
    """Return the figures of a report as a workbook: one row each, with what it stands on."""
    fields = (
        Field("序号", "count", width=6), Field("数据", width=30), Field("数值", width=16), Field("单位", width=8),
        Field("时期", width=16), Field("截至", width=12), Field("依据", width=8), Field("口径", width=60),
        Field("算式", width=48), Field("台账记录", width=16), Field("说明", width=48), Field("数据性质", width=10),
        Field("正文", width=6), Field("指标编号", width=28),
    )  # fmt: skip
    rows: list[list[Value]] = []
    printed, others = _apart(compiled)
    for number, figure in enumerate((*printed, *others), start=1):
        said = told(figure)
        names = ("时期", "截至", "依据", "口径", "算式", "台账记录", "说明", "数据性质")
        words = [said[name] for name in names]
        rows.append(
            [
                number,
                figure.title,
                figure.display,
                figure.unit,
                *words,
                "有" if number <= len(printed) else "",
                figure.id,
            ]
        )
    out = BytesIO()
    xlsx(out, fields, rows, made=made, title=f"{compiled.title}　{SHEET}", sheet=SHEET, marks=compiled.marks)
    return out.getvalue()
