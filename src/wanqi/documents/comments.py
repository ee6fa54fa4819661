"""Comments in a Word file: beside the passages of the draft that was uploaded, or of a new one.

Of an uploaded file only the body's part, the comments' part and their registration change; every other part
keeps its bytes, so the draft comes back as its authors know it.
"""

from __future__ import annotations

import copy
import io
import posixpath
import zipfile
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import docx
from lxml import etree

from wanqi.documents.archive import settled
from wanqi.documents.characters import carried
from wanqi.documents.drafts.container import Container
from wanqi.documents.drafts.flow import Segment, local
from wanqi.documents.drafts.word import flow_of
from wanqi.documents.errors import CommentsRefused

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
_STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships/comments"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on the characters `span` of a text; the title stands in bold above the text."""

    span: tuple[int, int]
    text: str
    title: str = ""
    author: str = "报送前核对"
    initials: str = "核"


def commented(text: str, *, comments: Sequence[Comment], made: datetime, data: bytes | None = None) -> bytes:
    """A DOCX with `comments` beside their passages of `text`; equal arguments give equal bytes.

    `data` is the DOCX that `text` was read from, and comes back with the comments; None makes a plain document
    of the text. `made` (with a time zone) dates the comments. Raises CommentsRefused when `text` is not the
    text of `data`, DraftRefused when `data` cannot be read.
    """
    if data is None:
        # Line ends become one character each way, so that every span keeps its place.
        text = carried(text.replace("\r\n", " \n"))
        data = _plain_document(text, made)
    return _Annotation(data, text).written(comments, made)


def _plain_document(text: str, made: datetime) -> bytes:
    """The text as a Word document, one paragraph a line, every character in its place."""
    document = docx.Document()
    moment = made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    document.core_properties.created = document.core_properties.modified = moment
    document.core_properties.author = ""
    for language in document.styles.element.iter(f"{{{_W}}}lang"):
        language.set(f"{{{_W}}}eastAsia", "zh-CN")
    for line in text.split("\n"):
        run = document.add_paragraph().add_run()._r
        for n, piece in enumerate(line.split("\t")):
            if n:
                etree.SubElement(run, f"{{{_W}}}tab")
            if piece:
                _set_text(etree.SubElement(run, f"{{{_W}}}t"), piece)
    out = io.BytesIO()
    document.save(out)
    return settled(out.getvalue())


