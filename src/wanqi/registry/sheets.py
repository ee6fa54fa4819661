"""Tables somebody hands in, read safely whatever the file really is: XLSX, CSV or pasted text.

Nothing is run, fetched or believed: macros and links are left alone with a note, sizes are measured before the
reader is let in, and whatever is no table is refused with what it is and what to do instead.
"""

from __future__ import annotations

from . import limits
from .errors import TableRefused
from .texts import Text
from .values import Table
from .workbooks import Workbook

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
AS_XLSX = "请在Excel或WPS表格中打开后另存为.xlsx，再上传。"
COPY = "请把其中的表格复制到Excel或WPS表格，另存为.xlsx，或直接粘贴。"
SIGNATURES: tuple[tuple[bytes, str, str, str], ...] = (
    (b"%PDF", "pdf", "这是PDF文件，不是表格", COPY),
    (b"\xff\xd8\xff", "picture", "这是图片，不是表格", "请上传表格文件；图片中的表格须先录入为Excel。"),
    (b"\x89PNG", "picture", "这是图片，不是表格", "请上传表格文件；图片中的表格须先录入为Excel。"),
    (b"GIF8", "picture", "这是图片，不是表格", "请上传表格文件；图片中的表格须先录入为Excel。"),
    (b"BM", "picture", "这是图片，不是表格", "请上传表格文件；图片中的表格须先录入为Excel。"),
    (b"Rar!", "archive", "这是压缩包，不是表格", "请先解压，再上传其中的.xlsx或.csv文件。"),
    (b"7z\xbc\xaf", "archive", "这是压缩包，不是表格", "请先解压，再上传其中的.xlsx或.csv文件。"),
    (b"\x1f\x8b", "archive", "这是压缩包，不是表格", "请先解压，再上传其中的.xlsx或.csv文件。"),
    (b"PK\x05\x06", "empty", "这是空的压缩包，不是表格", AS_XLSX),
    (b"{\\rtf", "word", "这是文字文档，不是表格", COPY),
    (b"MZ", "program", "这是程序，不是表格", "请上传.xlsx或.csv文件。"),
    (b"\x7fELF", "program", "这是程序，不是表格", "请上传.xlsx或.csv文件。"),
)


def open_table(content: bytes, *, name: str = "") -> Table:
    """Return the table in a file's bytes; `name` is only shown. Raises TableRefused in one sentence."""
    try:
        return _opened(content, name)
    except TableRefused as error:
        error.place = error.place or name
        raise


def open_pasted(text: str) -> Table:
    """Return the table in pasted text, tab-separated as Excel and WPS copy it. Raises TableRefused."""
    check_size(len(text))
    return Text(text)


def check_size(size: int, *, name: str = "", limit: int = limits.FILE_BYTES) -> None:
    """Raise TableRefused for a file larger than may be read; to be called before a byte of it is."""
    if size > limit:
        raise TableRefused(
            "too-large",
            f"文件有{in_words(size)}，超过{in_words(limit)}的上限",
            hint="请删去图片和多余的工作表，或分成几个文件后再上传。",
            place=name,
        )


def in_words(size: int) -> str:
    """Return a size in bytes as MB or GB."""
    return f"{size / 1024**3:.1f} GB" if size >= 1024**3 else f"{size / 1024**2:.0f} MB"


def _opened(content: bytes, name: str) -> Table:
    check_size(len(content))
    if not content.strip(b"\0 \r\n\t"):
        raise TableRefused("empty", "文件是空的", hint="请核对后重新选择文件。")
    if content.startswith(ZIP):
        return Workbook(content, name=name)
    if content.startswith(OLE):
        raise _old_office(content)
    for mark, kind, cause, hint in SIGNATURES:
        # Two letters may well begin a text; a picture or program soon has a zero byte.
        if content.startswith(mark) and (len(mark) > 2 or b"\0" in content[:200]):
            raise TableRefused(kind, cause, hint=hint)
    start = content[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<style")):
        raise TableRefused("web-page", "这是网页格式的“表格”，不是真正的Excel文件", hint=AS_XLSX)
    if start.startswith(b"<?xml"):
        raise TableRefused("xml", "这是XML文件，不是真正的Excel文件", hint=AS_XLSX)
    return Text(content, name=name)


def _old_office(content: bytes) -> TableRefused:
    """Return the refusal of an OLE file by the streams its directory names."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return TableRefused(
            "encrypted", "文件设有打开密码，不能读取", hint="请在Excel或WPS表格中去掉打开密码后另存，再上传。"
        )
    if "WordDocument".encode("utf-16-le") in content:
        return TableRefused("word", "这是Word文档，不是表格", hint=COPY)
    if "PowerPoint Document".encode("utf-16-le") in content:
        return TableRefused("slides", "这是演示文稿，不是表格", hint=COPY)
    return TableRefused("old-excel", "这是旧版Excel文件(.xls)，不能安全读取", hint=AS_XLSX)
