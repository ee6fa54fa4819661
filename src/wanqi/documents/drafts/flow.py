"""The text of a Word body in reading order, and the XML element behind every stretch of it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from wanqi.documents.drafts import limits

Notes = dict[tuple[str, str], etree._Element]  # by kind (footnote, endnote) and id

_THROUGH = {"hyperlink", "ins", "moveTo", "smartTag", "customXml", "dir", "bdo", "sdtContent", "fldSimple"}
_DELETED = {"del", "moveFrom"}
_SIGNS = {"noBreakHyphen": "-", "tab": "\t", "ptab": "\t", "sym": " "}
_SILENT_FIELDS = {"TOC", "INDEX", "PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF"}
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_BLANKS = str.maketrans("\n\r\t", "   ")
_NOTE_TITLES = {"footnote": "脚注", "endnote": "尾注"}


@dataclass(frozen=True, slots=True)
class Segment:
    """Characters `start`..`end` of the text, and the element they are written in.

    `anchor` is the element of the body's paragraph that holds them; where it is a run with `node` its direct
    child, the run may be split between them.
    """

    start: int
    end: int
    node: etree._Element
    anchor: etree._Element

    @property
    def splits(self) -> bool:
        """Whether the run around it may be cut."""
        return self.node.getparent() is self.anchor and local(self.anchor) == "r"


@dataclass(slots=True)
class Flow:
    """Lines with their places, as `assembled` takes them; segments in the order of the text; what was counted."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def text(self) -> str:
        """The whole text, as the draft has it."""
        return "\n".join(line for line, _ in self.lines)


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def switched_on(properties: etree._Element, name: str) -> bool:
    """Whether a property such as <w:vanish/> is there and not switched off."""
    for one in properties:
        if local(one) == name:
            return _value(one) not in {"0", "false", "off", "none"}
    return False


def flow(body: etree._Element, notes: Notes, *, hidden_styles: frozenset[str] = frozenset()) -> Flow:
    """The text under `body` in reading order, footnotes and endnotes behind it; see `Flow`."""
    walk = _Walk(notes, hidden_styles)
    marks = [_value(mark, "fldCharType") for mark in body.iter("{*}fldChar")]
    walk.fields_closed = marks.count("begin") == marks.count("end")
    walk.blocks(body)
    walk.put_notes()
    return walk.flow


def _value(element: etree._Element, name: str = "val") -> str:
    return next((str(v) for key, v in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in element if local(child) == name), None)


@dataclass(slots=True)
class _Field:
    """A field being read: its instruction comes first, its result after."""

    instruction: str = ""
    result: bool = False


