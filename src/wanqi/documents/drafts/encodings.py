"""The characters in the bytes of a text file: UTF-8, UTF-16 or GB18030, and nothing guessed."""

from __future__ import annotations

import codecs
import re

from wanqi.documents.errors import DraftRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.I)
_SAMPLE = 20_000
_FAULTS = 1_000  # one broken character in so many is a broken character; more is another encoding


def decoded(data: bytes) -> str:
    """The text of a file. Raises DraftRefused when it is in none of the encodings, or is no text.

    A few broken bytes in a text otherwise sound become U+FFFD, which marks the place as damaged.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            if encoding == "utf-8" or plausible(text):
                return _proper(text, faults=True)
            raise _refused()
    guess = _unmarked(data)
    if guess is not None:
        return guess
    raise _refused()


def _unmarked(data: bytes) -> str | None:
    declared = _DECLARED.search(data[:4096])
    named = declared[1].decode("ascii").lower() if declared else ""
    if named.startswith("gb") and plausible(text := data.decode("gb18030", "replace")):
        return text
    if b"\x00" in data[:_SAMPLE]:
        return _without_mark_utf16(data)
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or plausible(text):
            return _proper(text)
    for encoding in ("utf-8", "gb18030"):
        text = data.decode(encoding, "replace")
        if text.count("\ufffd") * _FAULTS <= len(text) + _FAULTS and plausible(text):
            return _proper(text, faults=True)
    return None


def _without_mark_utf16(data: bytes) -> str | None:
    for encoding in ("utf-16-le", "utf-16-be"):
        text = data.decode(encoding, "replace")
        if plausible(text) and "\x00" not in text:
            return text
    return None


def _proper(text: str, *, faults: bool = False) -> str:
    """`text` when it is writing: binary files are not, and neither is what became mostly question marks."""
    controls = len(_CONTROLS.findall(text[:_SAMPLE]))
    broken = text.count("\ufffd") if faults else 0
    if controls * 200 > min(len(text), _SAMPLE) or broken * 50 > len(text) + 50:
        raise _refused()
    return text


def plausible(text: str) -> bool:
    """Whether it reads as Chinese writing: most of its characters are everyday ones.

    Bytes of another encoding decode to characters that nobody writes; the first plane of GB2312 holds the
    3,755 characters of everyday use.
    """
    sample = [c for c in text[:_SAMPLE] if not c.isascii()]
    if not sample:
        return len(text) > 0 and not _CONTROLS.search(text[:_SAMPLE])
    usual = sum(_everyday(c) for c in sample)
    return usual * 10 >= len(sample) * 7


def _everyday(character: str) -> bool:
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        # Traditional characters: rare one by one, but a text of them has everyday ones between.
        return "\u4e00" <= character <= "\u9fa5" and len(character.encode("big5", "ignore")) == 2
    return 0xA1 <= code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7


def _refused() -> DraftRefused:
    return DraftRefused(
        "draft-encoding",
        "不是可以识别的文本文件（只读UTF-8、UTF-16、GB18030编码）",
        hint="请用记事本或WPS打开，确认文字正常后另存为UTF-8编码的文本或.docx，再上传。",
    )
