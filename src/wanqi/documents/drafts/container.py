"""The ZIP container of a DOCX file, opened without trust: sizes are measured, never believed."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from urllib.parse import unquote

from lxml import etree

from wanqi.documents.drafts import limits
from wanqi.documents.errors import DraftRefused

_CHUNK = 512 * 1024
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_FAULTS = (
    zipfile.BadZipFile,
    NotImplementedError,
    ValueError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
    RuntimeError,
)


class Container:
    """The parts of a Word document by name. Raises DraftRefused for what is none, or is one to harm."""

    def __init__(self, data: bytes) -> None:
        self._total = 0
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            entries = self._archive.infolist()
        except _FAULTS:
            raise damaged() from None
        if len(entries) > limits.PARTS:
            raise bomb(f"文件内含{len(entries)}个部件")
        self._entries = {entry.filename: entry for entry in entries}
        if len(self._entries) != len(entries):
            raise damaged()
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise DraftRefused(
                "draft-encrypted", "文件设有打开密码，不能读取", hint="请去掉打开密码后另存，再上传。"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in the order of the file."""
        return tuple(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def read(self, name: str) -> bytes:
        """The bytes of a part. Raises DraftRefused at the limits, whatever size is declared."""
        entry = self._entries[name]
        if entry.file_size > limits.PART_BYTES:
            raise bomb(f"文件解开后超过{limits.PART_BYTES // 1024 // 1024} MB")
        pieces, size = [], 0
        try:
            with self._archive.open(entry) as stream:
                while piece := stream.read(_CHUNK):
                    size += len(piece)
                    if size > limits.PART_BYTES or (
                        size > limits.RATIO_FROM and size > limits.RATIO * max(entry.compress_size, 1)
                    ):
                        raise bomb(f"文件的压缩比超过{limits.RATIO}倍")
                    pieces.append(piece)
                    self._total += len(piece)
                    if self._total > limits.TOTAL_BYTES:
                        raise bomb(f"文件解开后超过{limits.TOTAL_BYTES // 1024 // 1024} MB")
        except _FAULTS:
            raise damaged() from None
        return b"".join(pieces)

    def tree(self, name: str) -> etree._Element:
        """The root of a part's XML. Raises DraftRefused for a broken part and for declared entities."""
        return parsed(self.read(name))

    def main(self) -> str:
        """The name of the part that holds the body."""
        for kind, target in self.relations(""):
            if kind.endswith("/officeDocument") and target in self:
                return target
        if "word/document.xml" in self:
            return "word/document.xml"
        raise damaged()

    def relations(self, part: str) -> list[tuple[str, str]]:
        """Type and target (a part's name) of the relations of a part; "" are those of the file itself."""
        folder, base = posixpath.split(part)
        name = posixpath.join(folder, "_rels", f"{base}.rels")
        if name not in self:
            return []
        return [
            (one.get("Type", ""), resolved(folder, one.get("Target", "")))
            for one in self.tree(name).iter(_RELATIONS)
            if one.get("TargetMode") != "External"
        ]

    def related(self, part: str, kind: str) -> str | None:
        """The part that `part` relates to as `kind` (footnotes, comments …), None where there is none."""
        for type_, target in self.relations(part):
            if type_.rpartition("/")[2] == kind and target in self:
                return target
        return None


def resolved(folder: str, target: str) -> str:
    """The name of a part that a relation in `folder` points at."""
    path = unquote(target)
    return path.lstrip("/") if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))


def parsed(content: bytes) -> etree._Element:
    """The root of an XML part, read without entities, outside files or network."""
    if b"<!DOCTYPE" in content[:65536] or b"<!ENTITY" in content[:65536]:
        raise damaged()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise damaged() from None
    if root.getroottree().docinfo.doctype:
        raise damaged()
    return root


def damaged() -> DraftRefused:
    """The refusal of a broken or contradictory file."""
    return DraftRefused(
        "draft-damaged", "文件已损坏，不能作为Word文档打开", hint="请用WPS或Word打开后另存为.docx，再上传。"
    )


def bomb(what: str) -> DraftRefused:
    """The refusal of a file that inflates beyond any document."""
    return DraftRefused(
        "draft-bomb",
        f"{what}，远超正常的文档",
        hint="已拒绝打开。请新建文档，把正文复制进去后另存，再上传。",
    )
