"""The relations between figures that a report states, as exact projections.

A relation gives, for every role it ties, the interval which the other roles leave open for that role. Roles
occur once in each expression, so interval arithmetic is exact; where one would occur twice the corners of the
box are taken. A divisor that may be zero leaves everything open: an empty base never raises an alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from wanqi.figures.intervals import Interval, corners

Box = Mapping[str, Interval]
Projection = Callable[[Box], Interval]

_ONE = Interval.point(1)


@dataclass(frozen=True, slots=True)
class Rule:
    """One relation: how each role follows from the others, and how that sum is written.

    `expressions` are templates over the roles (`{stock}−{flow}`), for the lines under a finding; `derived` is
    the role a writer computes, `divisor` the role it is computed over.
    """

    name: str
    title: str
    projections: Mapping[str, Projection]
    expressions: Mapping[str, str]
    derived: str | None = None
    divisor: str | None = None
    optional: frozenset[str] = frozenset()


def _growth_by_increment(box: Box) -> Interval:
    now, increment = box["now"], box["increment"]
    prior = now - increment
    if prior.low is None or prior.low <= 0:
        return Interval.line()
    return corners(lambda n, d: d / (n - d), (now, increment))


def _part_rate(box: Box) -> Interval:
    part, other = box["part"], box["other"]
    if part.low is None or other.low is None or part.low < 0 or other.low < 0 or part.low + other.low == 0:
        return Interval.line()
    return corners(lambda a, b: a / (a + b), (part, other))


def _zero(box: Box, role: str) -> Interval:
    return box.get(role, Interval.point(0))


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "stock_flow",
            "期末累计=期初累计+本期新增",
            {
                "stock": lambda b: b["base"] + b["flow"] - _zero(b, "retired"),
                "base": lambda b: b["stock"] - b["flow"] + _zero(b, "retired"),
                "flow": lambda b: b["stock"] - b["base"] + _zero(b, "retired"),
                "retired": lambda b: b["base"] + b["flow"] - b["stock"],
            },
            {"stock": "{base}+{flow}", "base": "{stock}−{flow}", "flow": "{stock}−{base}"},
            optional=frozenset({"retired"}),
        ),
        Rule(
            "growth",
            "增长率=(本期−基数)÷基数",
            {
                "rate": lambda b: b["now"] / b["base"] - _ONE,
                "now": lambda b: b["base"] * (b["rate"] + _ONE),
                "base": lambda b: b["now"] / (b["rate"] + _ONE),
            },
            {"rate": "({now}−{base})÷{base}", "now": "{base}×(1+{rate})", "base": "{now}÷(1+{rate})"},
            derived="rate",
            divisor="base",
        ),
        Rule(
            "growth_increment",
            "增长率=增加额÷(本期−增加额)",
            {
                "rate": _growth_by_increment,
                "increment": lambda b: (
                    b["now"] - b["now"] / (b["rate"] + _ONE)
                    if b["now"].low == b["now"].high
                    else Interval.line()
                ),
                "now": lambda b: b["increment"] * (_ONE / b["rate"] + _ONE),
            },
            {"rate": "{increment}÷({now}−{increment})", "now": "{increment}÷{rate}+{increment}"},
            derived="rate",
        ),
        Rule(
            "increment",
            "增加额=本期−基数",
            {
                "increment": lambda b: b["now"] - b["base"],
                "now": lambda b: b["base"] + b["increment"],
                "base": lambda b: b["now"] - b["increment"],
            },
            {"increment": "{now}−{base}", "now": "{base}+{increment}", "base": "{now}−{increment}"},
        ),
        Rule(
            "share",
            "占比=部分÷总数",
            {
                "rate": lambda b: b["part"] / b["whole"],
                "part": lambda b: b["whole"] * b["rate"],
                "whole": lambda b: b["part"] / b["rate"],
            },
            {"rate": "{part}÷{whole}", "part": "{whole}×{rate}", "whole": "{part}÷{rate}"},
            derived="rate",
            divisor="whole",
        ),
        Rule(
            "completion",
            "完成率=完成数÷目标数",
            {
                "rate": lambda b: b["actual"] / b["target"],
                "actual": lambda b: b["target"] * b["rate"],
                "target": lambda b: b["actual"] / b["rate"],
            },
            {"rate": "{actual}÷{target}", "actual": "{target}×{rate}", "target": "{actual}÷{rate}"},
            derived="rate",
            divisor="target",
        ),
        Rule(
            "rate",
            "比率=甲÷(甲+乙)",
            {
                "rate": _part_rate,
                "other": lambda b: (
                    b["part"] * (_ONE / b["rate"] - _ONE)
                    if b["part"].low == b["part"].high
                    else Interval.line()
                ),
                "part": lambda b: b["other"] / (_ONE / b["rate"] - _ONE),
            },
            {"rate": "{part}÷({part}+{other})"},
            derived="rate",
        ),
        Rule(
            "points",
            "百分点=本期率−基期率",
            {
                "points": lambda b: b["now"] - b["base"],
                "now": lambda b: b["base"] + b["points"],
                "base": lambda b: b["now"] - b["points"],
            },
            {"points": "{now}−{base}", "now": "{base}+{points}", "base": "{now}−{points}"},
            derived="points",
        ),
        Rule(
            "ratio",
            "倍数=甲÷乙",
            {
                "times": lambda b: b["part"] / b["whole"],
                "part": lambda b: b["whole"] * b["times"],
                "whole": lambda b: b["part"] / b["times"],
            },
            {"times": "{part}÷{whole}", "part": "{whole}×{times}", "whole": "{part}÷{times}"},
            derived="times",
            divisor="whole",
        ),
        Rule(
            "subset",
            "部分不大于总数",
            {
                "part": lambda b: Interval(None, b["whole"].high, False, b["whole"].high_open),
                "whole": lambda b: Interval(b["part"].low, None, b["part"].low_open),
            },
            {},
        ),
        Rule(
            "repeat",
            "前后一致",
            {"first": lambda b: b["second"], "second": lambda b: b["first"]},
            {},
        ),
    )
}

# Relations that the network does not propagate: judged on their own, and never more than a query.
QUERIES: dict[str, frozenset[str]] = {
    "run_rate": frozenset({"stock", "flow", "forecast"}),
    "full_coverage": frozenset({"rate"}),
}


def run_rate(stock: Fraction, flow: Fraction, *, done: int, of: int) -> Fraction:
    """The year-end stock when the remaining months bring as much each as those done."""
    return stock + flow * (of - done) / done


def sum_whole(parts: tuple[Interval, ...], *, exhaustive: bool) -> Interval:
    """What the whole may be, given its parts: their sum, or at least it when the list is open."""
    total = Interval.point(0)
    for part in parts:
        total += part
    return total if exhaustive else Interval(total.low, None, total.low_open)


def sum_part(whole: Interval, others: tuple[Interval, ...], *, exhaustive: bool) -> Interval:
    """What one part may be, given the whole and the other parts."""
    left = whole
    for other in others:
        left = left - other
    return left if exhaustive else Interval(None, left.high, False, left.high_open)
