"""目标分解: one table in, every difference shown, who may write, what a later reader sees."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from wanqi.core.models import Area, AuditEvent, Office, Unit, User
from wanqi.indicators.models import TargetBreakdown, TargetPart

pytestmark = pytest.mark.usefixtures("demo")
REGION = "cn-430682"
BY_AREA = "/targets/infra.5g.target/2023/area/"
BY_OPERATOR = "/targets/infra.5g.target/2023/operator/"


def client(username: str = "clerk") -> Client:
    browser = Client()
    browser.force_login(
        User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    return browser


@pytest.fixture(autouse=True)
def nothing_broken_down(demo: None) -> None:
    """Begin without the demonstration's own breakdowns."""
    gone = {"withdrawn_at": timezone.now(), "withdrawn_reason": "从头分解"}
    TargetPart.objects.update(**gone)
    TargetBreakdown.objects.update(**gone)


def areas() -> list[Area]:
    return list(Area.objects.filter(region_id=REGION, active=True).order_by("position"))


def filled(values: dict[str, str], **further: str) -> dict[str, str]:
    """Return the form with a value per area code."""
    rows = {f"value_{area.pk}": values.get(area.code, "") for area in areas()}
    return {**rows, "basis": "whole", "adding": "equal", "source": "下达文件", **further}


EIGHT = {f"demo-0{number}": "100" for number in range(1, 9)}


def test_a_target_is_broken_down_in_one_table_and_adds_up():
    browser, before = client(), AuditEvent.objects.filter(verb="分解目标").count()
    assert browser.post(f"{BY_AREA}edit/", filled(EIGHT)).status_code == 302
    row = TargetBreakdown.objects.current().get(indicator="infra.5g.target", year=2023, dimension="area")
    assert (row.parts.count(), row.office.code, row.source) == (8, "digital", "下达文件")
    page = browser.get(BY_AREA).content.decode()
    assert "分项合计800个，与总目标800个相等。" in page
    # 演示片区03: what stood at the year-end does not count; only what this year had to add.
    assert page.count("chip is-red") >= 1
    assert AuditEvent.objects.filter(verb="分解目标").count() - before == 9


def test_a_difference_is_shown_wherever_the_breakdown_stands():
    browser = client()
    browser.post(f"{BY_AREA}edit/", filled({**EIGHT, "demo-08": "40"}))
    for path in (BY_AREA, "/targets/"):
        assert "分项合计740个，比总目标800个少60个，请核对。" in browser.get(path).content.decode()
    wanted = {"adding": "above", "reason": "改为加压", "seen": "1"}
    browser.post(f"{BY_AREA}edit/", filled({**EIGHT, "demo-08": "180"}, **wanted))
    assert "比总目标800个多80个（加压10.00%）" in browser.get(BY_AREA).content.decode()


def test_the_gain_of_the_year_can_be_broken_down_instead():
    browser = client()
    browser.post(f"{BY_AREA}edit/", filled({"demo-01": "200", "demo-02": "149"}, basis="gain"))
    page = browser.get(BY_AREA).content.decode()
    assert "分项合计349个，与总目标349个相等。" in page


