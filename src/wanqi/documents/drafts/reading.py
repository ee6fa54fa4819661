"""Telling what kind of file a draft is by its contents, and reading it."""

from __future__ import annotations

import io
import re
import zipfile

from wanqi.documents.drafts import limits
from wanqi.documents.drafts.draft import Draft
from wanqi.documents.drafts.encodings import decoded
from wanqi.documents.drafts.page import read_page
from wanqi.documents.drafts.pdf import read_pdf
from wanqi.documents.drafts.plain import read_plain
from wanqi.documents.drafts.word import read_word
from wanqi.documents.errors import DraftRefused

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "请用WPS或Word打开，另存为“Word文档（.docx）”后再上传。"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
# What else comes as a zip container: a part by which it is known, its name, and what to do.
_CONTAINERS = (
    ("xl/", "Excel表格", "请把要核对的文字和表格复制后粘贴到页面上，或复制到Word文档后上传。"),
    ("ppt/", "演示文稿", "请把其中的文字复制后粘贴到页面上，或复制到Word文档后上传。"),
    ("OFD.xml", "OFD版式文件", "请在版式阅读软件中导出为.docx，或上传导出它的原稿。"),
    ("content.xml", "OpenDocument文档", _SAVE),
)
_OLD_NAMES = {
    "doc": "旧版Word文档（.doc）", "wps": "WPS文字文档（.wps）", "et": "WPS表格（.et）", "xls": "旧版Excel表格（.xls）",
    "ppt": "旧版演示文稿（.ppt）", "dps": "WPS演示文稿（.dps）", "wpt": "WPS模板（.wpt）", "dot": "旧版Word模板（.dot）",
}  # fmt: skip
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)


def read_draft(name: str, data: bytes) -> Draft:
    """The draft in a file; what it is, is told by its contents, `name` only helps to say what is wrong.

    Reads TXT (UTF-8, UTF-16, GB18030), DOCX, PDF with text, and HTML. Raises DraftRefused with the next step.
    """
    if len(data) > limits.FILE_BYTES:
        raise DraftRefused(
            "draft-large",
            f"文件有{len(data) // 1024 // 1024} MB，最多{limits.FILE_BYTES // 1024 // 1024} MB",
            hint="请删去其中的图片，或分成几个文件后再上传。",
        )
    if not data.strip():
        raise DraftRefused("draft-empty", "文件是空的", hint="请确认上传的是写好的材料。")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        _refuse_other_container(data)
        return read_word(name, data)
    if b"%PDF-" in data[:1024]:
        return read_pdf(name, data)
    _refuse_other(name, data)
    text = decoded(data)
    if _suffix(name) in {"html", "htm", "xhtml"} or _PAGE.match(text[:4000]):
        return read_page(name, text, size=len(data))
    return read_plain(name, text)


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _refuse_other(name: str, data: bytes) -> None:
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise DraftRefused(
                "draft-encrypted", "文件设有打开密码，不能读取", hint="请去掉打开密码后另存，再上传。"
            )
        kind = _OLD_NAMES.get(_suffix(name), "旧版Office文档（如.doc、.wps）")
        raise DraftRefused("draft-format", f"这是{kind}，不能直接读取", hint=_SAVE)
    if data.lstrip()[:5] == b"{\\rtf":
        raise DraftRefused("draft-format", "这是RTF文档（.rtf），不能直接读取", hint=_SAVE)
    if b"<w:wordDocument" in data[:4096] or b"<pkg:package" in data[:4096] or b"<uof:UOF" in data[:4096]:
        raise DraftRefused("draft-format", "这是XML格式的文档，不能直接读取", hint=_SAVE)
    if data[:4096].lstrip().lower().startswith((b"mime-version:", b"from: <saved by")):
        raise DraftRefused("draft-format", "这是单个文件网页（.mht），不能直接读取", hint=_SAVE)
    if data.startswith(_PICTURES) and b"\x00" in data[:64]:
        raise DraftRefused(
            "draft-picture",
            "这是图片，不能读取其中的文字",
            hint="请上传文字稿（.docx），或把文字录入后粘贴。",
        )


def _refuse_other_container(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        return  # the reader of Word documents says what is broken
    if any(name.startswith("word/") for name in names):
        return
    for start, kind, hint in _CONTAINERS:
        if any(name.startswith(start) for name in names):
            raise DraftRefused("draft-format", f"这是{kind}，不能直接读取", hint=hint)
    if "[Content_Types].xml" not in names:
        raise DraftRefused("draft-format", "这是压缩包，不是文档", hint="请先解压，再上传其中的.docx文件。")