class _Annotation:
    """One document being given comments."""

    def __init__(self, data: bytes, text: str) -> None:
        self._data = data
        self._container = Container(data)
        self._main = self._container.main()
        self._body = self._container.tree(self._main)
        namespace = etree.QName(self._body).namespace or _W
        self._w = f"{{{namespace}}}"
        self._strict = namespace == _STRICT
        self._flow = flow_of(self._container, self._main, self._body)
        if self._flow.text != text:
            raise CommentsRefused(
                "文字与这份Word文档不一致，批注无法对应", hint="请重新上传文档核对后，再导出带批注的文档。"
            )

    def written(self, comments: Sequence[Comment], made: datetime) -> bytes:
        """The bytes of the document with the comments."""
        part = self._container.related(self._main, "comments")
        tree = (
            self._container.tree(part)
            if part
            else etree.Element(f"{self._w}comments", nsmap={"w": self._w[1:-1]})
        )
        ordered = sorted(comments, key=lambda comment: comment.span)
        self._split({at for comment in ordered for at in comment.span})
        flow = flow_of(self._container, self._main, self._body)
        first = self._free_id(tree)
        for number, comment in enumerate(ordered, start=first):
            tree.append(self._comment(comment, number, made))
        self._mark(flow.segments, ordered, first)
        changed = {self._main: _bytes(self._body)}
        if part:
            changed[part] = _bytes(tree)
        elif ordered:
            part = self._new_part()
            changed[part] = _bytes(tree)
            changed |= self._registered(part)
        return self._rezipped(changed)

    def _free_id(self, tree: etree._Element) -> int:
        """The first id above all that comments, and marks of lost comments, have."""
        used = [*tree, *self._body.iter(f"{self._w}commentRangeStart", f"{self._w}commentReference")]
        ids = [mark.get(f"{self._w}id", "") for mark in used if isinstance(mark.tag, str)]
        return 1 + max((int(one) for one in ids if one.isascii() and one.isdigit()), default=-1)

    # --- runs ---

    def _split(self, cuts: Iterable[int]) -> None:
        """Cut runs so that every span begins and ends with a run."""
        runs: dict[etree._Element, list[Segment]] = defaultdict(list)
        for segment in self._flow.segments:
            if segment.splits:
                runs[segment.anchor].append(segment)
        places = sorted(set(cuts))
        for run, segments in runs.items():
            low = bisect_right(places, segments[0].start)
            high = bisect_left(places, segments[-1].end)
            for cut in reversed(places[low:high]):
                self._cut(run, segments, cut)

    def _cut(self, run: etree._Element, segments: list[Segment], cut: int) -> None:
        """Move what stands behind `cut` into a run of its own, with the same properties."""
        segment = next((s for s in reversed(segments) if s.start < cut <= s.end), None)
        if segment is None or (cut < segment.end and local(segment.node) != "t"):
            return
        following = list(segment.node.itersiblings())
        if cut == segment.end and not following:
            return
        behind = etree.Element(run.tag, run.attrib, nsmap=run.nsmap)
        behind.extend(copy.deepcopy(child) for child in run if local(child) == "rPr")
        if cut < segment.end:
            written, at = segment.node.text or "", cut - segment.start
            _set_text(segment.node, written[:at])
            _set_text(etree.SubElement(behind, segment.node.tag), written[at:])
        behind.extend(following)
        run.addnext(behind)

    def _mark(self, segments: list[Segment], comments: Sequence[Comment], first: int) -> None:
        """Put the beginning and the end of every comment's range, and its mark, among the runs."""
        anchors = {segment.anchor for segment in segments} or {self._empty_run()}
        order = {element: n for n, element in enumerate(self._body.iter()) if element in anchors}
        starts = [segment.start for segment in segments]
        for number, comment in enumerate(comments, start=first):
            start, end = comment.span
            low = bisect_right(starts, start) - 1
            if low < 0 or segments[low].end <= start:
                low += 1
            high = max(bisect_left(starts, end), low + 1)
            hit = [segment.anchor for segment in segments[low:high]] or [
                segments[-1].anchor if segments else next(iter(anchors))
            ]
            begin, finish = min(hit, key=order.__getitem__), max(hit, key=order.__getitem__)
            begin.addprevious(self._element("commentRangeStart", number))
            reference = etree.Element(f"{self._w}r")
            reference.append(self._element("commentReference", number))
            finish.addnext(reference)
            finish.addnext(self._element("commentRangeEnd", number))

    def _empty_run(self) -> etree._Element:
        """A run to comment on in a document without any text."""
        paragraph = next(self._body.iter(f"{self._w}p"), None)
        if paragraph is None:
            body = next(self._body.iter(f"{self._w}body"), self._body)
            paragraph = etree.Element(f"{self._w}p")
            body.insert(0, paragraph)
        return etree.SubElement(paragraph, f"{self._w}r")

    def _element(self, name: str, number: int) -> etree._Element:
        return etree.Element(f"{self._w}{name}", {f"{self._w}id": str(number)})

    # --- parts ---

    def _comment(self, comment: Comment, number: int, made: datetime) -> etree._Element:
        element = self._element("comment", number)
        element.set(f"{self._w}author", carried(comment.author))
        element.set(f"{self._w}date", made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        element.set(f"{self._w}initials", carried(comment.initials))
        lines = [(line, False) for line in carried(comment.text).split("\n")]
        for line, bold in [(carried(comment.title), True), *lines] if comment.title else lines:
            run = etree.SubElement(etree.SubElement(element, f"{self._w}p"), f"{self._w}r")
            if bold:
                etree.SubElement(etree.SubElement(run, f"{self._w}rPr"), f"{self._w}b")
            _set_text(etree.SubElement(run, f"{self._w}t"), line)
        return element

    def _new_part(self) -> str:
        folder = posixpath.dirname(self._main)
        names = (
            posixpath.join(folder, f"comments{n or ''}.xml") for n in range(len(self._container.names) + 1)
        )
        return next(name for name in names if name not in self._container)

    def _registered(self, part: str) -> dict[str, bytes]:
        """The content types and the body's relations with the new part among them."""
        types = self._container.tree("[Content_Types].xml")
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=_TYPE)
        folder, base = posixpath.split(self._main)
        name = posixpath.join(folder, "_rels", f"{base}.rels")
        relations = (
            self._container.tree(name)
            if name in self._container
            else etree.Element(f"{{{_PACKAGE}}}Relationships", nsmap={None: _PACKAGE})
        )
        used = {one.get("Id") for one in relations}
        free = next(f"rId{n}" for n in range(1, len(used) + 2) if f"rId{n}" not in used)
        kind = _STRICT_RELATION if self._strict else _RELATION
        target = posixpath.relpath(part, folder or ".")
        etree.SubElement(relations, f"{{{_PACKAGE}}}Relationship", Id=free, Type=kind, Target=target)
        return {"[Content_Types].xml": _bytes(types), name: _bytes(relations)}

    def _rezipped(self, changed: dict[str, bytes]) -> bytes:
        """The container with the changed parts; all others, and their dates, as they were."""
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self._data)) as source, zipfile.ZipFile(out, "w") as target:
            for entry in source.infolist():
                content = changed.pop(entry.filename, None)
                entry.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(entry, self._container.read(entry.filename) if content is None else content)
            for name, content in changed.items():
                entry = zipfile.ZipInfo(name)
                entry.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(entry, content)
        return out.getvalue()


def _set_text(element: etree._Element, text: str) -> None:
    element.text = text
    element.set(_SPACE, "preserve")


def _bytes(tree: etree._Element) -> bytes:
    content: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content
