"""Records, titles, sets and code lists: what surely counts, what may count, and what an open list leaves open."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.rules.asking import answer, columns, ends, facts, records
from tests.rules.organisations import MOMENT, SCOPE
from wanqi.rules import MONEY, Moment, RecordScope, Scope, Type, lower, parse, tree
from wanqi.rules.sources import Aggregate

PATENT = {"kind": "发明专利", "grant_date": "2025-03-01", "rank": 1}
OPEN = {"complete_until": "2026-04-30"}
CLOSED = {"complete_until": "2026-05-01"}

COUNTS: list[tuple[str, Any, Any]] = [
    ("count_where(ip) >= 1", None, None),
    ("count_where(ip) >= 1", [], False),
    ("count_where(ip) = 0", [], True),
    ("count_where(ip) = 0", None, None),
    ("count_where(ip) >= 1", [PATENT], True),
    ("count_where(ip, kind = '发明专利') >= 1", [{"kind": None}], None),
    ("count_where(ip, kind = '发明专利') >= 1", [{"kind": None}, PATENT], True),
    ("count_where(ip, kind = '发明专利') <= 1", [PATENT, PATENT, OPEN], False),
    ("count_where(ip, kind = '发明专利') <= 2", [PATENT, PATENT, OPEN], None),
    ("count_where(ip, kind = '发明专利') <= 2", [PATENT, PATENT, CLOSED], True),
    ("NOT any_where(ip)", [OPEN], None),
    ("NOT any_where(ip)", [PATENT, OPEN], False),
    ("count_where(ip) IN (1, 2)", [PATENT], True),
    ("count_where(ip) IN (1, 2)", [PATENT, OPEN], None),
    ("count_where(ip) IN (0)", [PATENT, OPEN], False),
    ("2 - count_where(ip) >= 2", [PATENT, OPEN], False),
    ("-count_where(ip) <= -1", [PATENT, OPEN], True),
    ("greatest(count_where(ip), 2) >= 2", None, True),
    ("least(count_where(ip), 2) <= 2", None, True),
    ("least(count_where(ip), 2) >= 3", None, False),
    ("CASE WHEN mainland THEN count_where(ip) ELSE 3 END >= 1", [PATENT, OPEN], True),
    (
        "ratio(count_where(ip, kind = '发明专利'), count_where(ip)) >= 0.5",
        [PATENT, {"kind": "实用新型"}],
        True,
    ),
    (
        "ratio(count_where(ip, kind = '发明专利'), count_where(ip)) > 0.5",
        [PATENT, {"kind": "实用新型"}],
        False,
    ),
    ("ratio(count_where(ip, kind = '发明专利'), count_where(ip)) >= 0.5", [], None),
    ("ratio(count_where(ip, kind = '发明专利'), count_where(ip)) >= 0.4", [PATENT, {}], True),
    ("ratio(count_where(ip, kind = '发明专利'), count_where(ip)) >= 0.6", [PATENT, {}], None),
    ("ratio(count_where(ip, kind = '发明专利'), count_where(ip)) >= 0.1", [{}, OPEN], None),
    ("ratio(count_where(ip), count_where(ip, kind = '发明专利')) >= 1", [{}], None),
    ("ratio(count_where(ip), count_where(ip, kind = '发明专利')) < 1", [{}], None),
    ("ratio(2, count_where(ip)) >= 3", [PATENT, OPEN], False),
    ("ratio(2, count_where(ip)) >= 2", [PATENT, OPEN], None),
    ("ratio(2, count_where(ip)) <= 2", [PATENT, OPEN], True),
    ("ratio(count_where(ip) - 3, count_where(ip)) < 0", [PATENT, PATENT], True),
    ("ratio(count_where(ip) - 3, count_where(ip)) >= -0.5", [PATENT, PATENT], True),
    ("ratio(count_where(ip, kind = '发明专利') - 2, count_where(ip)) >= -0.6", [PATENT, {}], True),
    ("ratio(count_where(ip, kind = '发明专利') - 2, count_where(ip)) > -0.5", [PATENT, {}], None),
    # a bound that is unknown alone decides nothing and hides nothing
    ("greatest(count_where(ip), staff) <= 1", [PATENT, PATENT], False),
    ("greatest(count_where(ip), staff) = 1", [PATENT, PATENT], False),
    ("greatest(count_where(ip), staff) >= 2", [PATENT, PATENT], True),
    ("greatest(count_where(ip), staff) >= 3", [PATENT, PATENT], None),
    ("least(count_where(ip), staff) >= 3", [PATENT, PATENT], False),
    ("least(count_where(ip), staff) <= 2", [PATENT, PATENT], True),
    ("least(count_where(ip), staff) <= 1", [PATENT, PATENT], None),
    ("3 - count_where(ip) >= 2", [PATENT, PATENT, OPEN], False),
    ("3 - count_where(ip) <= 1", [PATENT, PATENT, OPEN], True),
    ("count_where(ip, kind = '发明专利') - count_where(ip) <= 2", [PATENT, PATENT, OPEN], None),
    ("count_where(ip, kind = '发明专利') <= count_where(ip, kind = '实用新型')", [PATENT], False),
    ("count_where(ip, kind = '发明专利') <= count_where(ip, kind = '实用新型')", [PATENT, {}], None),
    (
        "count_where(ip, kind = '发明专利') <= count_where(ip, kind = '实用新型')",
        [{}, {"kind": "实用新型"}],
        True,
    ),
    ("CASE WHEN mainland THEN -count_where(ip) ELSE count_where(ip) END <= 1", [PATENT, PATENT, OPEN], None),
    ("CASE WHEN mainland THEN -count_where(ip) ELSE 0 END >= 1", [PATENT, OPEN], False),
    ("count_where(ip, grant_date > years_before(on, 1)) = 0", [PATENT], True),
    ("count_where(ip, grant_date > years_before(on, 2)) = 1", [PATENT], True),
    ("each(any_where(ip, year_of(grant_date) = base_year), 2)", [PATENT, {"grant_date": "2024-01-01"}], True),
    ("each(any_where(ip, year_of(grant_date) = base_year), 2)", [PATENT], False),
]


@pytest.mark.parametrize(("text", "listed", "wanted"), COUNTS)
def test_counting(text: str, listed: Any, wanted: Any) -> None:
    assert answer(text, records(ip=listed)) is wanted


PAID = {"amount": "2.50", "paid_on": "2025-03-01", "qualified": True}
SUMS: list[tuple[str, Any, tuple[Any, Any]]] = [
    ("sum_where(financing, amount)", [PAID, PAID], (5, 5)),
    ("sum_where(financing, amount)", [PAID, OPEN], (Fraction("2.5"), None)),
    ("sum_where(financing, amount)", None, (0, None)),
    ("sum_where(financing, amount)", [], (0, 0)),
    ("sum_where(financing, amount, qualified)", [PAID, {**PAID, "qualified": None}], (Fraction("2.5"), 5)),
    (
        "sum_where(financing, amount, qualified)",
        [PAID, {**PAID, "qualified": False}],
        (Fraction("2.5"), Fraction("2.5")),
    ),
    ("sum_where(financing, amount, qualified)", [PAID, {**PAID, "amount": None}], (Fraction("2.5"), None)),
    ("sum_where(financing, amount * 2 - 1)", [PAID], (4, 4)),
    ("sum_where(adjustments, delta)", [{"delta": "-3"}, {"delta": "1"}], (-2, -2)),
    ("sum_where(adjustments, delta)", [{"delta": "-3"}, OPEN], (None, None)),
    (
        "sum_where(adjustments, delta, day <= on)",
        [{"delta": "-3"}, {"delta": "1", "day": "2020-01-01"}],
        (-2, 1),
    ),
    ("top_where(financing, amount, 1)", [PAID, {"amount": "3"}], (3, 3)),
    ("top_where(financing, amount, 1, qualified)", [PAID, {"amount": "3"}], (Fraction("2.5"), 3)),
    (
        "top_where(financing, amount, 2)",
        [PAID, {"amount": "3"}, {"amount": "1"}],
        (Fraction("5.5"), Fraction("5.5")),
    ),
    ("top_where(financing, amount, 2)", [PAID, {}], (Fraction("2.5"), None)),
    ("-2 * sum_where(financing, amount)", [PAID, OPEN], (None, -5)),
    ("greatest(sum_where(financing, amount), 4)", [PAID, OPEN], (4, None)),
    ("least(sum_where(financing, amount), 4)", [PAID, OPEN], (Fraction("2.5"), 4)),
    ("CASE WHEN mainland THEN sum_where(financing, amount) ELSE 1 END", [PAID], (1, Fraction("2.5"))),
    ("round_down(sum_where(financing, amount))", [PAID, OPEN], (2, None)),
]


@pytest.mark.parametrize(("text", "listed", "wanted"), SUMS)
def test_bounds_of_sums(text: str, listed: Any, wanted: Any) -> None:
    kind = "adjustments" if "adjustments" in text else "financing"
    assert ends(text, records(**{kind: listed})) == wanted


def test_bounds_of_what_an_exact_number_of_either_sign_multiplies() -> None:
    text = "count_where(ip) * (year_of(established_date) - 2023)"
    for founded, wanted in (("2025-01-01", (2, None)), ("2020-01-01", (None, -3)), (None, (None, None))):
        organisation = {"facts": {"established_date": founded}, "records": {"ip": [PATENT, OPEN]}}
        assert ends(text, organisation) == wanted


def test_interest_on_each_loan_is_rounded_before_it_is_capped() -> None:
    """principal × rate × days / 365, in fen, at most what was paid; the fields' limits prove 128 bits."""
    loan = RecordScope(
        {
            "principal": Type("money", maximum=Decimal(10**10), positive=True),
            "rate": Type("ratio", maximum=Decimal(1), positive=True),
            "days": Type("count", maximum=Decimal(4000), positive=True),
            "paid": Type("money", positive=True),
        }
    )
    scope = Scope({}, dated=True, records={"loans": loan})
    text = "sum_where(loans, least(round_half_up(ratio(principal * rate * days, 365), 0.01), paid))"
    listed = [
        {"principal": "10000000", "rate": "0.03", "days": 365, "paid": "120000"},
        {"principal": "100", "rate": "0.01", "days": 100, "paid": "9"},
    ]
    assert ends(text, records(loans=listed), scope=scope) == (Fraction("120000.27"), Fraction("120000.27"))
    assert parse(text, scope, expect=MONEY).type == MONEY


