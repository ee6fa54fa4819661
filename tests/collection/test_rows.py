"""A form of rows: filled in, sent as a workbook, locked into its register as one batch, revised by undoing it."""

from __future__ import annotations

from datetime import date

import pytest

from tests import cast
from tests.collection.asked import clerk, issued, of, told
from tests.collection.sheets import Rows, rebuilt
from wanqi.collection.actions import (
    approve_return,
    lock_return,
    revise_return,
    save_return,
    submit_return,
    take_workbook,
)
from wanqi.collection.models import LockedVersion, Return
from wanqi.collection.reading import read_back
from wanqi.collection.sheet import sheet_of
from wanqi.collection.workbook import workbook
from wanqi.core.errors import RowInvalid
from wanqi.projects.models import Site
from wanqi.registry.actions import undo_now
from wanqi.registry.models import ImportBatch
from wanqi.registry.sheets import open_table

pytestmark = pytest.mark.django_db
ROWS = [
    {
        "site_code": "LX-001",
        "name": "长安一站",
        "operator": "中国移动",
        "built_on": "2023.5.1",
        "opened_on": "2023年6月15日",
    },
    {"site_code": "LX-002", "name": "长安二站", "area": "演示片区01", "opened_on": "2023/6/20"},
]


def stations() -> Return:
    return of(issued("infra-5g-stations", "2023-06"), "tower")


def locked(row: Return) -> Return:
    row = approve_return(submit_return(row, actor=cast.machine()), actor=cast.machine())
    return lock_return(row, actor=cast.machine())


def sites() -> list[tuple[str, date | None, bool]]:
    found = Site.objects.order_by("site_code", "pk")
    return [(one.site_code, one.opened_on, one.withdrawn_at is None) for one in found]


def test_the_columns_are_those_of_the_profile() -> None:
    sheet = sheet_of(stations())
    assert [(one.field, one.kind, one.required) for one in sheet.columns] == [
        ("site_code", "text", True),
        ("name", "text", True),
        ("area", "area", False),
        ("operator", "enum", False),
        ("built_on", "date", False),
        ("opened_on", "date", False),
    ]
    assert sheet.columns[3].choices == ("移动", "电信", "联通", "广电")
    assert [one.message for one in sheet.findings] == ["还没有填写明细。"]


def test_rows_become_records_only_when_locked() -> None:
    given = [ROWS[0], {**ROWS[1], "name": "长安\x00二站", "colour": "red"}, {"name": " "}]
    row = save_return(stations(), rows=given, actor=cast.machine(), seen=1)
    assert (row.rows, row.edition) == (ROWS, 1)
    row = approve_return(submit_return(row, actor=cast.machine()), actor=cast.machine())
    assert Site.objects.count() == 0
    row = lock_return(row, actor=cast.machine())
    assert sites() == [("LX-001", date(2023, 6, 15), True), ("LX-002", date(2023, 6, 20), True)]
    first = Site.objects.get(site_code="LX-001")
    assert (first.operator, first.built_on, str(first.unit), str(first.office)) == (
        "移动",
        date(2023, 5, 1),
        "铁塔公司",
        "信息化与数字产业股",
    )
    assert row.batch is not None
    assert (row.batch.state, row.batch.counts["created"]) == ("done", 2)
    assert LockedVersion.objects.get().content["rows"] == ROWS
    assert lock_return(row, actor=cast.machine()).batch_id == row.batch_id
    assert Site.objects.count() == 2


def test_rows_of_a_demonstration_are_marked_whoever_locks_them() -> None:
    round = issued("infra-5g-stations", "2023-06", is_demonstration=True)
    row = locked(save_return(of(round, "tower"), rows=ROWS, actor=cast.machine()))
    assert row.is_demonstration
    assert list(Site.objects.values_list("is_demonstration", flat=True)) == [True, True]
    other = of(issued("infra-5g-stations", "2023-07"), "tower")
    locked(save_return(other, rows=[{**ROWS[0], "site_code": "LX-003"}], actor=cast.machine()))
    assert not Site.objects.get(site_code="LX-003").is_demonstration


def test_the_batch_is_undone_as_a_whole() -> None:
    row = locked(save_return(stations(), rows=ROWS, actor=cast.machine()))
    assert row.batch is not None
    undo_now(row.batch, actor=cast.machine())
    assert [stands for _, _, stands in sites()] == [False, False]


