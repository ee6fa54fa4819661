"""Sentences about figures: definitions, reasons and sums in the bureau's words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from wanqi.packs import IndicatorSpec

from .figures import Figure, shown
from .periods import Period

_BASES = {"同比": "上年同期", "较上年末": "上年末", "环比": "上期"}
NO_BASE = {word: f"{base}无基数，不作比较" for word, base in _BASES.items()}
NEGATIVE_BASE = {word: f"{base}基数不为正，不作比较" for word, base in _BASES.items()}
UNCERTAIN_BASE = {word: f"{base}基数未定，不作比较" for word, base in _BASES.items()}
NOT_LINKED = "未关联数据：{title}没有登记记录，也没有填报值"
NOT_REPORTED = "{period}没有填报值"
TOGETHER = "{months}合并统计，不单独列出"
BROKEN = "{day}起口径调整（{note}），与{name}不可比，不作比较"
NO_TARGET = "没有登记{year}年目标"
NO_RANK = "没有通报排名，也没有同组各县市的数据，不列名次"
_WORD = re.compile(r"'[^']*'|[a-z][a-z0-9_]*")
_SIGNS = {"<>": "≠", ">=": "≥", "<=": "≤", "=": "为"}


def full_date(on: date) -> str:
    """Return 2023年6月30日."""
    return f"{on.year}年{on.month}月{on.day}日"


def plain(value: Fraction, unit: str, decimals: int | None = None) -> str:
    """Return a number with its unit as sums print it."""
    return shown(value, unit, decimals)


def bare(value: Fraction, unit: str) -> str:
    """Return a number without its unit, in the unit's own scale."""
    return plain(value, unit).removesuffix(unit)


def condition(where: str, labels: Mapping[str, str]) -> str:
    """Return a condition with the fields' names and the signs a reader knows: 制式为“5G”."""

    def word(found: re.Match[str]) -> str:
        text = found[0]
        return f"“{text[1:-1]}”" if text.startswith("'") else labels.get(text, text)

    spaced = _WORD.sub(word, where)
    for sign, reading in _SIGNS.items():
        spaced = spaced.replace(f" {sign} ", reading)
    return re.sub(r"\s+AND\s+", "，且", re.sub(r"\s+OR\s+", "，或", spaced, flags=re.I), flags=re.I)


def counted(spec: IndicatorSpec, title: str, labels: Mapping[str, str], start: date | None, end: date) -> str:
    """Return what a counting indicator counts, over which days."""
    function, field = spec.measured
    name = labels.get(field or "", field or "")
    done = {
        "count": "计数",
        "count_distinct": f"按{name}去重计数",
        "sum": f"{name}合计",
        "last": f"取最近一笔的{name}",
    }[function]
    which = f"{title}中{condition(spec.where, labels)}的" if spec.where else f"{title}"
    day = labels.get(spec.date or "", spec.date or "")
    span = f"{full_date(start)}至{full_date(end)}" if start else f"截至{full_date(end)}"
    return f"{which}，按{day}（{span}）{done}。"


def lacking(figure: Figure) -> str:
    """Return which input is missing, and why."""
    return f"缺少{figure.title}（{figure.period.words}）：{figure.reason or '没有数据'}"


def months_line(months: Sequence[tuple[Period, Fraction]], unit: str, decimals: int | None = None) -> str:
    """Return 1月15＋2月18＋…＝120个."""
    parts = "＋".join(f"{period.months}{bare(value, unit)}" for period, value in months)
    return f"{parts}＝{plain(sum((value for _, value in months), Fraction(0)), unit, decimals)}"


def sources_line(figure: Figure) -> str:
    """Return which source was taken for a reported figure, and where sources differ."""
    taken, *others = figure.reported
    where = f"{taken.source}{f'（{taken.clause}）' if taken.clause else ''}"
    differing = [other for other in others if other.value != taken.value]
    line = f"数据来源：{where}"
    if taken.as_of is not None:
        line += f"，截至{full_date(taken.as_of)}"
    if differing:
        told = "；".join(f"{other.source}为{plain(other.value, figure.unit)}" for other in differing)
        line += f"。数据来源不一致：{told}，请核实"
    return line + "。"
