"""A table from upload to register: what is counted, rejected, repeated and resumed."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from tests import cast
from tests.registry.tables import HEADS, ROW, rows, table, xlsx
from wanqi.core.access import Actor
from wanqi.core.errors import StepRefused
from wanqi.core.history import timeline
from wanqi.core.models import AuditEvent, Role
from wanqi.projects.actions import withdraw_site
from wanqi.projects.models import Site
from wanqi.registry.actions import check, choose_sheet, import_now, match_columns, receive_table
from wanqi.registry.errors import MappingRefused, ProfileMissing
from wanqi.registry.models import ImportBatch

pytestmark = pytest.mark.django_db


def received(
    content: bytes, *, actor: Actor | None = None, name: str = "清单.xlsx", **place: Any
) -> ImportBatch:
    return receive_table(
        name, content, profile="tower-stations", region=cast.REGION, actor=actor or cast.machine(), **place
    )


def imported(content: bytes, *, actor: Actor | None = None, **given: Any) -> ImportBatch:
    who = actor or cast.machine()
    batch = received(content, actor=who, **given)
    batch = check(match_columns(batch, batch.mapping["columns"], actor=who), actor=who)
    return import_now(batch, actor=who)


def numbers(batch: ImportBatch) -> dict[str, int]:
    names = ("read", "created", "corrected", "unchanged", "rejected", "skipped")
    found = {name: batch.counts[name] for name in names}
    assert found["read"] == sum(found[name] for name in names[1:])
    return found


def test_good_rows_become_stations() -> None:
    batch = imported(table(*rows(3)))
    assert batch.state == ImportBatch.State.DONE
    assert numbers(batch) == {
        "read": 3,
        "created": 3,
        "corrected": 0,
        "unchanged": 0,
        "rejected": 0,
        "skipped": 0,
    }
    site = Site.objects.get(site_code="S001")
    assert (site.name, site.operator, site.technology) == ("1号站", "移动", "5G")
    assert (site.built_on, site.opened_on) == (date(2023, 5, 1), date(2023, 6, 15))
    assert str(site.area) == "演示片区01"
    assert site.source == f"清单.xlsx（导入第{batch.pk}批）"


def test_the_same_file_again_changes_nothing() -> None:
    content = table(*rows(3))
    imported(content)
    before = (Site.objects.count(), AuditEvent.objects.filter(target_kind="projects.site").count())
    again = imported(content)
    assert numbers(again) == {
        "read": 3,
        "created": 0,
        "corrected": 0,
        "unchanged": 3,
        "rejected": 0,
        "skipped": 0,
    }
    assert (Site.objects.count(), AuditEvent.objects.filter(target_kind="projects.site").count()) == before
    assert Site.objects.get(site_code="S001").version == 1


def test_a_changed_cell_corrects_the_row_and_its_history_says_why() -> None:
    clerk = cast.actor(Role.CLERK)
    office = cast.offices()[0].pk
    imported(table(ROW), actor=clerk, office=office)
    batch = imported(table((*ROW[:5], "2023-07-01")), actor=clerk, office=office)
    assert numbers(batch)["corrected"] == 1
    site = Site.objects.get(site_code="S001")
    assert (site.opened_on, site.version) == (date(2023, 7, 1), 2)
    latest, first = timeline(site)
    assert (latest.who, latest.verb, latest.reason) == ("经办人", "导入更正", f"导入第{batch.pk}批")
    assert list(latest.changes) == [
        {"field": "opened_on", "label": "开通日期", "old": "2023-06-15", "new": "2023-07-01"}
    ]
    assert first.verb == "导入登记"
    said = {change["label"]: change["new"] for change in first.changes}
    assert (said["片区"], said["责任股室"]) == ("演示片区01", str(cast.offices()[0]))


def test_a_blank_cell_takes_nothing_away() -> None:
    imported(table(ROW))
    batch = imported(table((*ROW[:2], "", "—", "无", "")))
    assert numbers(batch)["unchanged"] == 1
    assert Site.objects.get(site_code="S001").opened_on == date(2023, 6, 15)


def rejections(batch: ImportBatch) -> list[tuple[int, list[tuple[str, str, str]]]]:
    return [
        (row.line, [(one["column"], one["value"], one["message"]) for one in row.reasons])
        for row in batch.rejected.order_by("line")
    ]


def test_each_bad_cell_is_rejected_with_its_reason() -> None:
    batch = imported(
        table(
            ("S1", "一号站", "演示片区1", "铁通", "2023-02-30", "6月15日"),
            ("", "二号站", "演示片区01", "移动", "", "2023年6月"),
            ("S3", "三号站", "演示片区01", "移动公司", "2023-07-01", "2023-06-01"),
            ("S4", "四号站", "演示片区01", "中国电信", "", ""),
            ("S4", "四号站又名", "演示片区01", "中国电信", "", ""),
            ("S6", "", "演示片区01", "移动", "", ""),
        )
    )
    assert numbers(batch) == {
        "read": 6,
        "created": 1,
        "corrected": 0,
        "unchanged": 0,
        "rejected": 5,
        "skipped": 0,
    }
    assert rejections(batch) == [
        (
            2,
            [
                ("片区", "演示片区1", "“演示片区1”不在本地区的片区中"),
                ("运营商", "铁通", "“铁通”不在运营商的取值中"),
                ("建成日期", "2023-02-30", "“2023-02-30”在日历上不存在"),
                ("开通日期", "6月15日", "“6月15日”缺少年份"),
            ],
        ),
        (3, [("站址编码", "", "没有填写"), ("开通日期", "2023年6月", "“2023年6月”缺少日")]),
        (4, [("开通日期", "2023-06-01", "开通日期2023-06-01早于建成日期2023-07-01")]),
        (6, [("站址编码", "S4", "第6行与第5行的站址编码相同，已采用第5行")]),
        (7, [("站址名称", "", "没有填写")]),
    ]
    reasons = batch.rejected.get(line=2).reasons
    assert reasons[0]["hint"].startswith("最接近的是：演示片区01")
    assert reasons[1]["hint"] == "最接近的是：联通。" or "移动、电信、联通、广电" in reasons[1]["hint"]
    assert list(Site.objects.values_list("site_code", "operator")) == [("S4", "电信")]


def test_rows_that_are_no_records_are_counted_and_not_taken() -> None:
    batch = imported(
        xlsx(
            [
                ("临湘市5G站址清单",),
                HEADS,
                ("个", "", "", "", "年月日", "年月日"),
                (1, 2, 3, 4, 5, 6),
                ROW,
                ("小计", "", "", "1", "", ""),
                HEADS,
                ("S002", *ROW[1:]),
                ("合计：2个",),
                ("注：开通日期以网管为准",),
                ("填报人：张三", "", "", "审核人：李四"),
            ]
        )
    )
    assert numbers(batch) == {
        "read": 9,
        "created": 2,
        "corrected": 0,
        "unchanged": 0,
        "rejected": 0,
        "skipped": 7,
    }
    assert batch.counts["skips"] == {"单位行": 1, "编号行": 1, "合计行": 2, "重复表头": 1, "说明行": 2}


def test_merged_two_line_heads_and_areas_merged_downwards() -> None:
    batch = imported(
        xlsx(
            [
                ("站址清单", "", "", "", "", "", ""),
                ("序号", "站址编码", "站址名称", "片区", "运营商", "日期", ""),
                ("", "", "", "", "", "建成", "开通"),
                (1, "S001", "一号站", "演示片区02", "移动", "2023.5.1", "2023年6月15日"),
                (2, "S002", "二号站", "", "联通", "20230501", "2023/6/5"),
                (3, "S003", "三号站", "演示片区03", "电信", "", ""),
            ],
            merges=["A1:G1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:E3", "F2:G2", "D4:D5"],
        )
    )
    assert batch.mapping["titles"] == [
        "序号",
        "站址编码",
        "站址名称",
        "片区",
        "运营商",
        "日期/建成",
        "日期/开通",
    ]
    assert numbers(batch)["created"] == 3
    assert list(Site.objects.order_by("site_code").values_list("area__name", "built_on", "opened_on")) == [
        ("演示片区02", date(2023, 5, 1), date(2023, 6, 15)),
        ("演示片区02", date(2023, 5, 1), date(2023, 6, 5)),
        ("演示片区03", None, None),
    ]


def test_control_characters_reject_the_row_and_can_be_stored() -> None:
    batch = imported(
        "站址编码,站址名称,开通日期\nS1,一\0号站,2023-06-1\0\nS2,二号站,\n".encode(), name="清单.csv"
    )
    assert numbers(batch)["created"] == 1
    assert rejections(batch) == [
        (
            2,
            [
                ("站址名称", "一␀号站", "含有看不见的控制字符"),
                ("开通日期", "2023-06-1␀", "“2023-06-1␀”不是日期"),
            ],
        )
    ]
    assert batch.rejected.get().cells == ["S1", "一␀号站", "2023-06-1␀"]


def test_a_file_without_any_known_column_can_be_matched_by_hand() -> None:
    batch = received(xlsx([("甲", "乙"), ("S1", "一号站")]))
    assert (batch.mapping["columns"], batch.mapping["titles"]) == ({}, ["甲", "乙"])
    with pytest.raises(MappingRefused) as refused:
        match_columns(batch, {"site_code": 0}, actor=cast.machine())
    assert refused.value.cause == "还没有匹配列：站址名称。"
    with pytest.raises(MappingRefused):
        match_columns(batch, {"site_code": 0, "name": 0}, actor=cast.machine())
    with pytest.raises(MappingRefused):
        match_columns(batch, {"site_code": 0, "name": 7}, actor=cast.machine())
    with pytest.raises(MappingRefused):
        match_columns(batch, {"site_code": 0, "name": 1, "secret": 0}, actor=cast.machine())
    assert ImportBatch.objects.get(pk=batch.pk).state == ImportBatch.State.RECEIVED
    batch = check(
        match_columns(batch, {"site_code": 0, "name": 1}, actor=cast.machine()), actor=cast.machine()
    )
    assert batch.counts["created"] == 1
    assert received(xlsx([("甲", "乙"), ("S2", "二号站")])).mapping["columns"] == {"site_code": 0, "name": 1}


def test_checking_touches_no_row_and_keeps_what_would_be_rejected() -> None:
    batch = received(table(ROW, ("S2", "", "", "", "", "")))
    batch = check(match_columns(batch, batch.mapping["columns"], actor=cast.machine()), actor=cast.machine())
    assert (batch.state, batch.counts["created"], batch.counts["rejected"]) == ("mapped", 1, 1)
    assert Site.objects.count() == 0
    assert rejections(batch) == [(3, [("站址名称", "", "没有填写")])]
    assert [one["label"] for one in batch.counts["new"]] == ["一号站"]


def test_another_sheet_can_be_chosen() -> None:
    content = book_of_two()
    batch = received(content)
    assert batch.sheet == "清单"
    batch = choose_sheet(batch, "说明", actor=cast.machine())
    assert (batch.sheet, batch.mapping["titles"]) == ("说明", ["只是说明"])


def book_of_two() -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        made.add_worksheet("说明").write(0, 0, "只是说明")
        page = made.add_worksheet("清单")
        for at, line in enumerate([HEADS, ROW]):
            page.write_row(at, 0, line)
    return content.getvalue()


def test_long_numbers_that_lost_their_last_digits_are_not_taken() -> None:
    batch = imported(
        xlsx([HEADS, (4306820000012345678, *ROW[1:]), ("4.3068E+17", *ROW[1:]), (430682001, *ROW[1:])])
    )
    assert [said[0][2] for _, said in rejections(batch)] == [
        "数字超过15位，表格软件已丢失末位",
        "“4.3068E+17”是科学计数法，末位已丢失",
    ]
    assert Site.objects.get().site_code == "430682001"


def test_a_withdrawn_station_does_not_stand_in_the_way() -> None:
    imported(table(ROW))
    withdraw_site(Site.objects.get(), actor=cast.machine(), reason="拆除")
    assert numbers(imported(table(ROW)))["created"] == 1
    assert Site.objects.current().count() == 1


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(ProfileMissing) as refused:
        receive_table("a.csv", b"x", profile="nothing", region=cast.REGION, actor=cast.machine())
    assert "tower-stations（铁塔站址清单）" in refused.value.hint


def test_a_batch_imports_once() -> None:
    batch = imported(table(ROW))
    with pytest.raises(StepRefused):
        import_now(batch, actor=cast.machine())
    with pytest.raises(StepRefused):
        match_columns(batch, {"site_code": 0, "name": 1}, actor=cast.machine())
    assert Site.objects.count() == 1
