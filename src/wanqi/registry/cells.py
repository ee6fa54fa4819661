"""One cell as a clerk typed it, as a value of the vocabulary's type, or the reason why it is none."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TypeAlias

from .values import BLANKS, UNSEEN, Fault, Value, plain


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell was not taken, and what to do."""

    message: str
    hint: str


Read: TypeAlias = "str | int | bool | date | Decimal | Reason | None"
Reader: TypeAlias = Callable[[Value], Read]

BLANK_MARKS = frozenset(
    ("", "-", "--", "—", "——", "/", "\\", "无", "暂无", "空", "n/a", "na", "null", "none", "#n/a")
)
CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
WHOLE_DATE = re.compile(
    r"(\d{4})\s*[-/.年\\]\s*(\d{1,2})\s*[-/.月\\]\s*(\d{1,2})\s*[日号]?(?:[\sT]+\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?)?"
)
SPAN = re.compile(r"(\d{4}[^至到~—–]*?\d\s*[日号]?)\s*(?:[至到~—–]+|-{1,2})\s*(\d{4}[^至到~—–]*)")
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
NO_DAY = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?|\d{4}(0[1-9]|1[0-2])")
NO_YEAR = re.compile(r"\d{1,2}\s*月\s*\d{1,2}\s*[日号]?|\d{1,2}[-/.]\d{1,2}")
ONLY_YEAR = re.compile(r"\d{4}\s*年?")
SHORT_YEAR = re.compile(r"\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?")
YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{1,3}")
SERIAL_ONE = date(1899, 12, 30)  # Excel's day 0; serials after February 1900 are right
SERIALS = range(20_000, 80_000)  # 1954 to 2119
WRITE_DATE = "请按2023-06-15这样写出年、月、日。"
EARLIEST = 1949


def blank(value: Value) -> bool:
    """Return whether a cell says nothing: empty, or one of the marks clerks put into an empty cell."""
    if isinstance(value, str):
        return not value or value.translate(UNSEEN).strip(BLANKS).lower() in BLANK_MARKS
    return False


def folded(text: str) -> str:
    """Return text for comparison: full-width forms narrowed, blanks and invisible characters taken out, lower case."""
    narrow = unicodedata.normalize("NFKC", text).translate(UNSEEN)
    return "".join(narrow.split()).lower()


def unseen_control(text: str) -> Reason | None:
    """Return the reason when text holds control characters, which no keyboard types."""
    if text.isprintable():
        return None
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") and char not in "\t\r\n" for char in text):
        return Reason("含有看不见的控制字符", "请删去这个单元格的内容，重新输入。")
    return None


def text_reader(*, longest: int, key: bool = False) -> Reader:
    """Return the reader of text up to `longest` characters; a key also loses its inner blanks."""

    def read(value: Value) -> Read:
        if isinstance(value, float | int) and not isinstance(value, bool) and abs(value) >= 10**15:
            return Reason("数字超过15位，表格软件已丢失末位", "请把这一列设为“文本”格式，重新填写后再上传。")
        text = plain(value)
        if SCIENTIFIC.fullmatch(text):
            return Reason(f"“{text}”是科学计数法，末位已丢失", "请把这一列设为“文本”格式，重新填写后再上传。")
        found = unseen_control(text)
        if found is not None:
            return found
        text = narrowed(text).lstrip("'’") if key else " ".join(narrowed(text).split())
        if key:
            text = "".join(text.split())
        if len(text) > longest:
            return Reason(f"有{len(text)}个字，超过{longest}个字的上限", "请缩短后再上传。")
        return text or None

    return read


def narrowed(text: str) -> str:
    """Return text with full-width letters, digits, hyphens and blanks narrowed; Chinese punctuation stays."""
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKC", char)
        if char in "\u3000－．＿／" or "０" <= char <= "９" or "Ａ" <= char <= "ｚ"
        else char
        for char in text
    )


def date_reader(formats: Sequence[str] = ()) -> Reader:
    """Return the reader of dates as clerks write them; `formats` are strptime patterns tried after the usual ways."""
    seen: dict[str, Read] = {}

    def read(value: Value) -> Read:
        if isinstance(value, datetime):
            return plausible(value.date())
        if isinstance(value, date):
            return plausible(value)
        if isinstance(value, time | timedelta | bool):
            return Reason(f"“{plain(value)}”是时间，不是日期", WRITE_DATE)
        if isinstance(value, float) and int(value) in SERIALS:
            return SERIAL_ONE + timedelta(days=int(value))
        text = plain(value)
        if text not in seen:
            if len(seen) > 20_000:
                seen.clear()
            seen[text] = date_from(text, formats)
        return seen[text]

    return read