class _Walk:
    def __init__(self, notes: Notes, hidden_styles: frozenset[str]) -> None:
        self.flow = Flow()
        self.fields_closed = True
        self._notes = notes
        self._hidden_styles = hidden_styles
        self._fields: list[_Field] = []
        self._at = 0  # where the line being put together begins
        self._line: list[str] = []
        self._length = 0
        self._in_cell = False
        self._host: etree._Element | None = None  # what a text box or a note hangs on
        self._boxes: deque[tuple[etree._Element, etree._Element]] = deque()
        self._referred: deque[tuple[str, str, etree._Element]] = deque()
        self._runs: dict[str, Callable[[etree._Element, etree._Element], None]] = {
            "br": self._break, "cr": self._break, "fldChar": self._field_mark, "instrText": self._instruction,
            "footnoteReference": self._reference, "endnoteReference": self._reference,
            "drawing": self._drawing, "pict": self._drawing, "object": self._drawing,
            "AlternateContent": self._alternative, "ruby": self._ruby,
        }  # fmt: skip

    # --- blocks ---

    def blocks(self, parent: etree._Element) -> None:
        """Read paragraphs and tables, each paragraph and each row a line."""
        for child in parent:
            name = local(child)
            if name == "p":
                self._paragraph(child)
                self._end_line("正文", "paragraph")
                self._put_boxes()
            elif name == "tbl":
                self._table(child)
            elif name == "altChunk":
                self.flow.counts["chunk"] += 1
            elif name in {"sdt", "body", *_THROUGH}:
                self.blocks(child)
            elif name == "AlternateContent":
                self.blocks(_chosen(child))

    def _paragraph(self, paragraph: etree._Element) -> None:
        properties = _child(paragraph, "pPr")
        style = _child(properties, "pStyle") if properties is not None else None
        if style is not None and _value(style) in self._hidden_styles:
            self.flow.counts["hidden"] += 1
            return
        self._content(paragraph)

    def _table(self, table: etree._Element) -> None:
        if self.flow.lines and self.flow.lines[-1][0]:
            self._gap()
        self.flow.counts["table"] += 1
        number = self.flow.counts["table"]
        for count, row in enumerate(_inside(table, "tr"), start=1):
            properties = _child(row, "trPr")
            if properties is not None and _child(properties, "del") is not None:
                self.flow.counts["revision"] += 1
                continue
            self._row(row, properties)
            self._close(f"表{number}第{count}行")
            self._put_boxes()
        self._gap()

    def _row(self, row: etree._Element, properties: etree._Element | None) -> None:
        before = _child(properties, "gridBefore") if properties is not None else None
        self._write("\t" * (_number(before) if before is not None else 0))
        self._in_cell = True
        for n, cell in enumerate(_inside(row, "tc")):
            if n:
                self._write("\t")
            self._cell(cell)
            properties = _child(cell, "tcPr")
            span = _child(properties, "gridSpan") if properties is not None else None
            self._write("\t" * (max(_number(span), 1) - 1 if span is not None else 0))
        self._in_cell = False

    def _cell(self, cell: etree._Element) -> None:
        """Read what is in a cell, nested tables too, into one line."""
        begun = self._length
        for block in _inside(cell, "p", "tc"):
            if self._length > begun and not "".join(self._line[-1:]).endswith((" ", "\t")):
                self._write(" ")
            if local(block) == "p":
                self._paragraph(block)
            else:
                self._cell(block)

    # --- runs ---

    def _content(self, parent: etree._Element) -> None:
        for child in parent:
            name = local(child)
            if name == "r":
                self._run(child, child)
            elif name in _DELETED:
                self.flow.counts["revision"] += 1
            elif name == "fldSimple" and _silent(_value(child, "instr")):
                self.flow.counts["contents"] += 1
            elif name in _THROUGH or name == "sdt":
                self.flow.counts["revision"] += name in {"ins", "moveTo"}
                self._content(child)
            elif name == "AlternateContent":
                self._content(_chosen(child))
            elif name in {"oMath", "oMathPara"}:
                for sign in child.iter("{*}t"):
                    self._emit(sign.text or "", sign, child)

    def _run(self, run: etree._Element, anchor: etree._Element) -> None:
        properties = _child(run, "rPr")
        raised = hidden = False
        if properties is not None:
            style, placed = _child(properties, "rStyle"), _child(properties, "vertAlign")
            raised = placed is not None and _value(placed) == "superscript"
            hidden = switched_on(properties, "vanish") or (
                style is not None and _value(style) in self._hidden_styles
            )
        if hidden:
            self.flow.counts["hidden"] += any(local(child) == "t" for child in run)
        for child in run:
            name = local(child)
            if name in self._runs and (not hidden or name in {"fldChar", "instrText"}):
                self._runs[name](child, anchor)
            elif hidden:
                continue
            elif name == "t":
                text = child.text or ""
                self._emit(text.translate(_RAISED) if raised else text, child, anchor)
            elif name in _SIGNS:
                self._emit(_SIGNS[name], child, anchor)

    def _break(self, mark: etree._Element, anchor: etree._Element) -> None:
        if _value(mark, "type") not in {"page", "column"}:
            self._emit("\n", mark, anchor, raw=True)

    def _field_mark(self, mark: etree._Element, _: etree._Element) -> None:
        kind = _value(mark, "fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
        elif self._fields and kind == "separate":
            self._fields[-1].result = True
            self.flow.counts["contents"] += _silent(self._fields[-1].instruction)
        elif self._fields and kind == "end":
            self._fields.pop()

    def _instruction(self, written: etree._Element, _: etree._Element) -> None:
        if self._fields:
            self._fields[-1].instruction += written.text or ""

    def _reference(self, mark: etree._Element, anchor: etree._Element) -> None:
        kind = local(mark).removesuffix("Reference")
        self._referred.append((kind, _value(mark, "id"), self._host if self._host is not None else anchor))

    def _drawing(self, drawing: etree._Element, anchor: etree._Element) -> None:
        boxes = [
            box
            for box in drawing.iter("{*}txbxContent")
            if not any(local(over) in {"Fallback", "txbxContent"} for over in _between(box, drawing))
        ]
        self._boxes += [(box, self._host if self._host is not None else anchor) for box in boxes]
        self.flow.counts["picture"] += not boxes

    def _alternative(self, choice: etree._Element, anchor: etree._Element) -> None:
        self._run(_chosen(choice), anchor)

    def _ruby(self, ruby: etree._Element, anchor: etree._Element) -> None:
        base = _child(ruby, "rubyBase")
        for run in base if base is not None else ():
            if local(run) == "r":
                self._run(run, anchor)

    # --- lines ---

    def put_notes(self) -> None:
        """Add the notes referred to, in the order of their marks, behind the body."""
        told: Counter[str] = Counter()
        if self._referred and self.flow.lines and self.flow.lines[-1][0]:
            self._gap()
        notes = dict(self._notes)
        while self._referred:
            kind, number, self._host = self._referred.popleft()
            note = notes.pop((kind, number), None)
            if note is None:
                continue
            told[kind] += 1
            for paragraph in note.iter("{*}p"):
                self._paragraph(paragraph)
                self._close(f"{_NOTE_TITLES[kind]}{told[kind]}")
        self._host = None
        self._put_boxes()

    def _put_boxes(self) -> None:
        while self._boxes:
            box, host = self._boxes.popleft()
            outer, self._host, self._in_cell = self._host, host, False
            self.flow.counts["box"] += 1
            for paragraph in box.iter("{*}p"):
                if any(local(over) in {"Fallback", "txbxContent"} for over in _between(paragraph, box)):
                    continue
                self._paragraph(paragraph)
                self._close(f"文本框{self.flow.counts['box']}")
            self._host = outer

    def _emit(self, text: str, node: etree._Element, anchor: etree._Element, *, raw: bool = False) -> None:
        if not text or not self._shown():
            return
        host = self._host if self._host is not None else anchor
        start = self._at + self._length
        self.flow.segments.append(Segment(start, start + len(text), node, host))
        keep = not self._in_cell and (raw or text == "\t")
        self._write(text if keep else text.translate(_BLANKS))

    def _shown(self) -> bool:
        return not any(
            not one.result or (_silent(one.instruction) and self.fields_closed) for one in self._fields
        )

    def _write(self, text: str) -> None:
        if text:
            self._line.append(text)
            self._length += len(text)

    def _end_line(self, title: str, counted: str) -> None:
        self.flow.counts[counted] += any(part.strip() for part in self._line)
        # A field's instruction ends with its paragraph, or a broken field would swallow the rest.
        self._fields = [one for one in self._fields if one.result]
        self._close(f"{title}第{self.flow.counts[counted]}段")

    def _close(self, place: str) -> None:
        line = "".join(self._line)
        self.flow.lines.append((line, place))
        self._at += len(line) + 1
        self._line, self._length = [], 0

    def _gap(self) -> None:
        self._close("")


def _silent(instruction: str) -> bool:
    words = instruction.split()
    return bool(words) and words[0].upper() in _SILENT_FIELDS


def _number(element: etree._Element) -> int:
    value = _value(element)
    return (
        min(int(value), limits.SPAN_COLUMNS) if value.isascii() and value.isdigit() and len(value) < 9 else 0
    )


def _chosen(alternative: etree._Element) -> etree._Element:
    """The first choice of markup written twice, for new and for old programs."""
    return next((child for child in alternative if local(child) in {"Choice", "Fallback"}), alternative)


def _inside(parent: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The elements of these names under `parent`, through wrappers and nested tables but not each other."""
    for child in parent:
        name = local(child)
        if name in names:
            yield child
        elif name in {"sdt", "tbl", "tr", *_THROUGH}:
            yield from _inside(child, *names)


def _between(inner: etree._Element, outer: etree._Element) -> Iterable[etree._Element]:
    """The elements around `inner`, up to but without `outer`."""
    for over in inner.iterancestors():
        if over is outer:
            return
        yield over
