"""Figures of a text beside indicators and earlier documents."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanqi.figures import AuditFinding, audit
from wanqi.figures.claims import Kind
from wanqi.figures.prose.binding import (
    Binding,
    Earlier,
    Known,
    Period,
    bind,
    known_from,
    period_of,
    period_said,
)

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
AREA, HALF = "临湘市", "2023H1"


def known(
    value: int | Fraction,
    period: str,
    kind: Kind = "value",
    *,
    name: str = "5G基站",
    unit: str = "个",
    area: str = AREA,
) -> Known:
    return Known(f"{name}@{period}", (name,), unit, area, period, Fraction(value), kind=kind)


def bound(text: str, *facts: Known, earlier: tuple[Earlier, ...] = (), area: str = AREA) -> Binding:
    return bind(audit(text), facts, earlier=earlier, area=area, period=HALF)


def told(binding: Binding) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(found.level, found.relation, found.figures) for found in binding.findings]


@pytest.mark.parametrize(
    ("id_", "period"),
    [
        ("2023", Period(2023, 1, 12)),
        ("2023H1", Period(2023, 1, 6)),
        ("2023Q3", Period(2023, 7, 9)),
        ("2023-06", Period(2023, 6, 6)),
        ("2023-06-30", Period(2023, 1, 6)),
        ("2023-01..05", Period(2023, 1, 5)),
        ("2023-06-15", None),
        ("2023-13", None),
        ("2023-05..02", None),
        ("上半年", None),
        ("", None),
    ],
)
def test_ids_of_periods(id_: str, period: Period | None) -> None:
    assert period_of(id_) == period


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("1-6月", Period(2023, 1, 6)),
        ("1—5月,", Period(2023, 1, 5)),
        ("2022年上半年", Period(2022, 1, 6)),
        ("截至5月底", Period(2023, 1, 5)),
        ("2022年", Period(2022, 1, 12)),
        ("今年", Period(2023, 1, 6)),
        ("去年", Period(2022, 1, 12)),
        ("上年同期", Period(2022, 1, 6)),
        ("上年末", Period(2022, 1, 12)),
        ("一季度", Period(2023, 1, 3)),
        ("前三季度", Period(2023, 1, 9)),
        ("5月份", Period(2023, 5, 5)),
        ("较上年末增长", None),
        ("比2022年增长", None),
        ("第一批企业", None),
    ],
)
def test_periods_as_reports_say_them(words: str, period: Period | None) -> None:
    assert period_said(words, within=Period(2023, 1, 6)) == period


def test_a_month_without_a_year_is_no_period() -> None:
    assert period_said("1-6月完成") is None


def test_periods_before() -> None:
    assert Period(2023, 4, 6).before == Period(2023, 1, 3)
    assert Period(2023, 1, 3).before == Period(2022, 10, 12)
    assert Period(2023, 1, 6).a_year_before.title == "2022年上半年"
    assert Period(2023, 1, 6).year_end_before.end == (2022, 12)


def test_the_same_figure_for_the_same_period() -> None:
    text = "上半年新增5G基站120个。"
    assert told(bound(text, known(120, HALF, "flow"))) == []
    binding = bound(text, known(119, "2023-01..06", "flow"))
    (finding,) = binding.findings
    assert (finding.level, finding.relation, finding.figures) == ("error", "repeat", ("120个",))
    assert finding.message == "指标数据中2023年上半年的5G基站为119个，本文为120个。两处不一致，请核对。"
    assert finding.repair == ("120个→119个",)
    assert text[slice(*finding.span)] == "120个"
    assert (binding.bound, binding.unbound) == (1, ())


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("上半年新增5G基站120个。", ""),  # the document's area is not said
        ("上半年新增5G基站建设项目120个。", AREA),  # other words around the name
        ("上半年新增5G基站120座。", AREA),  # another counter
    ],
)
def test_it_is_an_error_only_where_all_words_agree(text: str, area: str) -> None:
    assert [found.level for found in bound(text, known(119, HALF), area=area).findings] == ["query"]


def test_rounding_agrees_and_a_truncated_digit_is_a_note() -> None:
    fact = known(1_237_600_000, HALF, name="技术合同成交额", unit="元")
    assert told(bound("上半年技术合同成交额12.38亿元。", fact)) == []
    assert [one[0] for one in told(bound("上半年技术合同成交额12.37亿元。", fact))] == ["note"]
    (finding,) = bound("上半年技术合同成交额13.38亿元。", fact).findings
    assert finding.repair == ("13.38亿元→12.38亿元",)


@pytest.mark.parametrize(
    ("text", "fact", "level"),
    [
        ("新增5G基站120个，同比增长20%。", known(100, "2022H1", "flow"), None),
        ("新增5G基站120个，同比增长20%。", known(110, "2022H1", "flow"), "error"),
        ("新增5G基站120个，同比下降20%。", known(150, "2022H1", "flow"), None),
        ("新增5G基站120个，同比下降20%。", known(100, "2022H1", "flow"), "error"),
        ("5G基站累计达571个，较上年末增长26.6%。", known(451, "2022-12-31", "stock"), None),
        ("5G基站累计达571个，较上年末增长26.6%。", known(441, "2022-12-31", "stock"), "error"),
        ("5G基站累计达571个，比上年末增加120个。", known(451, "2022", "stock"), None),
        ("5G基站累计达571个，比上年末增加120个。", known(441, "2022", "stock"), "error"),
        ("二季度新增5G基站60个，环比增长20%。", known(50, "2023Q1", "flow"), None),
        ("二季度新增5G基站60个，环比增长20%。", known(40, "2023Q1", "flow"), "query"),
    ],
)
def test_growth_against_the_known_base(text: str, fact: Known, level: str | None) -> None:
    assert [found.level for found in bound(text, fact).findings] == ([level] if level else [])


def test_a_base_that_may_be_the_year_end_or_the_same_period_needs_both() -> None:
    text = "5G基站累计达571个，较去年增长26.6%。"
    year_end, same = known(441, "2022", "stock"), known(300, "2022H1", "stock")
    assert bound(text, year_end).findings == ()
    assert [one.reason for one in bound(text, year_end).unbound] == ["没有2022年上半年的同名数据"]
    assert [found.level for found in bound(text, year_end, same).findings] == ["query"]
    assert bound(text, year_end, known(451, "2022H1", "stock")).findings == ()


def test_growth_at_constant_prices_is_not_recomputed() -> None:
    binding = bound(
        "规上工业增加值12.3亿元，同比增长8.1%。",
        known(1_240_000_000, "2022H1", name="规上工业增加值", unit="元"),
    )
    assert binding.findings == ()
    assert [one.reason for one in binding.unbound] == [
        "没有2023年上半年的同名数据",
        "增速按不变价计算，不能用现价数推算",
    ]


def test_a_stock_is_the_year_ends_and_what_came_since() -> None:
    text = "1-6月，新增5G基站120个，累计达571个。"
    assert told(bound(text, known(451, "2022-12-31", "stock"))) == []
    (finding,) = bound(text, known(351, "2022-12-31", "stock")).findings
    assert (finding.level, finding.relation, finding.figures) == ("query", "stock_flow", ("120个", "571个"))
    assert finding.arithmetic == ("351个+120个≠571个",)


def test_the_figure_after_a_base_inherits_its_name() -> None:
    assert told(bound("5G基站由451个增加到571个。", known(570, HALF))) == [("query", "repeat", ("571个",))]


def test_what_is_counted_up_does_not_fall() -> None:
    assert told(bound("5G基站累计达571个。", known(590, "2022", "stock"))) == [
        ("query", "repeat", ("571个",))
    ]
    assert told(bound("5G基站累计达571个。", known(451, "2022", "stock"))) == []
    assert told(bound("1-6月新增5G基站120个。", known(130, "2023Q1", "flow"))) == [
        ("query", "repeat", ("120个",))
    ]
    assert told(bound("1-6月新增5G基站120个。", known(130, "2022Q1", "flow"))) == []


def last_year(text: str) -> tuple[Earlier, ...]:
    return (Earlier("2022年工作总结", audit(text), "2022"),)


def test_last_years_additions_bound_the_stock_from_below() -> None:
    report = (CORPUS / "seed.zh-Hans.txt").read_text(encoding="utf-8")
    binding = bound(report, earlier=last_year("全年完成5G基站建设266个，增长120%。"))
    (finding,) = binding.findings
    assert (finding.level, finding.relation, finding.figures) == ("query", "growth", ("突破800个", "127.92%"))
    assert "2022年末累计应不少于387个，而按本文增幅推算2022年末只有351个" in finding.message
    assert finding.arithmetic[0] == "121+266=387（2022年末至少）"
    # 571−120=451 fits, so the stock and what came since are not asked about.
    assert bound(report, earlier=last_year("全年完成5G基站建设130个，增长120%。")).findings == ()


def test_what_an_earlier_document_makes_known() -> None:
    (document,) = last_year("全年完成5G基站建设266个，增长120%。预计明年建设300个。同比增长5%。")
    facts = known_from(document, area=AREA)
    assert [(fact.names, fact.unit, fact.period, fact.value, fact.kind) for fact in facts] == [
        (("5G基站",), "个", "2022", 266, "flow"),
        (("5G基站",), "个", "2021", 121, "flow"),
    ]
    assert {fact.area for fact in facts} == {AREA}
    assert facts[0].source == "《2022年工作总结》"
    assert known_from(Earlier("无期间", audit("完成5G基站建设266个。"))) == ()


def test_an_earlier_document_says_another_figure_for_the_same_year() -> None:
    text = "2022年新增注册商标139件。"
    (finding,) = bound(text, earlier=last_year("新增注册商标193件。")).findings
    assert finding.message == "《2022年工作总结》中2022年的注册商标为193件，本文为139件。两处不一致，请核对。"


@pytest.mark.parametrize(
    ("text", "fact", "reason"),
    [
        ("授权专利48件。", known(1, HALF), "没有同名的指标或以前的数据"),
        ("新增5G基站120万元。", known(119, HALF), "单位不同（文中元，已有数据为个）"),
        ("岳阳市新增5G基站120个。", known(119, HALF), "地区不同（文中岳阳市，已有数据为临湘市）"),
        ("全年目标新增5G基站300个。", known(119, HALF), "目标数、任务数不与实际数比较"),
        (
            "推荐33家企业申报高新技术企业。",
            known(9, HALF, name="高新技术企业", unit="家"),
            "文中是“推荐”的数",
        ),
        ("省级企业技术中心5家。", known(8, HALF, name="企业技术中心", unit="家"), "文中写明“省级”"),
        ("专精特新小巨人企业4家。", known(9, HALF, name="专精特新", unit="家"), "文中是“专精特新小巨人企业”"),
        ("5G基站由451个增加到571个。", known(570, "2022"), "是比较的基数，不是本期数"),
    ],
)
def test_what_cannot_be_bound_is_listed_with_the_reason(text: str, fact: Known, reason: str) -> None:
    binding = bound(text, fact)
    assert binding.findings == ()
    assert binding.unbound[0].reason.startswith(reason)
    assert binding.unbound[0].mention in audit(text).mentions


def test_without_a_period_nothing_is_compared() -> None:
    binding = bind(audit("新增5G基站120个。"), [known(119, HALF)], area=AREA)
    assert [one.reason for one in binding.unbound] == ["文中未写明时期"]
    opening = bind(audit("2023年上半年工作总结\n新增5G基站120个。"), [known(119, HALF)], area=AREA)
    assert told(opening) == [("error", "repeat", ("120个",))]


def test_every_readable_figure_is_bound_or_listed() -> None:
    report = audit((CORPUS / "seed.zh-Hans.txt").read_text(encoding="utf-8"))
    binding = bind(report, [known(120, HALF, "flow")], area=AREA, period=HALF)
    readable = [mention for mention in report.mentions if mention.quantity is not None]
    assert binding.bound + len(binding.unbound) == len(readable)
    assert binding.summary == f"已与数据或以前材料比对{binding.bound}处，未能关联{len(binding.unbound)}处。"


def test_a_scraped_text_binds_as_the_clean_one() -> None:
    facts = [known(119, HALF, name="5G基站建设"), known(47, HALF, name="注册商标", unit="件")]

    def shape(found: AuditFinding) -> tuple[str, str, str]:
        return found.level, found.relation, found.message

    scraped, clean = (
        bind(audit((CORPUS / name).read_text(encoding="utf-8")), facts, area=AREA, period=HALF)
        for name in ("seed.scraped.txt", "seed.zh-Hans.txt")
    )
    assert [shape(found) for found in scraped.findings] == [shape(found) for found in clean.findings]
    assert len(clean.findings) == 2


DOCUMENTS = [
    "1-6月，新开通5G基站96个，累计达682个。",
    "提案承办88件，已解决42件，列入规划的20件，占总数88件的22.7%。",
    "火灾217起，死3人，直接损失486.3万元，同比起数升6.4%，死亡人数升200%。",
    "煤炭、矿石、粮食三大货种分别完成986.4万吨、874.3万吨、412.7万吨。",
    "19个投产项目完成投资31.8亿元，52个续建项目完成投资36.7亿元。",
    "带动就业3200人。园区带动就业2600人。",
    "各县区累计738、272、137件，全市1147件。",
]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_document_beside_itself_raises_nothing(text: str) -> None:
    binding = bind(audit(text), earlier=[Earlier("同一材料", audit(text), HALF)], area=AREA, period=HALF)
    assert binding.findings == ()


def test_a_growth_with_a_subject_of_its_own_is_not_laid_on_the_figure_before_it() -> None:
    binding = bound(
        "直接损失486.3万元，同比起数升6.4%。", known(1_619_000, "2022H1", name="直接损失", unit="元")
    )
    assert binding.findings == ()
    assert binding.unbound[-1].reason == "增减幅说的是“起数”，没有同名的数据"


@settings(deadline=None)
@given(st.integers(1, 5000), st.integers(1, 5000))
def test_figures_of_one_document_never_contradict_themselves(flow: int, stock: int) -> None:
    text = f"上半年新增5G基站{flow}个，累计达{flow + stock}个。授权专利{stock}件。"
    binding = bind(audit(text), earlier=[Earlier("同一材料", audit(text), HALF)], area=AREA, period=HALF)
    assert binding.findings == ()