def end_reader(formats: Sequence[str] = ()) -> Reader:
    """Return the reader of the day on which something ends, which may be written as 2023.2.3-2026.2.2."""
    usual = date_reader(formats)

    def read(value: Value) -> Read:
        found = SPAN.fullmatch(chinese_date(" ".join(unicodedata.normalize("NFKC", plain(value)).split())))
        if not found:
            return usual(value)
        first, last = date_from(found[1], formats), date_from(found[2], formats)
        if isinstance(first, Reason) or isinstance(last, Reason):
            return first if isinstance(first, Reason) else last
        if last < first:
            return Reason(f"“{plain(value)}”的起止颠倒", "请核对起止日期。")
        return last

    return read


def date_from(text: str, formats: Sequence[str] = ()) -> date | Reason:
    """Return the date that text names, or why it names none: never a guessed day, month or year."""
    clean = " ".join(unicodedata.normalize("NFKC", text).split())
    clean = chinese_date(clean)
    found = WHOLE_DATE.fullmatch(clean) or COMPACT_DATE.fullmatch(clean)
    if found:
        return calendar_date(text, *(int(part) for part in found.groups()))
    if clean.isdecimal() and len(clean) == 5 and int(clean) in SERIALS:
        return SERIAL_ONE + timedelta(days=int(clean))
    # strptime takes 202312 for 2 January 2023, so that digits alone are not shown to it.
    for pattern in () if clean.isdecimal() else formats:
        try:
            return plausible(datetime.strptime(clean, pattern).date())  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    for known, message in (
        (NO_DAY, "缺少日"),
        (ONLY_YEAR, "只有年份，缺少月和日"),
        (NO_YEAR, "缺少年份"),
        (SHORT_YEAR, "年份只有两位"),
        (YEAR_LAST, "年、月、日的顺序不明"),
    ):
        if known.fullmatch(clean):
            return Reason(f"“{text}”{message}", WRITE_DATE)
    return Reason(f"“{text[:30]}”不是日期", WRITE_DATE)


def chinese_date(text: str) -> str:
    """Return text with a date in Chinese numerals (二〇二三年六月十五日) written in digits."""
    if not any(char in "一二三四五六七八九十" for char in text) or "年" not in text:
        return text
    return re.sub(r"[〇○零一二三四五六七八九十]+", lambda found: chinese_number(found[0]), text)


def chinese_number(text: str) -> str:
    """Return digits for a year written digit by digit or a number up to 99 with 十."""
    if "十" not in text:
        return text.translate(CHINESE_DIGITS)
    tens, _, ones = text.partition("十")
    return f"{tens.translate(CHINESE_DIGITS) or '1'}{ones.translate(CHINESE_DIGITS) or '0'}"


def calendar_date(text: str, year: int, month: int, day: int) -> date | Reason:
    """Return the day, or that the calendar has none such."""
    try:
        return plausible(date(year, month, day))
    except ValueError:
        return Reason(f"“{text}”在日历上不存在", "请核对月和日。")


def plausible(day: date) -> date | Reason:
    """Return the day unless its year is one that no record of today can have."""
    if EARLIEST <= day.year < 2100:
        return day
    return Reason(f"年份{day.year}超出合理范围", "请核对年份。")


def term_reader(
    terms: Mapping[str, object], *, meanings: Mapping[str, str] | None = None, what: str = "允许的取值"
) -> Reader:
    """Return the reader of a closed list. terms: text → value taken; meanings: what is written → the term."""
    known: dict[str, object] = {folded(term): value for term, value in terms.items()}
    for written, meant in (meanings or {}).items():
        if folded(meant) in known:
            known.setdefault(folded(written), known[folded(meant)])
    names = list(terms)

    def read(value: Value) -> Read:
        text = plain(value)
        found = known.get(text) or known.get(folded(text))
        if found is not None:
            return found  # type: ignore[return-value]
        near = difflib.get_close_matches(text[:60], names, n=3, cutoff=0.5)
        hint = f"最接近的是：{'、'.join(near)}。" if near else f"可填：{listed(names)}。"
        return Reason(f"“{text[:30]}”不在{what}中", hint)

    return read


def listed(names: Sequence[str], *, most: int = 12) -> str:
    """Return names in a row, cut with their number when there are many."""
    return "、".join(names[:most]) + (f"等{len(names)}个" if len(names) > most else "")


