"""What a county's rewards pay together: amounts as intervals, 就高不重复, a cap, and why something is left out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.conftest import ROOT
from tests.policies.checkup.test_checkup import ON, firm
from wanqi import packs
from wanqi.packs import Pack, PacksRefused
from wanqi.packs.checking_region import check_region
from wanqi.packs.resolving import read_tree
from wanqi.policies.checkup import State, checkup

REWARD = """
version: "2026-1"
programme:
  id: cn-430682.{id}
  title: {title}
  kind: subsidy
  act: 奖补
  level: 县级
  authority: 市科工局
versions:
  - version: "2025-1"
    document: 临政发〔2025〕1号
    title: 奖励办法
    applies_to: [new]
    valid_from: 2025-01-01
    tag: v:S1
    conditions: {{id: revenue, title: 上年度营业收入2000万元以上, article: 第三条, tag: v:S1, when: revenue >= 20000000}}
    amount:
      sums:
        - {{id: sum, title: 奖励, article: 第四条, tag: v:S1, formula: "{formula}"}}
"""
STACKING = """
stacking:
  - {id: same, title: 研发奖励就高不重复, rule: highest, programmes: [cn-430682.fixed, cn-430682.research]}
  - id: year
    title: 每家企业每年不超过15万元
    rule: cap
    most: 150000
    programmes: [cn-430682.fixed, cn-430682.research, cn-430682.growth]
"""


def sources(stacking: str = STACKING) -> dict[str, bytes]:
    found = dict(packs.read_directory(ROOT / "regions"))
    for id, title, formula in (
        ("fixed", "定额奖励", "100000"),
        ("research", "研发奖励", "rd_expense[0] - rd_expense[-1]"),
        ("growth", "增长奖励", "80000"),
    ):
        text = REWARD.format(id=id, title=title, formula=formula)
        found[f"cn-430682/programmes/{id}.yaml"] = text.encode()
    found["cn-430682/pack.yaml"] += stacking.encode()
    return found


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.resolve(sources(), "cn-430682", checked=False)


def test_the_best_set_obeys_the_group_and_the_cap(pack: Pack) -> None:
    rewards = ["cn-430682.fixed", "cn-430682.research", "cn-430682.growth"]
    found = checkup(pack, ON, firm(rd_expense={"2025": "1560000.00", "2024": "1500000.00"}), only=rewards)
    assert {one.title: one.amount.words for one in found.programmes if one.amount} == {
        "定额奖励": "10万元",
        "研发奖励": "6万元",
        "增长奖励": "8万元",
    }
    best = found.combination
    assert best is not None
    assert [(one.title, one.paid, one.note) for one in best.chosen] == [
        ("定额奖励", (Decimal(100000), Decimal(100000)), ""),
        ("增长奖励", (Decimal(50000), Decimal(50000)), "受“每家企业每年不超过15万元”限制"),
    ]
    assert best.total == (Decimal(150000), Decimal(150000))
    assert best.left == (("研发奖励", "就高不重复，同组中另一项更高（研发奖励就高不重复）"),)


def test_an_unknown_fact_leaves_an_interval_and_an_unmet_one_shows_what_it_would_pay(pack: Pack) -> None:
    open_ = checkup(
        pack, ON, firm(rd_expense={"2024": "1500000.00"}), only=["cn-430682.research"]
    ).programmes[0]
    assert open_.amount is not None
    assert (open_.amount.low, open_.state) == (0, State.MET)
    small = checkup(pack, ON, firm(revenue={"2025": "1000000.00"}), only=["cn-430682.fixed"])
    assert small.programmes[0].amount is not None
    assert small.programmes[0].amount.words == "符合全部条件后：10万元"
    assert small.combination is None


def test_a_cap_without_its_sum_is_refused() -> None:
    wrong = "\nstacking:\n  - {id: year, title: 上限, rule: cap, programmes: [cn-430682.fixed]}\n"
    with pytest.raises(PacksRefused, match="most"):
        packs.resolve(sources(wrong), "cn-430682", checked=False)


def test_a_programme_that_is_not_there_is_told_with_the_nearest() -> None:
    given = sources("\nstacking:\n  - {id: one, title: 择一, rule: one_of, programmes: [cn-430682.fixd]}\n")
    told = list(check_region(read_tree(given), packs.resolve(given, "cn-430682", checked=False)))
    assert [(one.code, one.message, one.hint) for one in told] == [
        ("pack.unknown-programme", "没有事项 cn-430682.fixd。", "是不是 cn-430682.fixed？")
    ]
