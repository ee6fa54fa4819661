"""Authored expressions in plain Chinese, with the titles of the vocabulary and amounts as documents write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from wanqi.packs.pack import Pack
from wanqi.packs.specs.vocabulary import RecordKind
from wanqi.rules import tree
from wanqi.rules.types import Type

_SIGNS: Mapping[str, str] = {"=": "为", "<>": "不为", ">=": "≥", ">": "＞", "<=": "≤", "<": "＜"}
_YEARS: Mapping[int, str] = {1: "本年的", 0: "", -1: "前年的", -2: "大前年的"}
_CALENDAR: Mapping[int, str] = {1: "本", 0: "上", -1: "前", -2: "大前"}
_WINDOWS: Mapping[str, str] = {
    "each": "近{n}年每年{x}",
    "some": "近{n}年任一年{x}",
    "first_time": "首次达到（此前{n}年没有过）：{x}",
    "total": "近{n}年{x}合计",
    "mean": "近{n}年{x}平均",
    "growth": "{x}增长率",
    "avg_growth": "近{n}年{x}平均增长率",
    "cagr": "近{n}年{x}复合增长率",
    "hnte_growth": "{x}三年增长率",
}
_OPERATIONS: Mapping[str, str] = {"+": "＋", "-": "－", "*": "×"}
_UNITS: Mapping[str, str] = {"years": "年", "months": "个月", "days": "天"}
_MANY = 6


class Words:
    """Renders expressions of one region; kind: the record kind whose fields are named, inside a filter."""

    def __init__(self, pack: Pack, kind: RecordKind | None = None) -> None:
        self.pack = pack
        self.kind = kind

    def condition(self, node: tree.Node) -> str:
        """Return a condition as a phrase."""
        match node:
            case tree.Compare():
                return self._compare(node)
            case tree.All(parts=parts):
                return "，且".join(self._part(one) for one in parts)
            case tree.Any(parts=parts):
                return "，或".join(self._part(one) for one in parts)
            case tree.AtLeast(count=count, parts=parts):
                return f"以下至少{count}项：{'；'.join(self.condition(one) for one in parts)}"
            case tree.Not(operand=operand):
                return self._negated(operand)
            case tree.OneOf(operand=operand, values=values):
                return f"{self.value(operand)}是{_listed([self._named(one, operand) for one in values])}"
            case tree.Member(operand=operand, values=values):
                return f"{self.value(operand)}有{'或'.join(values)}"
            case tree.Window(function=function, operand=operand, years=years) if node.type.base == "bool":
                return _WINDOWS[function].format(n=years, x=self.condition(operand))
            case tree.Call(function="starts_with", arguments=(operand, *prefixes)):
                listed = _listed([self._constant(one, operand.type) for one in prefixes])
                return f"{self.value(operand)}以{listed}开头"
            case _:
                return self.value(node)

    def _part(self, node: tree.Node) -> str:
        text = self.condition(node)
        return f"（{text}）" if isinstance(node, tree.All | tree.Any) else text

    def _negated(self, operand: tree.Node) -> str:
        if isinstance(operand, tree.Compare) and isinstance(operand.left, tree.Records) and _some(operand):
            held = self._held(operand.left)
            return f"不{held}" if held is not None else f"没有{self._rows(operand.left)}"
        return (
            f"不是（{self.condition(operand)}）"
            if _compound(operand)
            else f"不满足：{self.condition(operand)}"
        )

    def _compare(self, node: tree.Compare) -> str:
        if isinstance(node.left, tree.Records) and _some(node):
            held = self._held(node.left)
            return held if held is not None else f"有{self._rows(node.left)}"
        left = self.value(node.left)
        right = self._named(node.right, node.left) or self.value(node.right)
        if node.left.type.base == "date" and node.operator in ("<=", "<", ">=", ">"):
            word = {"<=": "不晚于", "<": "早于", ">=": "不早于", ">": "晚于"}[node.operator]
            return f"{left}{word}{right}"
        return f"{left}{_SIGNS[node.operator]}{right}"

    def _held(self, records: tree.Records) -> str | None:
        """Return the phrase of a title that must be held; None for other records."""
        where = records.where
        if records.kind != "titles" or not isinstance(where, tree.All):
            return None
        first = where.parts[0]
        if not isinstance(first, tree.OneOf) or len(where.parts) != 4:
            return None
        names = [self.title_of(str(one.value)) for one in first.values]
        return f"持有有效期内的{'或'.join(names)}"

    def _named(self, node: tree.Node, beside: tree.Node) -> str | None:
        """Return a constant compared with a value; a programme by its title."""
        programme = isinstance(beside, tree.Field) and beside.name == "programme"
        if programme and isinstance(node, tree.Literal):
            return self.title_of(str(node.value))
        return self._constant(node, beside.type)

    def title_of(self, programme: str) -> str:
        """Return the title of a programme or of a title without a rule; the id where it has none."""
        if programme in self.pack.programme_files:
            return self.pack.programme_files[programme].programme.title
        known = self.pack.titles.get(programme)
        return known.title if known is not None else programme

    # --- values ---------------------------------------------------------------------------------------

    def value(self, node: tree.Node) -> str:
        """Return a number, day or text as a phrase."""
        match node:
            case tree.Literal() | tree.Param():
                return self._constant(node, node.type) or ""
            case tree.Field(name=name):
                return self._field(name)
            case tree.Annual(name=name, shift=shift):
                return f"{_YEARS.get(shift, f'申报前第{1 - shift}年的')}{self._field(name)}"
            case tree.Derived(name=name, shift=shift):
                return f"{_YEARS.get(shift, f'申报前第{1 - shift}年的')}{self.pack.derived[name].title}"
            case tree.Day():
                return _day(node)
            case tree.BaseYear():
                return "上年度"
            case tree.Records():
                return self._rows(node)
            case tree.Window(function=function, operand=operand, years=years):
                return _WINDOWS[function].format(n=years, x=self.value(operand))
            case tree.Ratio(numerator=over, denominator=under):
                return f"{self._operand(over)}÷{self._operand(under)}"
            case tree.Arithmetic(operator=sign, left=left, right=right):
                return f"{self._operand(left)}{_OPERATIONS[sign]}{self._operand(right)}"
            case tree.Case(branches=branches, otherwise=otherwise):
                cases = [f"{self.condition(when)}时为{self.value(value)}" for when, value in branches]
                return f"（{'；'.join(cases)}；其他为{self.value(otherwise)}）"
            case _:
                return self._computed(node)

    def _computed(self, node: tree.Node) -> str:
        match node:
            case tree.Call(function="greatest" | "least" as name, arguments=arguments):
                word = "最大" if name == "greatest" else "最小"
                return f"（{'、'.join(self.value(one) for one in arguments)}中{word}的）"
            case tree.Call(function=name, arguments=arguments):
                word = {"year_of": "的年份", "month_of": "的月份"}.get(name, "")
                return f"{'、'.join(self.value(one) for one in arguments)}{word}"
            case tree.Size(operand=operand):
                return f"{self.value(operand)}的项数"
            case tree.Floor(operand=operand):
                return f"{self._operand(operand)}取整"
            case _:
                return self.condition(node) if node.type.base == "bool" else "未知"

    def _operand(self, node: tree.Node) -> str:
        text = self.value(node)
        return f"（{text}）" if isinstance(node, tree.Arithmetic | tree.Ratio) else text

    def _field(self, name: str) -> str:
        if self.kind is not None:
            return self.kind.fields[name].title
        return self.pack.facts[name].title if name in self.pack.facts else name

    def _rows(self, node: tree.Records) -> str:
        kind = self.pack.records[node.kind]
        inside = Words(self.pack, kind)
        where = f"（{inside.condition(node.where)}）" if node.where is not None else ""
        if node.value is None:
            return f"{kind.title}{where}"
        what = inside.value(node.value)
        most = f"最大{node.n}项的" if node.measure == "top" else ""
        return f"{kind.title}{where}{most}{what}合计"

    def _constant(self, node: tree.Node, kind: Type) -> str | None:
        """Return a constant in the unit that documents use for the type; None for anything else."""
        if isinstance(node, tree.Param):
            return "、".join(f"{number(value, kind)}（{since}起）" for since, value in node.values)
        return number(node.value, kind) if isinstance(node, tree.Literal) else None


def number(value: object, kind: Type, *, share: bool = True) -> str:
    """Return a constant as documents write it: money in 亿元, 万元 or 元, shares in %, counts with their unit.

    share: False for a ratio that is a number of times.
    """
    if not isinstance(value, Decimal):
        return str(value) if not isinstance(value, bool) else "是" if value else "否"
    if kind.base == "money" and value and value % 10**8 == 0:
        return f"{_short(value / 10**8)}亿元"
    if kind.base == "money":
        return f"{_short(value / 10_000)}万元" if value and value % 100 == 0 else f"{_short(value)}元"
    if kind.base == "ratio" and share:
        return f"{_short(value * 100)}%"
    return f"{_short(value)}{kind.unit or ''}"


def _short(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _some(node: tree.Compare) -> bool:
    """Whether a comparison says that there is at least one row."""
    right = node.right
    return node.operator == ">=" and isinstance(right, tree.Literal) and right.value == 1


def _compound(node: tree.Node) -> bool:
    return isinstance(node, tree.All | tree.Any | tree.AtLeast)


def _listed(words: list[str | None]) -> str:
    known = [one or "" for one in words]
    if len(known) < 3:
        return "或".join(known)
    rest = f"等{len(known)}项" if len(known) > _MANY else ""
    return f"{'、'.join(known[:_MANY])}{rest}之一"


def _day(node: tree.Day) -> str:
    anchors = {"on": "申报日", "year_start": "年1月1日", "year_end": "年末"}
    if node.anchor == "day" and isinstance(node.day, date):
        found = node.day.isoformat()
    elif node.anchor == "on":
        found = anchors["on"]
    else:
        year = _CALENDAR.get(node.shift, f"申报前第{1 - node.shift}")
        found = f"{year}{anchors[node.anchor]}"
    for unit, distance in node.back:
        found = f"{found}{'前' if distance >= 0 else '后'}{abs(distance)}{_UNITS[unit]}"
    return found