NUMBER = re.compile(r"([-+]?)(\d+(?:,\d{3})*|\d+)(\.\d+)?(%|[千万亿]?元|[万亿]?[个家台座项人件户公里]*)")
TIMES = {"千": Decimal(1_000), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
IN_BRACKETS = re.compile(r"\(([\d,.]+[^()]*)\)")  # how accounts write a negative number


def number_from(value: Value) -> tuple[Decimal, str] | Reason:
    """Return a number and the unit written behind it, or why it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return Reason(f"“{plain(value)}”不是数字", "请填数字。")
    # A spreadsheet keeps fifteen digits; what stands behind them is the trace of its arithmetic.
    exact = isinstance(value, float) and not value.is_integer()
    typed = f"{Decimal(format(value, '.15g')):f}" if exact else plain(value)
    text = unicodedata.normalize("NFKC", typed).replace(" ", "").replace("−", "-").lstrip("'’¥￥")
    text = IN_BRACKETS.sub(r"-\1", text)
    found = NUMBER.fullmatch(text)
    if not found:
        return Reason(f"“{text[:30]}”不是数字", "请只填数字，单位写在表头。")
    sign, digits, fraction, unit = found.groups()
    try:
        return Decimal(f"{sign}{digits.replace(',', '')}{fraction or ''}"), unit
    except InvalidOperation:
        return Reason(f"“{text[:30]}”不是数字", "请只填数字，单位写在表头。")


def count_reader(value: Value) -> Read:
    """Return a whole number of things, 0 or more."""
    found = number_from(value)
    if isinstance(found, Reason):
        return found
    number, unit = found
    if unit[:1] in TIMES:
        number *= TIMES[unit[:1]]
    if unit.endswith(("%", "元")) or number != number.to_integral_value() or number < 0:
        return Reason(f"“{plain(value)}”不是个数", "请填0或正整数。")
    return int(number)


def money_in(usual: str) -> Reader:
    """Return the reader of amounts of a column whose bare numbers are in `usual`; the unit in a cell comes first."""

    def read(value: Value) -> Read:
        found = number_from(value)
        if isinstance(found, Reason):
            return found
        number, unit = found
        if unit not in ("", "元", "千元", "万元", "亿元", "万", "亿"):
            return Reason(f"“{plain(value)}”不是金额", "请只填数字，单位写在表头。")
        yuan = number * TIMES.get((unit or usual)[:1], Decimal(1))
        cents = yuan.quantize(Decimal("0.01"), ROUND_HALF_UP)
        if cents != yuan or abs(yuan) >= Decimal(10) ** 13:
            return Reason(f"“{plain(value)}”不是到分为止的金额", "请核对金额和单位，折合为元后最多两位小数。")
        return cents

    return read


money_reader = money_in("元")


def money_asked(value: Value) -> Read:
    """Return an amount that says its own unit; a bare number under a head without unit could be 元 or 万元."""
    found, other = money_reader(value), money_in("万元")(value)
    if isinstance(found, Reason) or found == other:
        return found
    return Reason(
        f"“{plain(value)}”没有写单位，不知道是元还是万元", "请在“匹配列”选择这一列的单位，或在表头写明。"
    )


def foreign_money(value: Value) -> Read:
    """Refuse amounts in a foreign currency."""
    return Reason("表头写明是外币", "请折算为人民币，改写表头的单位后再上传。")


def ratio_reader(value: Value) -> Read:
    """Return a share, 1 = 100 %; a bare number above 1 could mean either and is not taken."""
    found = number_from(value)
    if isinstance(found, Reason):
        return found
    number, unit = found
    if unit == "%":
        return number / 100
    if unit or abs(number) > 1:
        return Reason(f"“{plain(value)}”不知是否为百分数", "请写明百分号，如37.5%。")
    return number


def truth_reader(value: Value) -> Read:
    """Return yes or no."""
    known = {
        "是": True,
        "有": True,
        "√": True,
        "1": True,
        "y": True,
        "否": False,
        "×": False,
        "0": False,
        "n": False,
    }
    text = folded(plain(value))
    return known[text] if text in known else Reason(f"“{text[:30]}”不是“是”或“否”", "请填“是”或“否”。")


def read_cell(value: Value, reader: Reader) -> Read:
    """Return the value of a cell, None when it says nothing, or the reason why it was not taken."""
    if isinstance(value, Fault):
        return Reason(value.message, value.hint)
    return None if blank(value) else reader(value)
