"""A small vocabulary and the pieces programmes are made of in these tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from wanqi.rules.parsing import parse
from wanqi.rules.plan import Plan
from wanqi.rules.programmes import model
from wanqi.rules.programmes.classes import expression
from wanqi.rules.programmes.compiling import compile_plan
from wanqi.rules.types import BOOL, DATE, MONEY, NUMBER, TEXT, RecordScope, Scope, Type

ON = date(2026, 5, 1)
STAFF = Type("count", unit="人")
LEVELS = Type("enum", ("国家", "省", "市"))
FLAGS = Type("set", ("补短板", "锻长板", "填空白"))
IP_KINDS = Type("enum", ("发明专利", "实用新型", "软件著作权"))

TITLES = RecordScope(
    {
        "programme": TEXT,
        "grant_date": DATE,
        "valid_to": DATE,
        "revoked_date": DATE,
    },
    {"revoked_date": date(9999, 12, 31)},
)
IP = RecordScope({"kind": IP_KINDS, "grant_date": DATE, "expiry_date": DATE, "useful": BOOL})
FINANCING = RecordScope({"amount": MONEY, "paid_on": DATE, "qualified": BOOL})
INCIDENTS = RecordScope({"kind": TEXT, "date": DATE})

BASE = Scope(
    {
        "established_date": DATE,
        "gbt4754_code": TEXT,
        "registered": BOOL,
        "institution": LEVELS,
        "flags": FLAGS,
        "employees": STAFF,
        "rd_staff": STAFF,
        "revenue": MONEY,
        "main_revenue": MONEY,
        "rd": MONEY,
        "assets": MONEY,
        "liabilities": MONEY,
        "evaluation": replace(NUMBER, unit="分"),
    },
    known_tests=False,
    dated=True,
    annual=frozenset(
        {"employees", "rd_staff", "revenue", "main_revenue", "rd", "assets", "liabilities", "evaluation"}
    ),
    records={"titles": TITLES, "ip": IP, "financing": FINANCING, "incidents": INCIDENTS},
    programmes=frozenset({"cn.high-tech", "cn.sme"}),
)

CLASSES = model.ClassTable(
    "size_class",
    "gbt4754_code",
    ("大型", "中型", "小型", "微型"),
    (
        model.ClassRow(
            "工业",
            ("26", "30"),
            (),
            {
                "employees": (Decimal(1000), Decimal(300), Decimal(20)),
                "revenue": (Decimal("400000000"), Decimal("20000000"), Decimal("3000000")),
            },
        ),
        model.ClassRow("其他", ("7",), ("70",), {"employees": (Decimal(300), Decimal(100), Decimal(10))}),
    ),
)


def scope() -> Scope:
    """Return the vocabulary with its derived facts."""
    derived = {"size_class": expression(CLASSES, BASE)}
    ratio = parse("ratio(liabilities, assets)", BASE, expect=None)
    return replace(BASE, derived={**derived, "debt_ratio": ratio})


def basis(id: str, *, tag: str = "v:S1") -> model.Basis:
    return model.Basis(id, f"条件{id}", "第一条", tag)


def leaf(id: str, when: str | None = None, *, judge: str | None = None, tag: str = "v:S1") -> model.Leaf:
    return model.Leaf(basis(id, tag=tag), when, judge)


def all_of(*parts: model.Condition, id: str = "conditions") -> model.Group:
    return model.Group(model.Basis(id), "all", parts)


def any_of(*parts: model.Condition, id: str = "route") -> model.Group:
    return model.Group(model.Basis(id), "any", parts)


def n_of(count: int, *parts: model.Condition, id: str = "some") -> model.Group:
    return model.Group(model.Basis(id), "n_of", parts, count)


def points(low: str | int, high: str | int | None = None) -> model.Points:
    return model.Points(Decimal(low), Decimal(low if high is None else high))


def bands(of: str, *steps: tuple[model.Bound, str, int | tuple[int, int]], otherwise: int = 0) -> model.Bands:
    made = tuple(
        model.Band(bound, Decimal(value), points(*given) if isinstance(given, tuple) else points(given))
        for bound, value, given in steps
    )
    return model.Bands(of, made, points(otherwise))


def item(
    id: str,
    scoring: model.Scoring | None,
    *,
    most: int | None = None,
    least: int | None = None,
    veto: bool = False,
    tag: str = "v:S1",
) -> model.Item:
    return model.Item(
        basis(id, tag=tag),
        scoring,
        None if most is None else Decimal(most),
        None if least is None else Decimal(least),
        veto,
    )


def score(
    *items: model.Item, at_least: int | None = None, above: int | None = None, tag: str = "v:S1"
) -> model.Score:
    bound = at_least if at_least is not None else above
    assert bound is not None
    return model.Score(basis("score", tag=tag), ">=" if above is None else ">", Decimal(bound), items)


def version(
    conditions: model.Condition,
    *,
    name: str = "2026-2",
    start: str = "2026-04-01",
    end: str | None = None,
    kinds: tuple[model.Kind, ...] = ("new",),
    base_year: int | None = None,
) -> model.RuleVersion:
    return model.RuleVersion(
        name,
        "工信部企业〔2026〕2号",
        "管理办法",
        kinds,
        date.fromisoformat(start),
        None if end is None else date.fromisoformat(end),
        conditions,
        base_year=base_year,
        digest=f"sha256:{name}",
    )


def programme(*conditions: model.Condition, id: str = "cn.sme") -> model.Programme:
    """Return a programme with one version in force on the day of these tests."""
    whole = conditions[0] if len(conditions) == 1 else all_of(*conditions)
    return model.Programme(id, "测试事项", (version(whole),))


def plan(*programmes: model.Programme, on: date = ON, kind: str = "new") -> Plan:
    return compile_plan(programmes, region="cn", on=on, kind=kind, scope=scope())


Organisation = Mapping[str, Mapping[str, object]]


def organisation(
    facts: Mapping[str, object] | None = None, records: Mapping[str, object] | None = None
) -> dict[str, Mapping[str, object]]:
    return {"facts": facts or {}, "records": records or {}}
