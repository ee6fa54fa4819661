"""One small programme and a folder of facts for it, made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from wanqi.rules import BOOL, COUNT, DATE, MONEY, TEXT, Scope, Type, tree
from wanqi.rules.plan import Aggregate, Compiled, FactAt, Input, Plan
from wanqi.rules.population import Run, Summary, match
from wanqi.rules.types import RATIO, RecordScope

ON = date(2026, 6, 1)
PATENT = RecordScope({"kind": TEXT, "granted": DATE})
LEVEL = Type("enum", ("甲", "乙"))
SCOPE = Scope(
    {"revenue": MONEY, "staff": Type("count", positive=True), "level": LEVEL, "share": RATIO, "signed": DATE},
    dated=True,
    annual=frozenset({"revenue"}),
    records={"ip": PATENT},
)
WHERE = tree.Compare("=", tree.Field("kind", TEXT), tree.Literal("发明专利", TEXT))
PATENTS = Type("count", positive=True)


def _patents(side: Any) -> Input:
    return Input(f"ip.count#{side}", PATENTS, Aggregate("ip", "count", None, WHERE, None, side, PATENT))


def _at_least(low: tree.Node, high: tree.Node, least: int) -> tree.Node:
    bound = tree.Literal(Decimal(least), COUNT)
    possibly = tree.All((tree.Compare(">=", high, bound), tree.Unknown(BOOL)))
    return tree.Any((tree.Compare(">=", low, bound), possibly))


PLAN = Plan(
    "cn",
    ON,
    "new",
    (
        Input("revenue@2025", MONEY, FactAt("revenue", 2025)),
        Input("staff", SCOPE.fields["staff"], FactAt("staff")),
        Input("level", LEVEL, FactAt("level")),
        Input("share", RATIO, FactAt("share")),
        Input("signed", DATE, FactAt("signed")),
        _patents("low"),
        _patents("high"),
    ),
    (
        (
            ("c0", tree.Compare(">=", tree.Field("revenue@2025", MONEY), tree.Literal(Decimal(100), MONEY))),
            ("c1", _at_least(tree.Field("ip.count#low", PATENTS), tree.Field("ip.count#high", PATENTS), 1)),
            ("c2", tree.Compare("=", tree.Field("level", LEVEL), tree.Literal("甲", LEVEL))),
            ("c3", tree.Compare("<", tree.Field("share", RATIO), tree.Literal(Decimal("0.5"), RATIO))),
            ("c4", tree.Compare("<=", tree.Field("signed", DATE), tree.Literal(ON, DATE))),
            ("c5", tree.Compare(">=", tree.Field("staff", COUNT), tree.Literal(Decimal(1), COUNT))),
        ),
        (("v0", tree.All(tuple(tree.Field(f"c{place}", BOOL) for place in (0, 1)))),),
    ),
    (Compiled("cn.sample", "2026-1", "sha256:0", "v0", (("revenue", "c0"), ("patent", "c1"))),),
)

FACTS: dict[str, Any] = {
    "id": ["a", "b", "c", "d", "e"],
    "revenue@2025": [10_000, 9_999, None, 10_000, 10_000],
    "staff": [3, 4, None, 0, 2],
    "level": ["甲", None, "乙", "甲", "甲"],
    "share": [Decimal("0.1"), None, None, Decimal("0.99999999"), None],
    "signed": [date(2020, 1, 1), None, None, None, None],
}
IP: dict[str, Any] = {
    # a: one that matches; b: known to have none; d: one unknown; e: none up to a day that is past
    "id": ["a", "a", "b", "d", "e"],
    "kind": ["发明专利", "商标", None, None, None],
    "granted": [None, None, None, date(2025, 1, 1), None],
    "complete_until": [None, None, None, None, date(2025, 12, 31)],
}
ANSWERS = [
    {"id": "a", "cn.sample.verdict": 2, "cn.sample.unmet": 0, "cn.sample.unknown": 0},
    {"id": "b", "cn.sample.verdict": 0, "cn.sample.unmet": 3, "cn.sample.unknown": 0},
    {"id": "c", "cn.sample.verdict": 1, "cn.sample.unmet": 0, "cn.sample.unknown": 3},
    {"id": "d", "cn.sample.verdict": 1, "cn.sample.unmet": 0, "cn.sample.unknown": 2},
    {"id": "e", "cn.sample.verdict": 1, "cn.sample.unmet": 0, "cn.sample.unknown": 2},
]


def write(folder: Path, **changed: Any) -> Path:
    """Write the folder; a changed column replaces the one of that name, None takes it away."""
    folder.mkdir(exist_ok=True)
    columns = {name: value for name, value in {**FACTS, **changed}.items() if value is not None}
    pl.DataFrame(columns).write_parquet(folder / "organisations.parquet")
    pl.DataFrame(IP).write_parquet(folder / "ip.parquet")
    return folder


def run(facts: Path, out: Path, **changed: Any) -> Summary:
    asked: dict[str, Any] = {"plan": PLAN, "scope": SCOPE, "facts": facts, "out": out, **changed}
    return match(Run(**asked))