def test_a_correction_needs_its_reason_and_the_newest_state():
    browser = client()
    browser.post(f"{BY_AREA}edit/", filled(EIGHT))
    changed = filled({**EIGHT, "demo-01": "90", "demo-03": ""})
    refused = browser.post(f"{BY_AREA}edit/", {**changed, "seen": "1"})
    assert refused.status_code == 422
    assert TargetPart.objects.current().count() == 8
    assert browser.post(f"{BY_AREA}edit/", {**changed, "seen": "1", "reason": "会议调整"}).status_code == 302
    assert TargetPart.objects.current().count() == 7
    stale = browser.post(f"{BY_AREA}edit/", {**filled(EIGHT), "seen": "1", "reason": "再改"})
    assert stale.status_code == 422
    assert "已在" in stale.content.decode()
    assert TargetPart.objects.current().count() == 7
    history = browser.get(BY_AREA).content.decode()
    assert "更正：演示片区01" in history
    assert "取消分项：演示片区03" in history


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"value_{first}": "abc"}, "“abc”不是数。"),
        ({"value_{first}": "-5"}, "“-5”不是数。"),
        ({"person_{first}": "张三"}, "还没有填目标数"),
        ({"value_{first}": "5", "due_{first}": "明天"}, "日期请写成2023-06-30的样子。"),
        ({}, "请至少填写一个分项的目标数。"),
    ],
)
def test_what_is_wrong_is_told_at_its_line_and_nothing_is_kept(typed: dict[str, str], told: str):
    first = str(areas()[0].pk)
    given = {name.format(first=first): value for name, value in typed.items()}
    answer = client().post(f"{BY_AREA}edit/", {**filled({}), **given})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not TargetBreakdown.objects.current().exists()


def test_a_unit_stands_by_what_it_reported():
    browser = client()
    tower = Unit.objects.get(region_id=REGION, code="tower")
    browser.post(f"{BY_OPERATOR}edit/", {f"value_{tower.pk}": "1,000", "basis": "whole", "adding": "overlap"})
    page = browser.get(BY_OPERATOR).content.decode()
    assert "分项互有重叠，合计不等于总目标。" in page
    assert "1000个" in page


def test_only_the_office_in_charge_writes_and_readers_read():
    client().post(f"{BY_AREA}edit/", filled(EIGHT))
    other = User.objects.create(username="other-office", display_name="别股室")
    office = Office.objects.get(region_id=REGION, code="science")
    other.grants.create(role="clerk", region_id=REGION, office=office)
    elsewhere = client("other-office")
    assert elsewhere.get(BY_AREA).status_code == 200
    assert elsewhere.get(f"{BY_AREA}edit/").status_code == 403
    assert elsewhere.post(f"{BY_AREA}withdraw/", {"reason": "试"}).status_code == 403
    for username in ("leader", "auditor"):
        assert client(username).get(BY_AREA).status_code == 200
        assert client(username).post(f"{BY_AREA}edit/", filled(EIGHT)).status_code == 403
    for username in ("reporter", "expert", "finance", "system-admin"):
        assert client(username).get("/targets/").status_code == 403
    assert TargetPart.objects.current().count() == 8


def test_a_withdrawn_breakdown_leaves_its_reason_and_can_be_made_anew():
    browser = client()
    browser.post(f"{BY_AREA}edit/", filled(EIGHT))
    browser.post(f"{BY_AREA}withdraw/", {"reason": ""})
    assert TargetBreakdown.objects.current().count() == 1
    browser.post(f"{BY_AREA}withdraw/", {"reason": "口径改了"})
    assert browser.get(BY_AREA).status_code == 404
    assert browser.post(f"{BY_AREA}edit/", filled(EIGHT)).status_code == 302


def test_the_export_says_how_the_parts_add():
    browser = client()
    browser.post(f"{BY_AREA}edit/", filled({**EIGHT, "demo-08": "40"}))
    answer = browser.get(f"{BY_AREA}breakdown.xlsx")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    said = [cell for row in rows for cell in row if isinstance(cell, str)]
    assert "演示片区01" in said
    assert "分项合计740个，比总目标800个少60个，请核对。" in said
    assert AuditEvent.objects.filter(verb="导出").count() == 1


@pytest.mark.parametrize(
    "path",
    ["/targets/infra.5g.total/2023/area/", "/targets/infra.5g.target/1999/area/", BY_AREA,
     "/targets/infra.5g.target/2023/nothing/edit/", "/targets/nothing/2023/area/edit/"],
)  # fmt: skip
def test_what_does_not_exist_is_missing(path: str):
    assert client().get(path).status_code == 404
