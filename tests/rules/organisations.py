"""A vocabulary, random texts over it and random organisations with holes, for properties of the whole language."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from wanqi.rules import BOOL, COUNT, DATE, MONEY, NUMBER, RATIO, TEXT, Moment, RecordScope, Scope, Type, parse
from wanqi.rules.types import Parameter

ON = date(2026, 5, 1)
MOMENT = Moment(ON, 2025)
KINDS = ("发明专利", "实用新型")
FLAGS = ("补短板", "锻长板", "填空白")

RECORDS = {
    "ip": RecordScope({"kind": Type("enum", KINDS), "grant_date": DATE, "rank": COUNT}),
    "titles": RecordScope(
        {"programme": TEXT, "grant_date": DATE, "valid_to": DATE, "revoked_date": DATE},
        {"revoked_date": date(9999, 12, 31)},
    ),
    "financing": RecordScope({"amount": Type("money", positive=True), "paid_on": DATE, "qualified": BOOL}),
    "adjustments": RecordScope({"delta": MONEY, "day": DATE}),
}
FACTS = {
    "revenue": MONEY,
    "rd": MONEY,
    "staff": Type("count", unit="人"),
    "averaged": Type("number", unit="人"),
    "score": Type("number", unit="分"),
    "established_date": DATE,
    "code": TEXT,
    "mainland": BOOL,
    "flags": Type("set", FLAGS),
}
_BARE = Scope(
    FACTS,
    known_tests=False,
    dated=True,
    annual=frozenset({"revenue", "rd", "staff", "averaged", "score"}),
    records=RECORDS,
    lists={"emerging": ("26", "261", "39"), "none": ()},
    params={
        "least_revenue": Parameter(MONEY, ((date(2020, 1, 1), Decimal(1)), (date(2026, 4, 1), Decimal(3)))),
        "later": Parameter(MONEY, ((date(2027, 1, 1), Decimal(1)),)),
    },
    programmes=frozenset({"cn.high-tech", "cn.tech-sme"}),
)
SCOPE = replace(
    _BARE,
    derived={
        "rd_ratio": parse("ratio(rd, revenue)", _BARE, expect=RATIO),
        "margin": parse("revenue - rd", _BARE, expect=MONEY),
        "compound": parse("cagr(revenue, 2)", _BARE, expect=RATIO),
        "index": parse("score * 2", _BARE, expect=NUMBER),
        "young": parse("established_date > years_before(year_end(0), 2)", _BARE),
    },
)

_YEARS = ("2021", "2022", "2023", "2024", "2025", "2026")
_AMOUNTS = ("0", "1", "2", "3", "4", "6", "-1", "0.01")
_DAYS = ("2021-06-01", "2023-05-01", "2024-02-29", "2025-01-01", "2025-12-31", "2026-05-01", "2027-01-01")


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """30 % missing."""
    return st.integers(0, 9).flatmap(lambda draw: st.none() if draw < 3 else values)


def _annual(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return _maybe(st.fixed_dictionaries({year: _maybe(values) for year in _YEARS}))


def _list(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    rows = st.lists(st.fixed_dictionaries({name: _maybe(one) for name, one in fields.items()}), max_size=4)
    until = st.sampled_from(
        [[], [], [], [{"complete_until": "2026-05-01"}], [{"complete_until": "2026-04-30"}]]
    )
    return _maybe(st.tuples(rows, until).map(lambda pair: [*pair[0], *pair[1]]))


def organisations() -> st.SearchStrategy[dict[str, Any]]:
    money, days = st.sampled_from(_AMOUNTS), st.sampled_from(_DAYS)
    small = st.integers(0, 4)
    return st.fixed_dictionaries(
        {
            "facts": st.fixed_dictionaries(
                {
                    "revenue": _annual(money),
                    "rd": _annual(money),
                    "staff": _annual(small),
                    "averaged": _annual(st.sampled_from(["0", "1.5", "2", "0.0001"])),
                    "score": _annual(st.sampled_from(["50", "60", "59.9999"])),
                    "established_date": _maybe(st.sampled_from([*_DAYS, "2022-07-01"])),
                    "code": _maybe(st.sampled_from(["2614", "3911", "0610", ""])),
                    "mainland": _maybe(st.booleans()),
                    "flags": _maybe(st.lists(st.sampled_from(FLAGS), max_size=3, unique=True)),
                }
            ),
            "records": st.fixed_dictionaries(
                {
                    "ip": _list({"kind": st.sampled_from(KINDS), "grant_date": days, "rank": small}),
                    "titles": _list(
                        {
                            "programme": st.sampled_from(["cn.high-tech", "cn.tech-sme"]),
                            "grant_date": days,
                            "valid_to": days,
                            "revoked_date": days,
                        }
                    ),
                    "financing": _list(
                        {
                            "amount": st.sampled_from(["0", "1", "2.5"]),
                            "paid_on": days,
                            "qualified": st.booleans(),
                        }
                    ),
                    "adjustments": _list({"delta": money, "day": days}),
                }
            ),
        }
    )


def _of(*choices: str) -> st.SearchStrategy[str]:
    return st.sampled_from(choices)


def _join(pattern: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda chosen: pattern.format(*chosen))


_SIGNS = _of("=", "<>", "<", "<=", ">", ">=")
_INDEX = _of("", "[0]", "[-1]", "[-2]", "[1]")

ROWS = {
    "ip": _of(
        "kind = '发明专利'",
        "grant_date <= on",
        "grant_date > years_before(on, 2) AND rank <= 3",
        "NOT (kind = '实用新型' OR rank = 0)",
        "grant_date BETWEEN year_start(-1) AND year_end(0)",
        "year_of(grant_date) = base_year",
    ),
    "financing": _of("qualified", "paid_on > months_before(on, 26)", "qualified AND paid_on <= year_end(0)"),
    "adjustments": _of("day <= on", "day > year_end(-1) OR delta > 0", "NOT delta = 0"),
}


def exact() -> st.SearchStrategy[str]:
    """Amounts of money without records."""
    leaves = st.one_of(_join("{}{}", _of("revenue", "rd", "margin"), _INDEX), _of("revenue", "rd"))
    return st.one_of(
        leaves,
        _join("({} - {})", leaves, leaves),
        _join("total({}, {}{})", leaves, _of("2", "3"), _of("", ", 'since_founding'")),
        _join("greatest({}, {})", leaves, leaves),
        _join("CASE WHEN {} THEN {} ELSE {} END", _of("mainland", "young", "revenue > 1"), leaves, leaves),
        _join("round_down({} * 0.5, 0.01)", leaves),
        _join("round_half_up({} * 0.15, 1)", leaves),
    )


def quotients() -> st.SearchStrategy[str]:
    """Shares and growths without records."""
    plain = _of("revenue", "rd", "revenue[-1]", "margin")
    return st.one_of(
        _join("ratio({}, {})", exact(), plain),
        _join("ratio({}, {}, {})", plain, plain, _of("0", "0.5")),
        _join("(ratio({}, {}, 0) * 2 - {})", plain, plain, _of("1", "rd_ratio")),
        _join("growth({})", plain),
        _join("avg_growth({}, 2)", plain),
        _join("hnte_growth({})", plain),
        _join("rd_ratio{}", _INDEX),
    )


def gathered() -> st.SearchStrategy[str]:
    """Numbers over records, and what is computed from them, without a currency."""
    counts = st.one_of(
        _of("count_where(ip)"),
        _join("count_where(ip, {})", ROWS["ip"]),
        _join("count_where(adjustments, {})", ROWS["adjustments"]),
    )
    return st.one_of(
        counts,
        _join("({} {} {})", counts, _of("+", "-", "*"), counts),
        _join("(-{})", counts),
        _join("({} * (year_of(established_date) - 2023))", counts),
        _join("{}({}, {})", _of("greatest", "least"), counts, _of("2", "staff", "count_where(ip)")),
        _join("CASE WHEN {} THEN {} ELSE {} END", _of("mainland", "young"), counts, _of("1", "staff", "0")),
        _join("ratio({}, {})", counts, st.one_of(counts, _of("staff", "2"))),
        _join("ratio({} - 1, {})", counts, counts),
        _join("round_down(ratio({}, {}) * 10, {})", counts, counts, _of("1", "3")),
    )


def funds() -> st.SearchStrategy[str]:
    """Amounts of money over records."""
    sums = st.one_of(
        _join("sum_where(financing, amount, {})", ROWS["financing"]),
        _join("sum_where(adjustments, {}, {})", _of("delta", "delta * 2", "-delta"), ROWS["adjustments"]),
        _join("top_where(financing, amount, {}, {})", _of("1", "2"), ROWS["financing"]),
    )
    return st.one_of(
        sums,
        _join("({} {} {})", sums, _of("+", "-"), _of("revenue", "rd[-1]", "2")),
        _join("{} * -0.5", sums),
    )


def conditions(depth: int) -> st.SearchStrategy[str]:
    """Conditions with every construct of the language."""
    leaves = st.one_of(
        _join("{} {} {}", exact(), _SIGNS, st.one_of(exact(), _of("1", "3", "least_revenue"))),
        _join("{} {} {}", quotients(), _SIGNS, _of("0", "0.5", "-0.25", "1", "rd_ratio[-1]")),
        _join("{} {} {}", _of("cagr(revenue, 2)", "compound", "compound[-1]"), _SIGNS, _of("0", "1", "-1")),
        _join(
            "mean({}, {}{}) {} {}",
            _of("revenue", "margin"),
            _of("2", "3"),
            _of("", ", 'since_founding'"),
            _SIGNS,
            _of("1", "2"),
        ),
        _join("{} {} {}", gathered(), _SIGNS, _of("0", "1", "2", "-1", "staff", "count_where(ip)")),
        _join("{} {} {}", funds(), _SIGNS, _of("0", "1", "2.5", "revenue")),
        _join("ratio({}, revenue) {} {}", funds(), _SIGNS, _of("0.5", "1")),
        _join("averaged {} {}", _SIGNS, _of("staff", "1.5", "staff[-1]")),
        _join("index{} {} 120", _INDEX, _SIGNS),
        _join("some(score {} 60, {})", _SIGNS, _of("1", "3")),
        _join("each(rd_ratio {} 0.5, 2)", _SIGNS),
        _join("first_time(revenue {} 2, {})", _SIGNS, _of("1", "3")),
        _join("each(count_where(ip, {} AND grant_date <= year_end(0)) >= 1, 2)", ROWS["ip"]),
        _of(
            "mainland", "young", "young[-1]", "holds('cn.high-tech')", "holds('cn.high-tech', 'cn.tech-sme')"
        ),
        _of("has(flags, '补短板')", "has(flags, '补短板', '填空白')", "size_of(flags) >= 2"),
        _of("in_list(code, 'emerging')", "starts_with(code, '06')"),
        _join(
            "established_date {} {}",
            _SIGNS,
            _of("on", "years_before(on, 3)", "days_before(year_end(-1), 184)"),
        ),
        _join("any_where(ip, {})", ROWS["ip"]),
        _join("count_where(ip, {}) BETWEEN 1 AND 2", ROWS["ip"]),
        _join("count_where(ip, {}) IN (0, 2)", ROWS["ip"]),
    )
    if depth == 0:
        return leaves
    below = conditions(depth - 1)
    return st.one_of(
        leaves,
        _join("({} AND {})", below, below),
        _join("({} OR {})", below, below),
        _join("NOT ({})", below),
        _join("at_least(2, {}, {}, {})", below, below, below),
        _join("CASE WHEN {} THEN {} ELSE {} END", below, below, below),
    )


@st.composite
def hidden(draw: st.DrawFn, organisation: dict[str, Any]) -> dict[str, Any]:
    """Return the organisation with one thing hidden: a fact, a year, a list, a field, or the end of a list."""
    facts, records = dict(organisation["facts"]), dict(organisation["records"])
    what = draw(st.sampled_from(["fact", "year", "list", "field", "end"]))
    if what in ("fact", "year"):
        name = draw(st.sampled_from(sorted(facts)))
        if what == "year" and isinstance(facts[name], dict):
            facts[name] = {**facts[name], draw(st.sampled_from(_YEARS)): None}
        else:
            facts[name] = None
        return {"facts": facts, "records": records}
    name = draw(st.sampled_from(sorted(records)))
    listed = [one for one in records[name] or [] if "complete_until" not in one]
    if what == "list" or not listed:
        records[name] = None
    elif what == "end":
        records[name] = [*listed[: draw(st.integers(0, len(listed)))], {"complete_until": "2026-04-01"}]
    else:
        place = draw(st.integers(0, len(records[name]) - 1))
        row = records[name][place]
        # a field with a default is known without a value, so leaving it out would not hide it
        kept = [one for one in row if one not in ("revoked_date", "complete_until")]
        if kept:
            changed = {**row, draw(st.sampled_from(sorted(kept))): None}
            records[name] = [*records[name][:place], changed, *records[name][place + 1 :]]
    return {"facts": facts, "records": records}
