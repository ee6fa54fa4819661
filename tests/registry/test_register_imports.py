"""Tables of recognitions, nominations and carriers: holders by code or name, the same line once, undo of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from tests import cast
from tests.registry.tables import xlsx
from tests.registry.test_imports import numbers, rejections
from tests.web import rows
from wanqi.core.access import Actor
from wanqi.core.models import AuditEvent, Role
from wanqi.registry.actions import check, import_now, match_columns, receive_table, undo_now
from wanqi.registry.models import Carrier, ImportBatch, Nomination, Recognition

pytestmark = pytest.mark.django_db
RECOGNISED = ("企业名称", "统一社会信用代码", "称号", "认定日期", "文号")
NOMINATED = ("企业名称", "统一社会信用代码", "申报事项", "批次", "阶段", "到达日期", "联系电话")


def imported(
    profile: str, lines: Sequence[Sequence[Any]], *, actor: Actor | None = None, **place: Any
) -> ImportBatch:
    who = actor or cast.machine()
    batch = receive_table("名单.xlsx", xlsx(lines), profile=profile, region=cast.REGION, actor=who, **place)
    batch = check(match_columns(batch, batch.mapping["columns"], actor=who), actor=who)
    return import_now(batch, actor=who)


def test_a_list_with_codes_finds_its_organisations_and_their_lawful_act() -> None:
    known = rows.organisation(1, former_names=["老化工厂"])
    batch = imported(
        "recognised-list",
        [
            RECOGNISED,
            ("改了名的化工厂", rows.credit_code(1), "专精特新中小企业", "2023-03-01", "湘工信〔2023〕12号"),
            ("老化工厂", "", "科技型中小企业", "2023-05-06", ""),
            ("外地公司", "", "cn.high-tech", "2023-10-16", ""),
        ],
    )
    assert numbers(batch)["created"] == 3
    first, second, third = Recognition.objects.order_by("pk")
    assert (first.organisation, first.holder_name, first.act, first.level) == (
        known,
        "改了名的化工厂",
        "认定",
        "省级",
    )
    assert (first.valid_until, first.area) == (date(2026, 2, 28), known.area)
    assert (second.organisation, second.act) == (known, "评价入库")
    assert (third.organisation, third.holder_name, third.programme) == (None, "外地公司", "cn.high-tech")
    assert AuditEvent.objects.filter(verb="导入登记", reason=f"导入第{batch.pk}批").count() == 3


def test_the_same_list_again_changes_nothing_and_a_new_number_corrects() -> None:
    line = ("甲公司", "", "专精特新中小企业", "2023-03-01")
    imported("recognised-list", [RECOGNISED, (*line, "")])
    again = imported("recognised-list", [RECOGNISED, (*line, "")])
    assert numbers(again)["unchanged"] == 1
    rows.organisation(1, name="甲公司")  # registered meanwhile
    third = imported("recognised-list", [RECOGNISED, (*line, "湘工信〔2023〕12号")])
    assert numbers(third)["corrected"] == 1
    row = Recognition.objects.get()
    assert (row.document_number, row.organisation.name, row.version) == ("湘工信〔2023〕12号", "甲公司", 2)


def test_a_line_that_cannot_be_is_refused_with_its_reason() -> None:
    batch = imported(
        "recognised-list",
        [
            RECOGNISED,
            ("甲公司", "", "没有这种称号", "2023-03-01", ""),
            ("乙公司", "", "专精特新中小企业", "三月", ""),
            ("丙公司", "", "专精特新中小企业", "2023-03-01", ""),
            ("丙公司", "", "专精特新中小企业", "2023-03-01", ""),
        ],
    )
    assert (numbers(batch)["created"], numbers(batch)["rejected"]) == (1, 3)
    told = rejections(batch)
    assert [line for line, _ in told] == [2, 3, 5]
    assert "第5行与第4行是同一条" in told[2][1][0][2]


def test_a_batch_is_taken_back_whole() -> None:
    rows.organisation(1, name="甲公司")
    batch = imported("recognised-list", [RECOGNISED, ("甲公司", "", "专精特新中小企业", "2023-03-01", "")])
    undo_now(batch, actor=cast.machine())
    assert Recognition.objects.current().count() == 0
    assert Recognition.objects.get().withdrawn_reason == f"撤销导入第{batch.pk}批"


def test_certificates_are_certificates() -> None:
    heads = ("获证组织", "证书编号", "发证日期", "有效期至")
    batch = imported(
        "two-fusion-certificates", [heads, ("甲公司", "AIITRE-00123", "2023-02-03", "2026-02-02")]
    )
    assert numbers(batch)["created"] == 1
    row = Recognition.objects.get()
    assert (row.act, row.certificate_number, row.valid_until) == ("获证", "AIITRE-00123", date(2026, 2, 2))


def test_nominations_come_with_their_stage_and_go_only_forward() -> None:
    line = ("甲公司", "", "高新技术企业", "2023年第一批")
    imported("nomination-summary", [NOMINATED, (*line, "已申报", "2023-05-10", "13812345678")])
    row = Nomination.objects.get()
    assert (row.stage, row.stage_on, row.purpose) == ("企业已申报", date(2023, 5, 10), "new")
    moved = imported("nomination-summary", [NOMINATED, (*line, "推荐", "2023-06-10", "")])
    assert numbers(moved)["corrected"] == 1
    row.refresh_from_db()
    assert list(row.steps.order_by("on").values_list("stage", "on")) == [
        ("企业已申报", date(2023, 5, 10)),
        ("县级推荐", date(2023, 6, 10)),
    ]
    back = imported("nomination-summary", [NOMINATED, (*line, "培育", "2023-06-20", "")])
    assert "阶段不能由导入退回" not in rejections(back)[0][1][0][2]
    assert "台账中已是“县级推荐”" in rejections(back)[0][1][0][2]
    undo_now(moved, actor=cast.machine())
    row.refresh_from_db()
    assert (row.stage, row.steps.count()) == ("企业已申报", 1)


def test_carriers_say_whether_they_are_founded_filed_or_recognised() -> None:
    heads = ("平台名称", "平台类型", "级别", "方式", "批准日期", "依托单位")
    batch = imported(
        "carrier-list",
        [
            heads,
            ("浮标中心", "工程技术研究中心", "省级", "批准组建", "2023-04-01", "甲公司"),
            ("小屋", "科研小屋", "省级", "认定", "2023-04-01", "甲公司"),
        ],
    )
    assert (numbers(batch)["created"], numbers(batch)["rejected"]) == (1, 1)
    row = Carrier.objects.get()
    assert (row.act, row.host_name, row.level) == ("组建", "甲公司", "省级")


def test_a_clerk_corrects_nothing_of_another_office() -> None:
    own, other = cast.offices()
    line = ("甲公司", "", "专精特新中小企业", "2023-03-01")
    imported("recognised-list", [RECOGNISED, (*line, "")], office=other.pk)
    batch = imported(
        "recognised-list",
        [RECOGNISED, (*line, "湘工信〔2023〕12号")],
        actor=cast.actor(Role.CLERK),
        office=own.pk,
    )
    assert numbers(batch)["rejected"] == 1
    assert Recognition.objects.get().document_number == ""
