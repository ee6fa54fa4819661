"""The ZIP container of an XLSX file, opened without trust: sizes are measured, never believed."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from . import limits
from .errors import TableRefused

CHUNK = 512 * 1024
LOCAL_HEADER = struct.Struct("<4s22xHH")

OTHER_FORMATS = (
    (
        "word/",
        "word",
        "这是Word文档，不是表格",
        "请把其中的表格复制到Excel或WPS表格，另存为.xlsx，或直接粘贴。",
    ),
    (
        "ppt/",
        "slides",
        "这是演示文稿，不是表格",
        "请把其中的表格复制到Excel或WPS表格，另存为.xlsx，或直接粘贴。",
    ),
    (
        "xl/workbook.bin",
        "xlsb",
        "这是二进制工作簿(.xlsb)，不能读取",
        "请在Excel或WPS表格中另存为.xlsx后再上传。",
    ),
    (
        "content.xml",
        "ods",
        "这是OpenDocument表格(.ods)，不能读取",
        "请在Excel或WPS表格中另存为.xlsx后再上传。",
    ),
)


class Container:
    """The parts of a workbook by name. Raises TableRefused for what is no workbook, or is one to harm."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._sizes: dict[str, int] = {}
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError):
            raise damaged() from None
        if len(entries) > limits.PARTS:
            raise TableRefused(
                "zip-bomb",
                f"文件内含{len(entries)}个部件，正常的表格不会超过{limits.PARTS}个",
                hint="已拒绝打开。请在Excel或WPS表格中新建文件，把数据复制进去后另存再上传。",
            )
        self._parts = {entry.filename: entry for entry in entries}
        if len(self._parts) != len(entries):
            raise damaged("文件内有重名的部件")
        self._check_kind()
        self._check_declared(entries)

    def _check_kind(self) -> None:
        if "xl/workbook.xml" in self._parts:
            return
        for start, kind, cause, hint in OTHER_FORMATS:
            if any(name.startswith(start) for name in self._parts):
                raise TableRefused(kind, cause, hint=hint)
        raise TableRefused("archive", "这是压缩包，不是表格", hint="请先解压，再上传其中的.xlsx或.csv文件。")

    def _check_declared(self, entries: list[zipfile.ZipInfo]) -> None:
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise encrypted()
        total = sum(entry.file_size for entry in entries if needed(entry.filename))
        if total > limits.INFLATED_BYTES:
            raise bomb(f"文件解开后有{total // 1024 // 1024} MB")

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    @property
    def has_macros(self) -> bool:
        return any(name.lower().endswith("vbaproject.bin") for name in self._parts)

    @property
    def has_links(self) -> bool:
        return any(name.startswith("xl/externalLinks/") for name in self._parts)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the inflated bytes of a part, counted as they come: stops at the limit, whatever is declared."""
        entry = self._parts[name]
        packed = self._packed(entry)
        if entry.compress_type == zipfile.ZIP_STORED:
            pieces: Iterator[bytes] = (bytes(packed[at : at + CHUNK]) for at in range(0, len(packed), CHUNK))
        elif entry.compress_type == zipfile.ZIP_DEFLATED:
            pieces = inflated(packed)
        else:
            raise damaged("文件的压缩方式不是表格软件使用的")
        size, others = 0, sum(known for part, known in self._sizes.items() if part != name)
        for piece in pieces:
            size += len(piece)
            if others + size > limits.INFLATED_BYTES:
                raise bomb(f"文件解开后超过{limits.INFLATED_BYTES // 1024 // 1024} MB")
            if size > limits.RATIO_FROM and size > limits.RATIO * max(len(packed), 1):
                raise bomb(f"文件的压缩比超过{limits.RATIO}倍")
            yield piece
        self._sizes[name] = size
        if size != entry.file_size:
            raise damaged("文件标明的大小与实际不符")

    def _packed(self, entry: zipfile.ZipInfo) -> memoryview:
        start = entry.header_offset
        header = self._content[start : start + LOCAL_HEADER.size]
        if len(header) < LOCAL_HEADER.size:
            raise damaged()
        mark, name_length, extra_length = LOCAL_HEADER.unpack(header)
        begin = start + LOCAL_HEADER.size + name_length + extra_length
        packed = memoryview(self._content)[begin : begin + entry.compress_size]
        if mark != b"PK\x03\x04" or len(packed) != entry.compress_size:
            raise damaged()
        return packed


def needed(name: str) -> bool:
    """Return whether a part is ever read: pictures, macros and embedded files are not."""
    return name.startswith("xl/") and name.endswith((".xml", ".rels"))


def inflated(packed: memoryview) -> Iterator[bytes]:
    """Yield what a deflated part holds, at most CHUNK at a time."""
    stream = zlib.decompressobj(-15)
    rest: bytes | memoryview = packed
    try:
        while not stream.eof:
            piece = stream.decompress(rest, CHUNK)
            rest = stream.unconsumed_tail
            if piece:
                yield piece
            elif not rest:
                break
    except zlib.error:
        raise damaged() from None
    if not stream.eof:
        raise damaged()


def damaged(what: str = "文件已损坏，不能作为表格打开") -> TableRefused:
    """Return the refusal of a broken or contradictory file."""
    return TableRefused("damaged", what, hint="请用Excel或WPS表格打开后另存为.xlsx，再上传。")


def bomb(what: str) -> TableRefused:
    """Return the refusal of a file that inflates beyond any table."""
    return TableRefused(
        "zip-bomb",
        f"{what}，远超正常的表格",
        hint="已拒绝打开。请删去多余内容，或分成几个文件后再上传。",
    )


def encrypted() -> TableRefused:
    """Return the refusal of a file with a password."""
    return TableRefused(
        "encrypted", "文件设有打开密码，不能读取", hint="请在Excel或WPS表格中去掉打开密码后另存，再上传。"
    )
