"""The half-year report of 临湘 whole: every figure a tag, every rank and comparison generated, and the 55 claims."""

from __future__ import annotations

import re

import pytest

from tests import cast
from wanqi.core.packs import current_pack
from wanqi.indicators.evaluate import read_period
from wanqi.packs import Tag, bare_digits
from wanqi.reports.compare import compare_report
from wanqi.reports.compile import Compiled, compile_report, report_spec

pytestmark = pytest.mark.usefixtures("demo_db")
NOT_FIGURES = {"S01", "S02", "S10", "S21", "S22", "S23", "S50", "S51"}
DIFFER = {"S05", "S06", "S28"}
# Only the report itself says so, or there is no target.
NO_RECORDS = {"S14", "S15", "S18", "S20", "S29", "S30"}


def paragraph(report: Compiled, id: str) -> str:
    return next(one.text for section in report.sections for one in section.paragraphs if one.id == id)


def test_the_report_has_every_section_and_the_auditor_finds_no_error() -> None:
    report = compile_report(cast.REGION, "2023H1")
    assert [section.title for section in report.sections] == [
        "", "一、突出政策激励，赋能产业发展", "二、突出基础建设，打造标志项目", "三、突出四大攻坚，抓实科技支撑",
    ]  # fmt: skip
    assert report.checked.of("error") == ()
    assert {one.relation for one in report.checked.findings} == {"rank", "same"}
    headings = re.findall(r"[一二三四]是推进(.+?)攻坚行动", report.text)
    assert headings == ["核心技术", "产业示范", "平台建设", "人才强基"]
    offices = [one.office for section in report.sections for one in section.paragraphs]
    assert offices == [
        "general",
        "funds",
        *["digital"] * 4,
        "general",
        "science",
        "industry",
        *["science"] * 2,
        "talent",
    ]


def test_figures_ranks_and_comparisons_are_generated() -> None:
    report = compile_report(cast.REGION, "2023H1")
    assert paragraph(report, "gigabit") == "城区千兆光纤网覆盖家庭150528户，覆盖率达98%。"
    assert "一季度排岳阳六县市第一，获得岳阳市一季度工作点评高度肯定" in paragraph(report, "fusion")
    assert "占岳阳市总数（40家）的37.5%，岳阳六县市排名第二。" in paragraph(report, "fusion")
    assert paragraph(report, "innovation").startswith(
        "科技型中小企业评价入库162家，同比增长260.0%，总量居岳阳第二、增量居岳阳第二；"
    )
    assert "知识产权质押贷款2000万元" in paragraph(report, "innovation")
    assert "超额完成" not in report.text
    assert [one.clause for one in report.dropped] == ["beyond-target", "tech-target"]
    assert report.dropped[1].reason.endswith("没有登记2023年目标")
    assert all(one.notes == () for section in report.sections for one in section.paragraphs)


def test_every_digit_of_the_text_is_a_figure_a_period_or_quoted() -> None:
    spec = report_spec(current_pack(cast.REGION), "half-year")
    for clause in spec.clauses:
        assert bare_digits(clause.text, quoted=[one.text for one in clause.lit]) == ()
    tags = {part.figure for clause in spec.clauses for part in clause.parts if isinstance(part, Tag)}
    claims = current_pack(cast.REGION).originals["half-year"].claims
    bound = {claim.figure for claim in claims if claim.figure}
    assert bound - tags == {"sme.tech.completion"}  # asked, and said in words


def test_the_status_of_every_claim_of_the_report_that_was_sent() -> None:
    rows = compare_report(cast.REGION, "2023H1")
    assert [row.claim for row in rows] == [f"S{number:02d}" for number in range(1, 56)]
    found = {row.claim: row.status for row in rows}
    every = set(found)
    expected = dict.fromkeys(every - NOT_FIGURES - DIFFER - NO_RECORDS, "agrees")
    expected |= dict.fromkeys(NOT_FIGURES, "not_a_figure") | dict.fromkeys(DIFFER, "differs")
    expected |= dict.fromkeys(NO_RECORDS, "no_records")
    assert found == expected
    by_id = {row.claim: row for row in rows}
    assert all(row.figure for row in rows if row.status != "not_a_figure")
    assert (by_id["S03"].figure, by_id["S03"].display) == ("infra.5g.new", "120个")
    assert "约691个（区间636—746个）" in by_id["S05"].reason
    assert by_id["S06"].display == "26.61%"
    assert by_id["S14"].display == "第1名"
    assert by_id["S14"].reason.startswith("只有原报告自己的数，没有其他记录可比对。")
    assert (by_id["S28"].display, "上年同期45家" in by_id["S28"].reason) == ("260.0%", True)
    assert by_id["S30"].reason.endswith("没有登记2023年目标。原文没有写目标数。")
    assert by_id["S35"].reason == "与台账一致。产品不按“家”计数，应写“个”。"
    assert by_id["S37"].display == "2000万元"
    assert all(row.reason for row in rows)


def test_another_half_year_keeps_to_its_own_facts() -> None:
    text = compile_report(cast.REGION, "2022H2").text
    assert read_period("2022H2").months in text
    for name in ("福尔程", "国发", "金叶", "湖南潇湘", "100个", "10-20万元"):
        assert name not in text
