"""What a county's rewards pay together: amounts as intervals, 就高不重复, a cap, and why something is left out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

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


def test_what_may_still_pay_more_is_not_left_out_and_no_interval_is_upside_down(pack: Pack) -> None:
    """Of 就高不重复 with a sum that is not known yet, either may be the one that is paid; a cap bounds what is open."""
    rewards = ["cn-430682.fixed", "cn-430682.research"]
    found = checkup(pack, ON, firm(rd_expense={"2024": "1500000.00"}), only=rewards).combination
    assert found is not None
    assert {one.title: (one.paid, one.words) for one in found.chosen} == {
        "研发奖励": ((0, 150000), "0元—15万元"),
        "定额奖励": ((0, 100000), "0元—10万元"),
    }
    assert (found.total, found.left) == ((Decimal(100000), Decimal(150000)), ())


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


# --- groups of a region above, and the real clauses of 湖南 ------------------------------------------------


def above(text: str, own: str = "") -> Pack:
    """Return the county's pack with groups written in the province's pack.yaml."""
    given = sources(own)
    given["cn-43/pack.yaml"] += text.encode()
    return packs.resolve(given, "cn-430682", checked=False)


PROVINCE = """
stacking:
  - {id: giants, title: 省级奖补就高不重复, rule: highest, programmes: [cn-43.champion-award, cn-43.rd-subsidy]}
"""


def test_what_a_province_says_of_payments_together_binds_in_its_counties(pack: Pack) -> None:
    found = above(PROVINCE, STACKING)
    assert [one.id for one in found.stacking] == ["giants", "same", "year"]
    assert found.digest != pack.digest
    restated = PROVINCE.replace("rule: highest", "rule: one_of")
    assert [one.rule for one in above(PROVINCE, restated).stacking] == ["one_of"]
    assert above(PROVINCE, "\nwithdraw: {stacking: [giants]}\n").stacking == ()
    with pytest.raises(PacksRefused, match="是不是 giants"):
        above(PROVINCE, "\nwithdraw: {stacking: [giant]}\n")


def champion(**facts: object) -> dict[str, Any]:
    """Return a firm newly recognised as 单项冠军 whose research grew by three million 元."""
    research = {"rd_expense": {"2022": "9000000.00", "2021": "6000000.00"}}
    given = firm(**{"rd_expense_deductible": {"2022": "8000000.00"}, **research, **facts})
    titles = [
        {"programme": "cn.champion", "kind": "首次", "grant_date": "2023-03-01", "valid_to": "2026-02-28"}
    ]
    return {**given, "records": {**given["records"], "titles": titles}}


def test_the_clauses_of_hunan_pay_intervals_and_obey_a_group(pack: Pack) -> None:
    day = date(2023, 6, 30)
    found = checkup(pack, day, champion())
    paid = {one.id: one for one in found.programmes if one.amount is not None}
    one = paid["cn-43.champion-award"]
    assert (one.state, one.amount and one.amount.words) == (State.UNVERIFIED, "符合全部条件后：100万元")
    assert (one.amount and (one.amount.low, one.amount.high)) == (0, 1000000)
    assert paid["cn-43.rd-subsidy"].amount.words == "符合全部条件后：30万元"  # type: ignore[union-attr]
    assert paid["cn-43.rd-subsidy"].standard == ("上年度研发投入增量的10%，不超过1000万元（补助标准）",)
    best = found.combination
    assert best is not None
    sums = {each.id: each.words for each in best.chosen}
    assert (sums["cn-43.champion-award"], sums["cn-43.rd-subsidy"]) == ("0元—100万元", "0元—30万元")
    assert best.total[0] == 0
    assert ("先进制造业重大项目贷款贴息", "待补充数据，暂未计入") in best.left
    grouped = checkup(above(PROVINCE), day, champion(), only=["cn-43.champion-award", "cn-43.rd-subsidy"])
    assert grouped.combination is not None
    assert [each.id for each in grouped.combination.chosen] == ["cn-43.champion-award"]
    assert grouped.combination.words == "0元—100万元"
    assert grouped.combination.left == (
        ("湖南省企业研发投入后补助", "就高不重复，同组中另一项更高（省级奖补就高不重复）"),
    )


def test_what_the_government_is_paid_is_told_and_not_added_up(pack: Pack) -> None:
    found = checkup(
        pack,
        date(2023, 6, 30),
        champion(tax_prov_share={"2022": "800000.00"}),
        only=["cn-43.supply-chain-tax"],
    )
    one = found.programmes[0].amount
    assert one is not None
    assert (one.words, one.recipient) == ("符合全部条件后：8万元（付给地方政府）", "地方政府")
    assert found.combination is None


def test_what_only_decides_the_sum_is_asked_last(pack: Pack) -> None:
    day = date(2023, 6, 30)
    given = champion(rd_expense={"2022": "9000000.00"})
    alone = checkup(pack, day, given, only=["cn-43.rd-subsidy"]).questions
    assert [(one.id, one.period, one.asked) for one in alone] == [
        ("rd_expense", "2021", ("湖南省企业研发投入后补助",))
    ]
    assert checkup(pack, day, champion(), only=["cn-43.rd-subsidy"]).questions == ()