def test_wrong_cells_stop_the_submission_by_row() -> None:
    wrong = [
        {**ROWS[0], "opened_on": "2023年6月", "operator": "铁通"},
        {**ROWS[1], "name": ""},
        {**ROWS[1], "built_on": "2023-07-01"},
        {**ROWS[0]},
    ]
    row = save_return(stations(), rows=wrong, actor=cast.machine())
    with pytest.raises(RowInvalid) as refused:
        submit_return(row, actor=cast.machine())
    fields = {name: messages[0].partition("。")[0] for name, messages in refused.value.fields.items()}
    assert fields == {
        "row-1.operator": "第1行运营商：“铁通”不在运营商的取值中",
        "row-1.opened_on": "第1行开通日期：“2023年6月”缺少日",
        "row-2.name": "第2行站址名称：没有填写",
        "row-3.site_code": "第3行站址编码：与第2行的站址编码相同",
        "row-4.site_code": "第4行站址编码：与第1行的站址编码相同",
    }
    assert told(row) == ("draft", 2, 1)


def test_nothing_new_is_said_and_not_left_blank() -> None:
    row = save_return(stations(), rows=[], nothing=True, actor=cast.machine())
    row = locked(row)
    assert (row.state, row.batch_id, Site.objects.count()) == ("locked", None, 0)
    both = of(issued("infra-5g-stations", "2023-07"), "tower")
    both = save_return(both, rows=ROWS, nothing=True, actor=cast.machine())
    with pytest.raises(RowInvalid, match="勾选了“本期无新增”，却填了明细"):
        submit_return(both, actor=cast.machine())


def test_more_rows_than_the_form_takes_are_refused() -> None:
    row = stations()
    many = [{"site_code": f"L{number}", "name": "站"} for number in range(501)]
    with pytest.raises(RowInvalid, match="有501行，这张报表最多500行"):
        save_return(row, rows=many, actor=cast.machine())
    assert told(row) == ("open", 1, 0)


def test_a_revision_takes_the_first_batch_back() -> None:
    row = locked(save_return(stations(), rows=ROWS, actor=cast.machine()))
    first = row.batch_id
    row = revise_return(row, actor=cast.machine(), reason="LX-002尚未开通")
    assert [stands for _, _, stands in sites()] == [True, True]
    row = locked(save_return(row, rows=[{**ROWS[0], "opened_on": "2023-06-16"}], actor=cast.machine()))
    assert ImportBatch.objects.get(pk=first).state == "undone"
    assert [one for one in sites() if one[2]] == [("LX-001", date(2023, 6, 16), True)]
    assert row.batch_id != first


def test_a_row_the_register_refuses_locks_nothing() -> None:
    row = approve_return(
        submit_return(save_return(stations(), rows=ROWS, actor=cast.machine()), actor=cast.machine()),
        actor=cast.machine(),
    )
    # The officer who locks may not change a station that another office registered meanwhile.
    cast.site("LX-001", office=cast.offices()[0], opened_on=date(2023, 6, 1))
    with pytest.raises(RowInvalid) as refused:
        lock_return(row, actor=clerk("digital"))
    assert refused.value.fields["rows"][0] == "有1行不能登记，本次没有锁定。"
    assert "已由其他股室或单位登记" in refused.value.fields["rows"][1]
    assert told(row)[0] == "approved"
    assert (ImportBatch.objects.count(), Site.objects.count()) == (0, 1)


def test_the_workbook_goes_out_with_rules_and_comes_back_with_rows() -> None:
    row = save_return(stations(), rows=ROWS[:1], actor=cast.machine())
    content = workbook(row)
    names = [one.name for one in open_table(content).sheets]
    assert names == ["填报表", "wanqi", "填表说明"]

    def change(rows: Rows) -> Rows:
        rows.append(["LX-002", "长安二站", "演示片区01", "", "", 45097.0])
        rows.append(["合计", "2"])
        return [["附件"], *rows]

    row, read = take_workbook(row, "明细.xlsx", rebuilt(content, change), actor=cast.machine())
    assert row.rows == [ROWS[0], {**ROWS[1], "opened_on": "45097"}]
    assert [one.message for one in read.problems] == ["第8行是合计行，没有读入"]
    assert locked(row).state == "locked"
    assert [one[:2] for one in sites()] == [("LX-001", date(2023, 6, 15)), ("LX-002", date(2023, 6, 20))]


def test_a_workbook_with_wrong_cells_keeps_them_and_names_each() -> None:
    row = stations()

    def change(rows: Rows) -> Rows:
        return [*rows, ["LX-001", "", "", "铁通", "", "2023年6月"]]

    read = read_back(rebuilt(workbook(row), change), row)
    assert read.rows == [{"site_code": "LX-001", "operator": "铁通", "opened_on": "2023年6月"}]
    assert [(one.cell, one.line, one.message) for one in read.problems] == [
        ("B5", "row-1", "站址名称：没有填写"),
        ("D5", "row-1", "运营商：“铁通”不在运营商的取值中"),
        ("F5", "row-1", "开通日期：“2023年6月”缺少日"),
    ]
    assert read.nothing is False
