"""数据修订说明 as Word, PDF and workbook."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from wanqi import documents
from wanqi.documents import Block, Column, Field, Heading, Note, Paragraph, Table, Text, Value, xlsx
from wanqi.documents.measure import title_lines

from .restating import Restatement
from .revised import CAUSES, RevisedFigure

TITLE = "数据修订说明"
NOTHING = "经与现有台账、填报值和目标核对，本材料的数据和语句自定稿锁定以来没有变化。"
FORMATS = ("docx", "pdf", "xlsx")
DEMONSTRATION = "演示数据"


def restatement_file(restated: Restatement, form: str, *, made: datetime) -> bytes:
    """Return the restatement as docx, pdf or xlsx; equal restatements and dates give equal bytes."""
    if form == "xlsx":
        return _sheet(restated, made=made)
    report = restatement_tree(restated)
    if form == "docx":
        from wanqi.documents.word import word

        return word(report, made=made)
    from wanqi.documents.pdf import pdf

    return pdf(report, made=made)


def restatement_tree(restated: Restatement) -> documents.Report:
    """Return the restatement as a report tree: figures in a table, then both wordings of each sentence."""
    archive = restated.archive
    blocks: list[Block] = [Paragraph((Text(summary(restated)),))]
    if restated.figures:
        blocks += [Heading("一、修订的数据"), _table(restated.figures)]
    if restated.sentences:
        blocks.append(Heading(f"{'二' if restated.figures else '一'}、{words_title(restated)}"))
        for number, one in enumerate(restated.sentences, start=1):
            where = f"（{one.section}）" if restated.archive.is_table else ""
            blocks.append(Paragraph((Text(f"{number}．原文{where}：{one.before or '（没有这一句）'}"),)))
            blocks.append(Paragraph((Text(f"现为：{one.after or '（不再写这一句）'}"),)))
    if restated.beneath:
        blocks.append(Note((Text(beneath(restated)),)))
    blocks.append(Note((Text(f"定稿档案摘要：{_spaced(archive.digest)}"),)))
    at = f"{restated.at.year}年{restated.at.month}月{restated.at.day}日"
    return documents.Report(
        title="\n".join((*title_lines(archive.title), TITLE)),
        blocks=tuple(blocks),
        unit=restated.signed,
        date=at,
        marks=(DEMONSTRATION,) if restated.is_demonstration else (),
    )


def _spaced(digest: str) -> str:
    """Return a digest in groups, so that a line can break in it and an eye can follow."""
    name, _, value = digest.partition(":")
    return " ".join((f"{name}:", *(value[at : at + 8] for at in range(0, len(value), 8))))


def summary(restated: Restatement) -> str:
    """Return what happened in a sentence: how many figures and sentences are revised, or that nothing is."""
    locked = restated.archive.made_at
    said = (
        f"《{restated.archive.title}》于{locked.year}年{locked.month}月{locked.day}日定稿锁定，原件不作改动。"
    )
    if restated.unchanged:
        return said + NOTHING
    words = "备注" if restated.archive.is_table else "语句"
    return f"{said}此后有{len(restated.figures)}个数据修订，涉及{len(restated.sentences)}处{words}。"


def words_title(restated: Restatement) -> str:
    """Return the heading over the words that read differently now."""
    return "涉及的备注" if restated.archive.is_table else "涉及的语句"


def beneath(restated: Restatement) -> str:
    """Return which figures read the same over other rows, in a sentence."""
    titles = "、".join(one.title for one in restated.beneath)
    return f"另有{len(restated.beneath)}个数据数值不变、所依据的记录有变：{titles}。"


def why(figure: RevisedFigure, most: int = 5) -> str:
    """Return the causes of a revised figure in a line; those beyond `most` are counted."""
    told = "；".join(f"{CAUSES[one.kind]}：{one.text}" for one in figure.causes[:most])
    rest = len(figure.causes) - most
    return f"{told}；等共{len(figure.causes)}处" if rest > 0 else told


def _table(figures: tuple[RevisedFigure, ...]) -> Table:
    return Table(
        columns=(Column("数据"), Column("原数", numeric=True), Column("现数", numeric=True), Column("原因")),
        rows=tuple((_named(one), one.before or "—", one.after or "—", why(one)) for one in figures),
    )


def _named(figure: RevisedFigure) -> str:
    """Return a figure's title, and of a table the cells it stands in."""
    return f"{figure.title}（{figure.place}）" if figure.place else figure.title


def _sheet(restated: Restatement, *, made: datetime) -> bytes:
    fields = (
        Field("序号", "count", width=6), Field("数据", width=30), Field("时期", width=16), Field("原数", width=16),
        Field("现数", width=16), Field("原因类别", width=16), Field("原因", width=60), Field("原文", width=48),
        Field("现文", width=48),
    )  # fmt: skip
    rows: list[list[Value]] = [
        [
            number, _named(one), one.period, one.before, one.after,
            "、".join(dict.fromkeys(CAUSES[cause.kind] for cause in one.causes)), why(one, most=len(one.causes)),
            "\n".join(each.before for each in restated.sentences_of(one.id) if each.before),
            "\n".join(each.after for each in restated.sentences_of(one.id) if each.after),
        ]
        for number, one in enumerate(restated.figures, start=1)
    ]  # fmt: skip
    marks = [summary(restated)]
    if restated.is_demonstration:
        marks.insert(0, DEMONSTRATION)
    out = BytesIO()
    xlsx(out, fields, rows, made=made, title=f"{restated.archive.title}{TITLE}", sheet=TITLE, marks=marks)
    return out.getvalue()
