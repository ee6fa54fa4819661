"""What must hold in a report's template, and in the report that was really sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from wanqi.packs.bare_digits import bare_digits
from wanqi.packs.errors import Problem
from wanqi.packs.naming import unknown
from wanqi.packs.pack import Item, Pack
from wanqi.packs.reading import Path
from wanqi.packs.specs.originals import OriginalReport
from wanqi.packs.specs.reports import PERIOD_TAG, ClauseSpec, ReportSpec, SectionSpec, Tag, TagRefused


def check_original(pack: Pack, item: Item[OriginalReport]) -> Iterable[Problem]:
    """Yield every problem of a report that was sent: its words are the document's, its figures exist."""
    if item.spec.id not in pack.reports:
        yield unknown(item, ("id",), "材料", item.spec.id, pack.reports)
    if item.spec.document not in pack.documents:
        yield unknown(item, ("document",), "文件", item.spec.document, pack.documents)
    document = pack.documents.get(item.spec.document)
    seen: set[str] = set()
    for index, claim in enumerate(item.spec.claims):
        if document is not None and not any(claim.written in clause.text for clause in document.clauses):
            message = f"文件 {document.id} 中没有“{claim.written}”。"
            place = ("claims", index, "written")
            yield item.file.problem(place, "pack.quotation", message, "请照原文抄写。")
        if claim.id in seen:
            message = f"{claim.id} 写了两次。"
            yield item.file.problem(("claims", index, "id"), "pack.duplicate-id", message, "换一个编号。")
        seen.add(claim.id)
        if claim.figure is not None and claim.figure not in pack.indicators:
            yield unknown(item, ("claims", index, "figure"), "指标", claim.figure, pack.indicators)


def check_report(pack: Pack, item: Item[ReportSpec]) -> Iterable[Problem]:
    """Yield every problem of a report's template: names, tags, digits outside tags, quotations."""
    spec = item.spec
    if spec.document is not None and spec.document not in pack.documents:
        yield unknown(item, ("document",), "文件", spec.document, pack.documents)
    for index, id in enumerate(spec.checks):
        if id not in pack.indicators:
            yield unknown(item, ("checks", index), "指标", id, pack.indicators)
    offices = [one.code for one in pack.offices]
    seen: set[str] = set()
    for i, section in enumerate(spec.sections):
        yield from _heading(item, section, i, offices)
        for j, paragraph in enumerate(section.paragraphs):
            place: Path = ("sections", i, "paragraphs", j)
            if paragraph.id in seen:
                message = f"段落 {paragraph.id} 写了两次。"
                yield item.file.problem((*place, "id"), "pack.duplicate-id", message, "换一个编号。")
            seen.add(paragraph.id)
            if paragraph.office is not None and offices and paragraph.office not in offices:
                yield unknown(item, (*place, "office"), "股室", paragraph.office, offices)
            for k, clause in enumerate(paragraph.clauses):
                at: Path = ("sections", i, "paragraphs", j, "clauses", k)
                yield from _clause(pack, item, clause, at)
                yield from _digits(item, clause, at)
                yield from _quotes(pack, item, clause, at)


def _heading(
    item: Item[ReportSpec], section: SectionSpec, i: int, offices: Collection[str]
) -> Iterable[Problem]:
    at: Path = ("sections", i)
    if not section.title and i > 0:
        yield item.file.problem(at, "pack.missing-key", "缺少 title。", "只有第一节可以没有标题，作为引言。")
    if section.office is not None and offices and section.office not in offices:
        yield unknown(item, (*at, "office"), "股室", section.office, offices)
    for start, end in bare_digits(section.title):
        yield _bare(item, (*at, "title"), section.title, start, end)


def _digits(item: Item[ReportSpec], clause: ClauseSpec, at: Path) -> Iterable[Problem]:
    for start, end in bare_digits(clause.text, quoted=[one.text for one in clause.lit]):
        yield _bare(item, (*at, "text"), clause.text, start, end)


def _bare(item: Item[ReportSpec], at: Path, text: str, start: int, end: int) -> Problem:
    line, column = item.file.tree.within(at, 1, start + 1)
    message = f"“{text[start:end]}”是直接写在模板里的数字，谁也点不开它。"
    hint = "换成指标标签 {指标编号}；文件里的原话写进 lit，注明文件和条款。"
    return Problem(item.file.path, line, column, "pack.bare-digit", message, hint)


def _quotes(pack: Pack, item: Item[ReportSpec], clause: ClauseSpec, at: Path) -> Iterable[Problem]:
    for index, quote in enumerate(clause.lit):
        place: Path = (*at, "lit", index)
        document = pack.documents.get(quote.document)
        if document is None:
            yield unknown(item, (*place, "document"), "文件", quote.document, pack.documents)
            continue
        cited = {one.id: one.text for one in document.clauses}
        if quote.clause not in cited:
            yield unknown(item, (*place, "clause"), "条款", quote.clause, cited)
        elif quote.text not in cited[quote.clause] or quote.text not in clause.text:
            message = f"条款 {quote.clause} 或这一句里没有“{quote.text}”。"
            yield item.file.problem((*place, "text"), "pack.quotation", message, "请照原文抄写。")


def _clause(pack: Pack, item: Item[ReportSpec], clause: ClauseSpec, at: Path) -> Iterable[Problem]:
    try:
        tags = [part for part in clause.parts if isinstance(part, Tag)]
    except TagRefused as error:
        line, column = item.file.tree.within((*at, "text"), 1, error.offset + 1)
        yield Problem(
            item.file.path,
            line,
            column,
            "pack.tag",
            str(error),
            "写成 {指标编号} 或 {指标编号:interval}。",
        )
        return
    for tag in tags:
        if tag.figure not in pack.indicators and tag.figure != PERIOD_TAG:
            found = clause.text.find("{" + tag.figure)
            line, column = item.file.tree.within((*at, "text"), 1, found + 2)
            problem = unknown(item, (*at, "text"), "指标", tag.figure, pack.indicators)
            yield Problem(problem.file, line, column, problem.code, problem.message, problem.hint)
    for index, id in enumerate(clause.needs):
        if id not in pack.indicators:
            yield unknown(item, (*at, "needs", index), "指标", id, pack.indicators)
    for name in ("when", "unless"):
        condition = getattr(clause, name)
        for key in ("figure", "than"):
            asked = getattr(condition, key, None)
            if asked is not None and asked not in pack.indicators:
                yield unknown(item, (*at, name, key), "指标", asked, pack.indicators)