TITLE = {"programme": "cn.high-tech", "grant_date": "2023-11-01", "valid_to": "2026-10-31"}
HELD: list[tuple[Any, Any]] = [
    ([TITLE], True),
    ([{**TITLE, "valid_to": "2026-05-01"}], True),
    ([{**TITLE, "valid_to": "2026-04-30"}], False),
    ([{**TITLE, "grant_date": "2026-05-01"}], True),
    ([{**TITLE, "grant_date": "2026-05-02"}], False),
    ([{**TITLE, "revoked_date": "2026-05-01"}], False),
    ([{**TITLE, "revoked_date": "2026-05-02"}], True),
    ([{**TITLE, "programme": "cn.tech-sme"}], False),
    ([{**TITLE, "valid_to": None}], None),
    ([], False),
    (None, None),
    ([TITLE, OPEN], True),
    ([OPEN], None),
]


@pytest.mark.parametrize(("listed", "wanted"), HELD)
def test_a_title_is_held_while_it_is_in_force(listed: Any, wanted: Any) -> None:
    assert answer("holds('cn.high-tech')", records(titles=listed)) is wanted


def test_one_of_several_titles() -> None:
    listed = [{**TITLE, "programme": "cn.tech-sme"}]
    assert answer("holds('cn.high-tech', 'cn.tech-sme')", records(titles=listed)) is True


