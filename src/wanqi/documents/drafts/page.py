"""Saved web pages. Tags are read by a scanner of our own: time linear in length, whatever is left unclosed."""

from __future__ import annotations

import html
import re

from wanqi.documents.drafts import limits
from wanqi.documents.drafts.draft import Draft, assembled
from wanqi.documents.errors import DraftRefused

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^>]*+(?:>|\Z)"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]{0,30}+)"
    r"(?P<attributes>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)/?>",
    re.S,
)
_SPAN = re.compile(r"\bcolspan\s*=\s*[\"']?\s*(\d{1,4})", re.I)
_HIDDEN = re.compile(r"(?:^|\s)hidden(?:\s|=|$)|display\s*:\s*none", re.I)
_SILENT = {
    "script", "style", "noscript", "template", "head", "select", "textarea", "iframe", "object", "svg", "nav",
    "rt", "rp", "button",
}  # fmt: skip
_RAW = {"script", "style", "textarea", "iframe", "noscript", "template"}
_VOID = {"br", "img", "input", "meta", "link", "hr", "area", "base", "col", "embed", "source", "track", "wbr"}
_BLOCK = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "section", "article",
    "header", "footer", "main", "blockquote", "pre", "center", "form", "figure", "figcaption", "hr", "br",
    "body", "html", "caption", "aside", "address", "fieldset",
}  # fmt: skip
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class _Reader:
    """Lines of a page, put together tag by tag."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self._line: list[str] = []
        self._row: list[str] | None = None
        self._in_cell = False
        self._silent: list[str] = []
        self._raised = 0
        self._columns = 1
        self._counts = {"paragraph": 0, "table": 0, "row": 0, "nesting": 0}
        self.pictures = 0

    def text(self, written: str) -> None:
        if not self._silent:
            plain = html.unescape(written)
            self._line.append(plain.translate(_RAISED) if self._raised else plain)

    def opened(self, name: str, attributes: str) -> None:
        if self._silent:
            if name == self._silent[-1]:
                self._silent.append(name)
            return
        self.pictures += name == "img"
        if name not in _VOID and (name in _SILENT or _HIDDEN.search(attributes)):
            self._silent.append(name)
        elif name in {"table", "tr", "td", "th"}:
            self._table(name, attributes)
        elif name == "sup":
            self._raised += 1
        elif name in _BLOCK:
            self._end_line()

    def closed(self, name: str) -> None:
        if self._silent:
            if name == self._silent[-1]:
                self._silent.pop()
        elif name in {"td", "th"}:
            self._end_cell()
        elif name == "tr":
            self._end_row()
        elif name == "table":
            self._end_row()
            self._counts["nesting"] = max(0, self._counts["nesting"] - 1)
            self.lines.append(("", ""))
        elif name == "sup":
            self._raised = max(0, self._raised - 1)
        elif name in _BLOCK:
            self._end_line()

    def finish(self) -> None:
        self._end_row() if self._row is not None else self._end_line()

    def _table(self, name: str, attributes: str) -> None:
        if name == "table":
            self._end_row() if self._row is not None else self._end_line()
            self._counts["table"] += 1
            self._counts["row"] = 0
            self._counts["nesting"] += 1
            self.lines.append(("", ""))
        elif name == "tr":
            self._end_row() if self._row is not None else self._end_line()
            self._row = []
        else:
            self._end_cell()
            self._row = self._row if self._row is not None else []
            span = _SPAN.search(attributes)
            self._columns = min(max(int(span[1]), 1), limits.SPAN_COLUMNS) if span else 1
            self._line, self._in_cell = [], True

    def _end_cell(self) -> None:
        if self._row is None:
            self._end_line()
        elif self._in_cell or any(part.strip() for part in self._line):
            self._row += [_closed_up(self._line), *[""] * (self._columns - 1)]
        self._line, self._columns, self._in_cell = [], 1, False

    def _end_row(self) -> None:
        if self._row is None:
            self._end_line()
            return
        self._end_cell()
        cells, self._row, self._line = self._row, None, []
        self._counts["row"] += 1
        if any(cells):
            self.lines.append(("\t".join(cells), f"表{self._counts['table']}第{self._counts['row']}行"))

    def _end_line(self) -> None:
        if self._row is not None:  # a paragraph inside a cell
            if self._line:
                self._line.append(" ")
            return
        line = _closed_up(self._line)
        self._line = []
        if line:
            self._counts["paragraph"] += 1
            self.lines.append((line, f"第{self._counts['paragraph']}段"))


def _closed_up(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


def read_page(name: str, markup: str, *, size: int) -> Draft:
    """The draft of a web page: scripts, hidden parts and navigation are left out, rows of tables kept together.

    `size` is the file's in bytes. Raises DraftRefused when there is no text.
    """
    if size > limits.HTML_BYTES:
        raise DraftRefused(
            "draft-large", f"网页有{size // 1024 // 1024} MB，最多{limits.HTML_BYTES // 1024 // 1024} MB",
            hint="请只复制正文，粘贴到页面上核对。",
        )  # fmt: skip
    reader, at = _Reader(), 0
    while match := _TAG.search(markup, at):
        reader.text(markup[at : match.start()])
        at = match.end()
        if not match["name"]:
            continue
        tag = match["name"].lower()
        if match["close"]:
            reader.closed(tag)
            continue
        reader.opened(tag, match["attributes"])
        if tag in _RAW:
            at = _past_raw(markup, tag, at)
            reader.closed(tag)
    reader.text(markup[at:])
    reader.finish()
    notices = (f"网页中有{reader.pictures}张图片，图中的文字未核对。",) if reader.pictures else ()
    return assembled(name, "page", reader.lines, notices=notices)


def _past_raw(markup: str, tag: str, at: int) -> int:
    """Where the contents of a script or the like end: at its closing tag, or with the page."""
    closing = re.compile(rf"</{tag}\b", re.I).search(markup, at)
    return closing.start() if closing else len(markup)
