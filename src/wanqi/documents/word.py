"""A report as DOCX, with the fonts and margins of GB/T 9704 and no red head."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_UNDERLINE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from wanqi.documents.archive import settled
from wanqi.documents.characters import carried
from wanqi.documents.measure import TEXT_WIDTH, layout, title_lines
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
    Text,
)

# The official faces, which office computers have; the Latin face is the one usual beside them.
FANG, HEI, KAI, TITLE, SONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"
_LATIN = "Times New Roman"
_BODY, _TITLE, _TABLE, _SMALL = Pt(16), Pt(22), Pt(12), Pt(12)
_LINE = Pt(28)
_HEADING_FACES = {1: HEI, 2: KAI, 3: FANG}


def word(report: Report, *, made: datetime) -> bytes:
    """The report as the bytes of a DOCX file; equal reports and dates give equal bytes.

    `made` (with a time zone) becomes the file's creation date.
    """
    document = docx.Document()
    _drop_unused(document)
    _set_properties(document, report, made)
    _set_defaults(document)
    _set_page(document, report)
    _title(document, report)
    for block in report.blocks:
        _block(document, block)
    if report.demonstrated:
        _block(document, Note((Text(DEMONSTRATION_NOTE),)))
    out = io.BytesIO()
    document.save(out)
    return settled(out.getvalue())


def _drop_unused(document: Any) -> None:
    """Leave out what the library's own template brings along: a picture of another page, styles of one old program."""
    for relations in (document.part.rels, document.part.package.rels):
        for id, relation in list(relations.items()):
            if relation.reltype.rsplit("/", 1)[-1] in ("stylesWithEffects", "thumbnail"):
                del relations[id]


def _set_properties(document: Any, report: Report, made: datetime) -> None:
    moment = made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = document.core_properties
    properties.title = carried(report.name)
    properties.author = carried(report.unit)
    properties.last_modified_by = carried(report.unit)
    properties.comments = ""
    properties.keywords = carried("、".join(report.marks))
    properties.language = "zh-CN"
    properties.created = properties.modified = moment
    properties.revision = 1


def _set_defaults(document: Any) -> None:
    """Language and face for everything: without an East Asian language other programs pick foreign glyphs."""
    styles = document.styles.element
    fonts = styles.find(f".//{qn('w:docDefaults')}//{qn('w:rFonts')}")
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    _faces(fonts, FANG)
    for language in styles.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")
    settings = document.settings.element
    theme = settings.find(qn("w:themeFontLang"))
    if theme is not None:
        theme.set(qn("w:eastAsia"), "zh-CN")
    normal = document.styles["Normal"]
    normal.font.size = _BODY
    _faces(normal.element.get_or_add_rPr().get_or_add_rFonts(), FANG)
    spacing = normal.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    spacing.widow_control = False
    # Chinese and figures stand close, as in print; these two must come before the spacing.
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        tight = OxmlElement(name)
        tight.set(qn("w:val"), "0")
        normal.element.pPr.find(qn("w:spacing")).addprevious(tight)


def _set_page(document: Any, report: Report) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)
    document.settings.odd_and_even_pages_header_footer = True
    outer = ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT))
    for footer, side in outer:
        footer.is_linked_to_previous = False
        _page_number(footer.paragraphs[0], side)
    if report.marks:
        for header in (section.header, section.even_page_header):
            header.is_linked_to_previous = False
            paragraph = header.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _run(paragraph, "　".join(report.marks), HEI, _TABLE)