SETS: list[tuple[str, Any, Any]] = [
    ("has(flags, '补短板')", ["补短板"], True),
    ("has(flags, '补短板')", ["锻长板"], False),
    ("has(flags, '补短板')", [], False),
    ("has(flags, '补短板')", None, None),
    ("has(flags, '补短板', '锻长板')", ["锻长板"], True),
    ("size_of(flags) >= 2", ["补短板", "锻长板"], True),
    ("size_of(flags) >= 2", None, None),
]


@pytest.mark.parametrize(("text", "held", "wanted"), SETS)
def test_sets(text: str, held: Any, wanted: Any) -> None:
    assert answer(text, facts(flags=held)) is wanted


@pytest.mark.parametrize(
    ("code", "wanted"), [("2614", True), ("39", True), ("0610", False), ("2", False), (None, None)]
)
def test_code_lists_match_by_prefix(code: Any, wanted: Any) -> None:
    assert answer("in_list(code, 'emerging')", facts(code=code)) is wanted


def test_a_prefix_of_another_is_asked_once() -> None:
    node = parse("in_list(code, 'emerging')", SCOPE).root
    assert [one.value for one in tree.walk(node) if isinstance(one, tree.Literal)] == ["26", "39"]


def test_the_same_question_has_the_same_columns() -> None:
    one = lower(parse("count_where(ip, kind = '发明专利') >= 1", SCOPE), MOMENT)
    two = lower(parse("3 > count_where(ip, kind = '发明专利')", SCOPE), MOMENT)
    other = lower(parse("count_where(ip, kind = '实用新型') >= 1", SCOPE), MOMENT)
    assert {one.name for one in columns(one)} == {one.name for one in columns(two)}
    assert not {one.name for one in columns(one)} & {one.name for one in columns(other)}


def test_a_column_tells_what_it_counts() -> None:
    text = "sum_where(financing, amount, paid_on > years_before(on, 1)) >= 1"
    low, high = columns(lower(parse(text, SCOPE), Moment(MOMENT.on, 2025)))
    assert (low.name.rpartition("#")[0], low.name[-4:], high.name[-5:]) == (
        high.name.rpartition("#")[0],
        "#low",
        "#high",
    )
    assert isinstance(low.source, Aggregate)
    assert (low.source.kind, low.source.measure, low.source.side, low.type) == (
        "financing",
        "sum",
        "low",
        MONEY,
    )
    assert low.source.value == tree.Field("amount", MONEY)
