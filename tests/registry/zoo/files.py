"""Files: encodings and delimiters of texts, and whatever else is handed in as a table."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from tests.registry.tables import csv

from .making import HEADS, ROW, ROW2, Page, Specimen, book, sheet, text

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f"
    b"\0\5\0\1\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82"
)
AGAIN = "请在Excel或WPS表格中打开后另存为.xlsx，再上传。"


def csv_file(name: str, content: bytes, *notes: str, **given: Any) -> Specimen:
    return Specimen(name, lambda: content, file="清单.csv", sheet="表格", notes=notes, **given)


def refused(name: str, content: Any, kind: str, cause: str, **given: Any) -> Specimen:
    return Specimen(name, content if callable(content) else lambda: content, refused=(kind, cause), **given)


def picture(made: Any, page: Any) -> None:
    page.insert_image(1, 1, "表.png", {"image_data": io.BytesIO(PNG)})


def other_package(part: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(part, b"x")
    return content.getvalue()


TWO = {"counts": (2, 0, 0), "values": ("S001", "S002")}

SPECIMENS = (
    csv_file("UTF-8的CSV", text(HEADS, ROW)),
    csv_file("带BOM的CSV", text(HEADS, ROW, encoding="utf-8-sig")),
    csv_file("GBK的CSV", text(HEADS, ROW, encoding="gbk"), "按GB18030编码读取。"),
    csv_file(
        "GB18030里有生僻字",
        text(HEADS, ("S001", "㑇𠮷站", *ROW[2:]), encoding="gb18030"),
        "按GB18030编码读取。",
        fields=("name",),
        values=("㑇𠮷站",),
    ),
    csv_file(
        "UTF-16的CSV用制表符", text(HEADS, ROW, encoding="utf-16", delimiter="\t"), "按UTF-16编码读取。"
    ),
    csv_file("分号分隔", text(HEADS, ROW, ROW2, delimiter=";"), **TWO),
    csv_file("制表符分隔", text(HEADS, ROW, ROW2, delimiter="\t"), **TWO),
    csv_file("竖线分隔", text(HEADS, ROW, ROW2, delimiter="|"), **TWO),
    csv_file(
        "引号里有逗号、换行和双引号",
        csv([HEADS, ("S001", '"一号站,东""甲""\n二楼"', *ROW[2:]), ROW2]),
        counts=(2, 0, 0),
        fields=("name",),
        values=('一号站,东"甲" 二楼', "二号站"),
    ),
    csv_file("旧苹果电脑的换行", text(HEADS, ROW, ROW2).replace(b"\r\n", b"\r"), **TWO),
    csv_file("行尾多出几个逗号", text((*HEADS, "", ""), (*ROW, "", ""), ROW2), **TWO),
    csv_file(
        "行尾少了几格",
        text(HEADS, ROW[:2], ROW2),
        counts=(2, 0, 0),
        fields=("site_code", "area__name"),
        values=(("S001", None), ("S002", "演示片区02")),
    ),
    Specimen("扩展名写成xls的真xlsx", lambda: sheet(HEADS, ROW), file="清单.xls"),
    Specimen("扩展名写成xlsx的CSV", lambda: text(HEADS, ROW), file="清单.xlsx", sheet="表格"),
    refused(
        "网页另存为xls",
        "<html><head><meta charset=utf-8></head><table><tr><td>站址编码</td></tr></table></html>".encode(),
        "web-page",
        "这是网页格式的“表格”，不是真正的Excel文件",
        file="导出.xls",
    ),
    refused(
        "XML表格另存为xls",
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        "xml",
        "这是XML文件，不是真正的Excel文件",
        file="导出.xls",
    ),
    refused("传到一半的xlsx", lambda: sheet(HEADS, ROW)[:-400], "damaged", "文件已损坏，不能作为表格打开"),
    refused(
        "设了打开密码",
        OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100,
        "encrypted",
        "文件设有打开密码，不能读取",
    ),
    refused(
        "旧版xls",
        OLE + "Workbook".encode("utf-16-le") + b"\0" * 100,
        "old-excel",
        "这是旧版Excel文件(.xls)，不能安全读取",
        file="清单.xls",
    ),
    refused("新建后没有填的工作簿", sheet, "empty", "表里没有内容"),
    refused("工作表里只有一张图片", lambda: sheet(shape=picture), "empty", "表里没有内容"),
    refused(
        "三张空工作表", lambda: book(Page("甲", []), Page("乙", []), Page("丙", [])), "empty", "表里没有内容"
    ),
    refused("零字节文件", b"", "empty", "文件是空的"),
    refused("只有空白的CSV", "\ufeff \r\n\r\n".encode(), "empty", "文件是空的，或只有空白", file="清单.csv"),
    refused("扫描件PDF", b"%PDF-1.7\n" + b"x" * 99, "pdf", "这是PDF文件，不是表格", file="清单.pdf"),
    refused("手机拍的照片", b"\xff\xd8\xff\xe0\0\x10JFIF", "picture", "这是图片，不是表格", file="清单.jpg"),
    refused("压缩包", b"Rar!\x1a\x07\0", "archive", "这是压缩包，不是表格", file="清单.rar"),
)
