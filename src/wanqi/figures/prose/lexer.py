"""Figures, periods, marks and words of a recovered text, in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from wanqi.figures.numerals import numeral
from wanqi.figures.prose.units import COUNTED, DURATIONS, UNIT_PATTERN
from wanqi.figures.quantities import Bound, Quantity

Sort = Literal["amount", "percent", "points", "times", "rank", "range", "duration", "heading", "damaged"]
TokenKind = Literal["figure", "period", "name", "mark", "words", "end"]


@dataclass(slots=True)
class Token:
    """A stretch of the recovered text; figures carry their quantity (None where digits may be lost)."""

    kind: TokenKind
    start: int
    end: int
    text: str
    sort: Sort | None = None
    quantity: Quantity | None = None
    scaled: bool = False
    signed: bool = False


# Longer rows of digits are codes.
_D = r"\d{1,18}(?:\.\d{1,12})?"
_NUM = r"(?:\d{1,3}(?:,\d{3}){1,6}(?:\.\d{1,12})?(?!\d)|\d{1,18}(?:\.\d{1,12})?)"
_HAN = "[〇零一二两三四五六七八九十百千]"
_BEFORE = "突破|不少于|不低于|不超过|不高于|超过|接近|将近|大约|约为|至少|至多|超|逾|近|约"
_AFTER = "以上|左右|上下|以下|以内"
_BOUNDS: dict[str, Bound] = {
    "突破": "over", "超过": "over", "超": "over", "逾": "over", "不少于": "at_least", "不低于": "at_least",
    "至少": "at_least", "近": "near", "接近": "near", "将近": "near", "约": "about", "大约": "about",
    "约为": "about", "不超过": "at_most", "不高于": "at_most", "至多": "at_most", "以上": "at_least",
    "左右": "about", "上下": "about", "以下": "at_most", "以内": "at_most", "余": "over", "多": "over",
    "来": "about",
}  # fmt: skip
_MONTH = r"(?:1[0-2]|0?[1-9])"
_YEAR = r"(?:19|20)\d\d"

# Tried in this order at every place; what is refused here is never a figure.
_NAMES = "|".join((
    r"\d{19,}(?:\.\d+)?", r"\d+\.\d{13,}", rf"{_HAN}{{13,}}", r"《[^》\n]{0,120}》", r"“[^”。,;\n]{0,16}”",
    r"https?://[!-~]{1,300}", r"www\.[A-Za-z0-9./-]{1,300}", r"[A-Za-z0-9._-]{1,64}@[A-Za-z0-9.-]{1,64}",
    rf"[〔\[(]{_YEAR}[〕\])]\s*第?\d+号", r"第?\d+号(?:文|令|公告|楼|院|线)?",
    r"[A-Za-z]+[-.]?\d+(?:\.\d+)?[A-Za-z]*",
    r"\d+(?:\.\d+)?[GDKAB](?![A-Za-z])", r"\d+[Xx×*]\d+",
    r"(?:12\d{3}|11\d|12[02])(?=[”\"]?(?:接警|报警|热线|平台|指挥|举报|电话|政务|服务|联动|急救|市民|便民|"
    r"投诉|总台|系统))",
    r"(?<!\d)1[3-9]\d{9}(?!\d)", r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)", r"(?<!\d)\d{7,8}-\d+(?!\d)",
    r"(?:未?满|不满|年满|达到)?\d+(?:(?:周岁|岁)?[-—~至到]\d+)?(?:周岁|岁)(?:以上|以下|及以上|及以下|以内)?",
    r"第\d+(?:[-—~至到]\d+)?(?!\d*(?:名|位|[,;。、)\n]|$))", rf"第{_HAN}+(?!{_HAN}*(?:名|位|[,;。、)\n]|$))",
    # A class of size, not a figure: 10亿元以上项目, 50万元以下企业.
    rf"{_D}(?:[-—~至到]{_D})?[ \u3000]?[万亿千]{{0,2}}(?:{UNIT_PATTERN})(?:\(不?含\))?(?:及?以[上下内]|不等)(?:的)?"
    r"(?=[\u4e00-\u9fff\d])",
    rf"{_D}[ \u3000]?[万亿千]{{0,2}}元?[ \u3000]?(?:\(含\))?[-—~至到][ \u3000]?{_D}[ \u3000]?[万亿千]{{0,2}}元"
    r"(?:\(不?含\))?(?:的)?(?=项目|企业|\d|村|户|工程)",
    r"\d{1,2}:\d\d(?::\d\d)?", r"\d+强(?![度化])", r"\d+[-—]\d+号",
    r"[全一二两三四五六七八九十]{1,2}个(?:一(?:百|千|万|批)?|五|十|百|千|万)(?=”|工程|项目|行动|$|[\u4e00-\u9fff])",
    rf"{_HAN}{{1,3}}[企户村乡镇县市事人园产员校地业厂品][一][\u4e00-\u9fff]",
    r"十[一二三四]?五(?:规划|期间|时期|末|初)",
))  # fmt: skip
_PERIODS = "|".join((
    rf"{_YEAR}年?[-—~至到]{_YEAR}(?:年度?)?",
    rf"(?:{_YEAR}年度?)?(?:(?:前|第)?[一二三四]个?季度|前三季度|[上下]半年|{_MONTH}[-—~至到]{_MONTH}月(?:份)?"
    rf"|前{_MONTH}个?月|{_MONTH}月\d{{1,2}}日[-—~至到](?:{_MONTH}月)?\d{{1,2}}日|{_MONTH}月\d{{1,2}}日"
    rf"|{_MONTH}月(?:份|末|底)?(?![\u4e00-\u9fff]*?个月))",
    rf"{_YEAR}年(?:度|末|底|初)?", rf"(?:截至|截止|至){_YEAR}",
    rf"前(?:{_HAN}{{1,2}})个月", rf"{_HAN}{{1,2}}月(?:份|末|底)", rf"{_HAN}{{1,2}}至{_HAN}{{1,2}}月份?",
))  # fmt: skip
# The characters that may begin any of them: every other place is passed over at once.
_FIRST = (
    r"(?=[0-9A-Za-z《“〔\[(（第翻〇零一二两三四五六七八九十百千全前上下截至未不年达突超接将大约少逾近+\-"
    r",，;；:：、)）。！!？?\n\t| \u3000])"
)
_MASTER = re.compile(
    rf"{_FIRST}(?:(?P<name>{_NAMES})"
    rf"|(?P<period>{_PERIODS})"
    rf"|(?P<rank>第{_HAN}+[名位]?|第\d+[名位]?)"
    rf"|(?P<heading>(?<![\u4e00-\u9fff]第)[二三四五六七八九十](?:大(?=[\u4e00-\u9fff]{{2}})|化(?=\())(?!型|中|小|于|约|会|学|队))"
    rf"|(?P<ratio>{_D}[:：]{_D}(?:[:：]{_D})*)"
    rf"|(?P<turn>翻了?(?:{_HAN}|\d)?番多?)"
    rf"|(?P<hundredths>(?:百|千)分之(?:{_HAN}+(?:点[〇零一二三四五六七八九]+)?|{_D})(?![\u4e00-\u9fff]?分点))"
    rf"|(?P<figure>(?P<before>{_BEFORE})?[ \u3000]?"
    rf"(?P<sign>(?<![\d\w\u4e00-\u9fff年月])[+-]|(?<=[\u4e00-\u9fff])[+-](?=\d))?"
    rf"(?P<low>{_NUM})[ \u3000]?(?:(?P<lowtail>[万亿]?(?:%|个百分点|元)?)[-—~至到](?P<high>{_NUM}))?"
    rf"[ \u3000]?(?P<more>余|多|来)?"
    rf"(?P<scale>万亿|十万|百万|千万|万|亿|百(?!分)|千(?![瓦米克伏周]))?(?P<more2>余|多)?[ \u3000]?"
    rf"(?P<unit>个?百分点|%|‰|成(?![立为功员果本年品])|倍|{UNIT_PATTERN})?(?P<after>{_AFTER})?)"
    rf"|(?P<han>(?P<hbefore>{_BEFORE})?(?P<hlow>(?:[一二两三四五六七八九]?十[一二三四五六七八九]?|{_HAN}*[百千]{_HAN}*)"
    rf"|[一二两三四五六七八九])(?P<hmore>余|多)?(?P<hscale>万|亿)?(?P<hunit>[家件名项条户座台套所]|人次|倍|成(?![立为功员果本年品]))"
    rf"(?![一二三四五六七八九十]))"
    rf"|(?P<mark>[,，;；:：、()（）。！!？?\n\t|]))"
)
_RATIOS = {"%": Fraction(1, 100), "‰": Fraction(1, 1000), "百分点": Fraction(1, 100), "成": Fraction(1, 10)}
_SCALES = {
    "": 1, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8,
    "万亿": 10**12,
}  # fmt: skip


def tokens(text: str, damaged: Sequence[tuple[int, int]] = ()) -> Iterator[Token]:
    """The tokens of `text` in order, words between the others included; linear in the length.

    A stretch in `damaged` becomes one figure without a quantity.
    """
    place = 0
    wounds = iter(sorted(damaged))
    wound = next(wounds, None)
    while True:
        limit = wound[0] if wound else len(text)
        yield from _between(text, place, max(limit, place))
        if wound is None:
            return
        start, end = max(wound[0], place), wound[1]
        if end > start:
            yield Token("figure", start, end, text[start:end], "damaged")
        place = max(end, place)
        wound = next(wounds, None)


def _between(text: str, place: int, limit: int) -> Iterator[Token]:
    for match in _MASTER.finditer(text, place, limit):
        made = _token(text, match)
        if made is None:
            continue
        if match.start() > place:
            yield Token("words", place, match.start(), text[place : match.start()])
        yield made
        place = match.end()
    if place < limit:
        yield Token("words", place, limit, text[place:limit])


def _token(text: str, match: re.Match[str]) -> Token | None:
    kind = match.lastgroup or ""
    start, end, written = match.start(), match.end(), match.group()
    if kind == "mark":
        return Token("mark", start, end, written)
    if kind == "name":
        return Token("name", start, end, written)
    if kind == "period":
        return Token("period", start, end, written)
    if kind == "ratio":
        return Token("name", start, end, written)
    if kind == "rank":
        place = written[1:].rstrip("名位")
        number = int(place) if place.isdigit() and place.isascii() else numeral(place)
        if number is None:
            return None
        value = Quantity(written, Fraction(number), "名次", Fraction(1), True)
        return Token("figure", start, end, written, "rank", value)
    if kind == "heading":
        told = Quantity(written, Fraction(numeral(written[0]) or 0), "项", Fraction(1), True)
        return Token("figure", start, end, written, "heading", told)
    if kind == "turn":
        word = written.strip("翻番了多")
        times = (int(word) if word.isdigit() else numeral(word) if word else 1) or 1
        doubled = Fraction(2 ** min(times, 9) - 1)
        return Token(
            "figure",
            start,
            end,
            written,
            "percent",
            Quantity(written, doubled, "倍", doubled / 10, False, "at_least"),
        )
    if kind == "hundredths":
        return _hundredths(start, end, written)
    if kind == "han":
        return _in_characters(match)
    return _figure(text, match)


def _hundredths(start: int, end: int, written: str) -> Token | None:
    base = Fraction(1, 100 if written[0] == "百" else 1000)
    body, _, part = written[3:].partition("点")
    step = Fraction(1)
    if body[0].isdigit():
        value, step = _decimal(body)
    else:
        whole = numeral(body)
        if whole is None:
            return None
        value = Fraction(whole)
    if part:
        digits = "".join(str(numeral(c) or 0) for c in part)
        step = Fraction(1, 10 ** len(digits))
        value += int(digits) * step
    quantity = Quantity(written, value * base, "%" if written[0] == "百" else "‰", step * base)
    return Token("figure", start, end, written, "percent", quantity)


def _in_characters(match: re.Match[str]) -> Token | None:
    value = numeral(match["hlow"])
    if value is None:
        return None
    unit = match["hunit"]
    ratio = unit in ("成", "倍")
    if len(match["hlow"]) == 1 and not ratio and not match["hscale"]:
        return Token("name", match.start(), match.end(), match.group())
    factor = Fraction(_SCALES[match["hscale"] or ""]) * _RATIOS.get(unit, Fraction(1))
    bound = _BOUNDS.get(match["hbefore"] or match["hmore"] or "", "none")
    step = factor
    quantity = Quantity(match.group(), value * factor, unit, step, not ratio and factor == 1, bound)
    sort: Sort = "percent" if unit == "成" else "times" if unit == "倍" else "amount"
    return Token("figure", match.start(), match.end(), match.group(), sort, quantity, factor > 1)


def _figure(text: str, match: re.Match[str]) -> Token | None:
    start, end, written = match.start(), match.end(), match.group()
    unit = match["unit"] or ""
    if unit == "个百分点":
        unit = "百分点"
    scale = match["scale"] or ""
    value, step = _decimal(match["low"])
    factor = Fraction(_SCALES[scale]) * _RATIOS.get(unit, Fraction(1))
    if match["high"]:
        return _range(match, value, step, factor, unit)
    bound: Bound = "none"
    for hedge in ("before", "more", "more2", "after"):
        if match[hedge]:
            bound = _BOUNDS[match[hedge]]
            break
    if not unit and not scale and _is_label(text, match):
        return Token("name", start, end, written)
    exact = unit in COUNTED and factor == 1 and step == 1
    if match["sign"] == "-":
        value = -value
    lead = len(written) - len(written.lstrip())
    quantity = Quantity(written.strip(), value * factor, unit, step * factor, exact, bound)
    token = Token(
        "figure",
        start + lead,
        end,
        written.strip(),
        _sort(unit),
        quantity,
        factor > 1 and not _RATIOS.get(unit),
    )
    token.signed = bool(match["sign"])
    return token


def _sort(unit: str) -> Sort:
    if unit in ("%", "‰", "成"):
        return "percent"
    if unit == "百分点":
        return "points"
    if unit == "倍":
        return "times"
    return "duration" if unit in DURATIONS else "amount"


def _is_label(text: str, match: re.Match[str]) -> bool:
    """True for a bare number that numbers a heading: "1." or "(2)" at the start of a line."""
    before = text[max(0, match.start() - 2) : match.start()]
    after = text[match.end() : match.end() + 1]
    opens = not before.strip() or before[-1:] in "\n(（"
    return opens and after in tuple(".、)）．") and len(match["low"]) <= 2 and match["low"].isdigit()


def _range(match: re.Match[str], value: Fraction, step: Fraction, factor: Fraction, unit: str) -> Token:
    high, _ = _decimal(match["high"])
    tail = match["lowtail"] or ""
    low_factor = factor
    if tail[:1] in ("万", "亿"):
        low_factor = Fraction(_SCALES[tail[0]]) * _RATIOS.get(unit, Fraction(1))
    written = match.group().strip()
    lead = len(match.group()) - len(match.group().lstrip())
    quantity = Quantity(written, value * low_factor, unit, step * low_factor, True, "none", high * factor)
    if not unit:
        return Token("name", match.start(), match.end(), match.group())
    return Token("figure", match.start() + lead, match.end(), written, "range", quantity)


def _decimal(written: str) -> tuple[Fraction, Fraction]:
    """Value and size of the last place of an Arabic numeral."""
    plain = written.replace(",", "")
    whole, _, part = plain.partition(".")
    if not part:
        return Fraction(int(whole)), Fraction(1)
    size = 10 ** len(part)
    return Fraction(int(whole + part), size), Fraction(1, size)
