"""Tables of facts through the usual import: matched, previewed, imported, imported again, undone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests import cast
from tests.registry.facts.rows import enterprise, fact
from tests.registry.tables import xlsx
from tests.web.rows import credit_code
from wanqi.core.access import Actor
from wanqi.core.models import AuditEvent, Role
from wanqi.registry.actions import (
    check,
    correct_fact,
    import_now,
    match_columns,
    receive_table,
    undo_now,
)
from wanqi.registry.facts.tables import years_in
from wanqi.registry.models import Fact, ImportBatch

pytestmark = pytest.mark.django_db
HEAD = (
    "序号",
    "企业名称",
    "统一社会信用代码",
    "营业收入（万元）",
    "从业人员数",
    "国内市场占有率（%）",
    "主导产品",
)
NAME = "2022年度梯度培育平台导出.xlsx"


def received(
    lines: list[tuple[Any, ...]],
    *,
    name: str = NAME,
    head: tuple[str, ...] = HEAD,
    profile: str = "srdi-platform",
    actor: Actor | None = None,
) -> ImportBatch:
    actor = actor or cast.machine()
    batch = receive_table(
        name,
        xlsx([head, *lines]),
        profile=profile,
        region=cast.REGION,
        actor=actor,
        office=cast.offices()[0].pk,
    )
    return check(match_columns(batch, batch.mapping["columns"], actor=actor), actor=actor)


def imported(lines: list[tuple[Any, ...]], **given: Any) -> ImportBatch:
    return import_now(received(lines, **given), actor=given.get("actor") or cast.machine())


def counts(batch: ImportBatch) -> tuple[int, ...]:
    return tuple(batch.counts[name] for name in ("created", "corrected", "unchanged", "rejected"))


def reasons(batch: ImportBatch) -> list[str]:
    return [one["message"] for row in batch.rejected.order_by("line") for one in row.reasons]


def standing() -> dict[tuple[str, str], Any]:
    rows = Fact.objects.filter(superseded_at__isnull=True, withdrawn=False)
    return {(row.fact, row.period): row.value for row in rows}


def line(number: int = 1, **values: Any) -> tuple[Any, ...]:
    given = {"revenue": "1,234.5", "people": "320人", "share": 12.5, "product": "浮标", **values}
    name = given.get("name", f"第{number:02d}化工有限公司")
    code = given.get("code", credit_code(number))
    return number, name, code, given["revenue"], given["people"], given["share"], given["product"]


def test_a_platforms_export_becomes_facts_of_its_year() -> None:
    organisation = enterprise()
    events = AuditEvent.objects.filter(target_kind="registry.organisation").count()
    batch = imported([line(), ("合计", "", "", 1234.5, 320, "", "")])
    assert counts(batch) == (1, 0, 0, 0)
    assert standing() == {
        ("revenue", "2022"): Decimal(12345000),
        ("employees_total", "2022"): Decimal(320),
        ("market_share_domestic", "2022"): Decimal("0.125"),
        ("main_product", ""): "浮标",
    }
    row = Fact.objects.get(fact="revenue")
    assert (row.organisation_id, row.source_class, row.source, row.batch_id, row.office_id) == (
        organisation.pk,
        "平台",
        "优质中小企业梯度培育平台",
        batch.pk,
        cast.offices()[0].pk,
    )
    assert Fact.objects.get(fact="main_product").as_of == date(2022, 12, 31)
    assert AuditEvent.objects.filter(target_kind="registry.organisation").count() == events + 1


def test_the_preview_tells_what_would_change_and_touches_nothing() -> None:
    enterprise()
    batch = received([line()])
    assert (batch.counts["created"], Fact.objects.count()) == (1, 0)
    told = {one["label"]: (one["old"], one["new"]) for one in batch.counts["new"][0]["values"]}
    assert told["营业收入 2022年"] == ("—", "1,234.5万元")
    assert batch.counts["new"][0]["label"] == "第01化工有限公司"


def test_the_same_table_again_adds_nothing_and_a_new_value_corrects() -> None:
    enterprise()
    imported([line()])
    before = Fact.objects.count()
    assert counts(imported([line()])) == (0, 0, 1, 0)
    assert Fact.objects.count() == before
    batch = imported([line(revenue="1300")])
    assert counts(batch) == (0, 1, 0, 0)
    assert standing()["revenue", "2022"] == Decimal(13000000)
    assert Fact.objects.get(fact="revenue", superseded_at__isnull=True).reason == f"导入第{batch.pk}批"


def test_undo_restores_unless_somebody_corrected_since() -> None:
    enterprise(1, gbt4754_code="", established_on=None)
    enterprise(2)
    imported([line(1), line(2)])
    head = (*HEAD, "行业代码")
    batch = imported(
        [(*line(1, revenue="1300", people=400), "2614"), (*line(2, revenue="99"), "2614")], head=head
    )
    organisation = Fact.objects.filter(fact="revenue").order_by("pk")[0].organisation
    assert organisation.gbt4754_code == "2614"
    changed = Fact.objects.get(fact="employees_total", organisation=organisation, superseded_at__isnull=True)
    correct_fact(changed, 401, actor=cast.machine(), reason="核实")
    undone = undo_now(batch, actor=cast.machine())
    assert undone.state == ImportBatch.State.UNDONE
    assert {name: undone.counts[name] for name in ("withdrawn", "restored", "kept")} == {
        "withdrawn": 0,
        "restored": 3,
        "kept": 1,
    }
    rows = Fact.objects.filter(superseded_at__isnull=True, organisation=organisation)
    assert {row.fact: row.value for row in rows if row.period} == {
        "revenue": Decimal(12345000),
        "employees_total": Decimal(401),
        "market_share_domestic": Decimal("0.125"),
    }
    organisation.refresh_from_db()
    assert organisation.gbt4754_code == ""


def test_undo_of_the_first_batch_leaves_nothing_standing() -> None:
    enterprise()
    undo_now(imported([line()]), actor=cast.machine())
    assert standing() == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "没有的公司", "code": ""}, "企业库中没有“没有的公司”"),
        ({"code": "123"}, "位"),
        ({"code": credit_code(77)}, "代码是"),
        ({"revenue": "很多"}, "不是数字"),
        ({"people": "12.5"}, "小数"),
        ({"share": "120%"}, "120%超过了100%"),
    ],
)
def test_a_line_that_cannot_be_taken_is_kept_with_its_reason(given: dict[str, Any], said: str) -> None:
    enterprise()
    batch = imported([line(**given)])
    assert counts(batch) == (0, 0, 0, 1)
    assert said in reasons(batch)[0]
    assert not Fact.objects.exists()


def test_the_second_line_of_an_enterprise_is_named() -> None:
    enterprise(former_names=["临湘旧厂"])
    batch = imported([line(), line(name="临湘旧厂", code="")])
    assert counts(batch) == (1, 0, 0, 1)
    assert "与第2行是同一家企业" in reasons(batch)[0]


def test_without_a_year_no_yearly_value_is_guessed() -> None:
    enterprise()
    batch = imported([line()], name="导出.xlsx")
    assert "不知道是哪一年度" in reasons(batch)[0]
    head = (*HEAD[:3], "2021年营业收入（万元）", "年度", "国内市场占有率（%）", "主导产品")
    batch = received([line(people="2020")], name="导出.xlsx", head=head)
    columns = {**batch.mapping["columns"], "revenue": 3, "period": 4}
    columns.pop("employees_total", None)
    batch = match_columns(batch, columns, actor=cast.machine())
    assert counts(import_now(check(batch, actor=cast.machine()), actor=cast.machine())) == (1, 0, 0, 0)
    assert standing()["revenue", "2021"] == Decimal(12345000)
    assert standing()["market_share_domestic", "2020"] == Decimal("0.125")


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2022年度平台导出（2023年5月）", ["2022"]),
        ("2021年营业收入", ["2021"]),
        ("2021年和2022年", ["2021", "2022"]),
        ("导出 20220506.xlsx", []),
    ],
)
def test_the_year_a_text_names(text: str, years: list[str]) -> None:
    assert years_in(text) == years


def test_units_come_from_the_heads() -> None:
    enterprise()
    head = (*HEAD[:3], "营业收入（元）", *HEAD[4:])
    imported([line(revenue=12345678.9)], head=head)
    assert standing()["revenue", "2022"] == Decimal("12345678.90")


def test_another_offices_values_and_columns_are_not_changed() -> None:
    own, other = cast.offices()
    organisation = enterprise(office=other, gbt4754_code="2615")
    fact(organisation, "revenue", "1.00", period="2022", office=other.pk, source_class="平台",
         source="优质中小企业梯度培育平台")  # fmt: skip
    clerk = cast.actor(Role.CLERK)
    batch = imported([line()], actor=clerk)
    assert counts(batch) == (0, 0, 0, 1)
    assert "已由其他股室或单位登记" in reasons(batch)[0]
    batch = imported([(*line(revenue="", product=""), "2614")], head=(*HEAD, "行业代码"), actor=clerk)
    assert "与企业库登记的“2615”不同" in reasons(batch)[0]
    assert own.pk != other.pk
    assert standing() == {("revenue", "2022"): Decimal(1)}


@pytest.mark.parametrize("profile", ["srdi-platform", "high-tech-platform", "tech-sme-platform"])
def test_each_profile_takes_what_its_columns_say(profile: str) -> None:
    enterprise()
    head = ("企业名称", "统一社会信用代码", "研发费用总额（万元）", "资产总额（万元）")
    batch = imported([("第01化工有限公司", credit_code(1), 50, 800)], head=head, profile=profile)
    assert counts(batch) == (1, 0, 0, 0)
    assert standing() == {
        ("rd_expense", "2022"): Decimal(500000),
        ("total_assets", "2022"): Decimal(8000000),
    }