def _page_number(paragraph: Any, side: Any) -> None:
    """— 1 — at the outer edge, one character in from it."""
    paragraph.alignment = side
    outer = "right" if side == WD_ALIGN_PARAGRAPH.RIGHT else "left"
    setattr(paragraph.paragraph_format, f"{outer}_indent", Pt(14))
    paragraph._p.pPr.ind.set(qn(f"w:{outer}Chars"), "100")
    _run(paragraph, "— ", SONG, Pt(14))
    for kind, instruction in (("begin", ""), ("", "PAGE"), ("separate", ""), ("text", "1"), ("end", "")):
        run = _run(paragraph, "1" if kind == "text" else "", SONG, Pt(14))
        if kind in ("begin", "separate", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif instruction:
            code = OxmlElement("w:instrText")
            code.text = instruction
            run._r.append(code)
    _run(paragraph, " —", SONG, Pt(14))


def _title(document: Any, report: Report) -> None:
    for text, face, size in (
        (report.title, TITLE, _TITLE),
        (report.subtitle, KAI, _BODY),
        (report.signature, KAI, _BODY),
    ):
        if not text:
            continue
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if face == TITLE:
            paragraph.paragraph_format.line_spacing = Pt(32)
        for number, line in enumerate(title_lines(text) if face == TITLE else (text,)):
            run = _run(paragraph, "", face, size)
            if number:
                run.add_break()
            run.add_text(carried(line))
    document.add_paragraph()


def _block(document: Any, block: Block) -> None:
    match block:
        case Heading(text, level):
            paragraph = document.add_paragraph()
            _indent(paragraph)
            paragraph.paragraph_format.keep_with_next = True
            outline = OxmlElement("w:outlineLvl")
            outline.set(qn("w:val"), str(level - 1))
            paragraph._p.get_or_add_pPr().append(outline)
            _run(paragraph, text, _HEADING_FACES[level], _BODY, bold=level == 3)
        case Paragraph(runs):
            paragraph = document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            if block.from_right is not None:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                paragraph.paragraph_format.right_indent = Pt(_BODY.pt * block.from_right)
            elif not block.flush:
                _indent(paragraph)
            _runs(paragraph, runs, FANG, _BODY)
        case Note(runs):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.line_spacing = Pt(20)
            _indent(paragraph, size=_SMALL)
            _runs(paragraph, runs, FANG, _SMALL)
        case Table():
            _table(document, block)


def _table(document: Any, table: Table) -> None:
    if table.label:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.page_break_before = True
        paragraph.paragraph_format.keep_with_next = True
        _run(paragraph, table.label, HEI, _BODY)
        document.add_paragraph().paragraph_format.keep_with_next = True
    if table.caption:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        _run(paragraph, table.caption, HEI, _BODY)
    if table.unit:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.keep_with_next = True
        _run(paragraph, f"单位：{table.unit}", FANG, _TABLE)
    _grid(document.add_table(rows=1 + len(table.rows), cols=len(table.columns), style="Table Grid"), table)
    after = document.add_paragraph()
    after.paragraph_format.line_spacing = Pt(14)


def _grid(grid: Any, table: Table) -> None:
    """Columns as wide as their contents ask, together exactly as wide as the text."""
    chosen = layout(table)
    size, widths = Pt(chosen.size), [Pt(round(TEXT_WIDTH * share)) for share in chosen.shares]
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    head: list[tuple[Cell, str, Any]] = [
        (column.title, HEI, WD_ALIGN_PARAGRAPH.CENTER) for column in table.columns
    ]
    sides = [WD_ALIGN_PARAGRAPH.RIGHT if c.numeric else WD_ALIGN_PARAGRAPH.LEFT for c in table.columns]
    body = [[(cell, FANG, side) for cell, side in zip(cells, sides, strict=True)] for cells in table.rows]
    for row, contents in zip(grid.rows, [head, *body], strict=True):
        _row_mark(row, "w:cantSplit")
        for cell, width, (content, face, side) in zip(row.cells, widths, contents, strict=True):
            cell.width = width
            _fill(cell, content, face, side, size=size)
    _row_mark(grid.rows[0], "w:tblHeader")


def _fill(cell: Any, content: Cell, face: str, side: Any, *, size: Any) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.alignment = side
    paragraph.paragraph_format.line_spacing = Pt(size.pt + 8)
    _runs(paragraph, (content if isinstance(content, Figure) else Text(content),), face, size)


def _row_mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _runs(paragraph: Any, runs: tuple[Run, ...], face: str, size: Any) -> None:
    for run in runs:
        made = _run(paragraph, run.text if isinstance(run, Text) else run.display, face, size)
        if isinstance(run, Figure) and run.marked:
            made.font.underline = WD_UNDERLINE.DOTTED


def _run(paragraph: Any, text: str, face: str, size: Any, *, bold: bool = False) -> Any:
    run = paragraph.add_run(carried(text))
    run.font.size = size
    if bold:
        run.font.bold = True
    properties = run._r.get_or_add_rPr()
    _faces(properties.get_or_add_rFonts(), face)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)
    return run


def _faces(fonts: Any, face: str) -> None:
    fonts.set(qn("w:ascii"), _LATIN)
    fonts.set(qn("w:hAnsi"), _LATIN)
    fonts.set(qn("w:eastAsia"), face)
    fonts.set(qn("w:hint"), "eastAsia")


def _indent(paragraph: Any, *, size: Any = _BODY) -> None:
    """Two characters, in characters and, for programs that do not know those, in points."""
    paragraph.paragraph_format.first_line_indent = Pt(size.pt * 2)
    paragraph._p.pPr.ind.set(qn("w:firstLineChars"), "200")
