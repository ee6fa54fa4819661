"""指标目录: what each indicator means, where it comes from, where it is used; found by its words; exported."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from wanqi.core.models import AuditEvent, User
from wanqi.core.packs import current_pack

pytestmark = pytest.mark.usefixtures("demo")
REGION = "cn-430682"


def page(path: str, username: str = "clerk", status: int = 200) -> str:
    browser = Client()
    browser.force_login(
        User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    answer = browser.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_every_kind_of_indicator_has_its_page():
    kinds = {(one.nature, one.operator): one for one in current_pack(REGION).indicators.values()}
    assert len(kinds) > 12
    for one in kinds.values():
        assert one.title in page(f"/indicators/{one.id}/?period=2023H1")


def test_an_indicator_tells_all_that_is_known_of_it():
    told = page("/indicators/infra.5g.total/?period=2023H1")
    for shown in ("571个", "5G基站台账", "时点数", "按开通日期", "信息化与数字产业股", "近十二个月怎样变化？",
                  "2022年7月",
                  "5G基站全年目标完成率", "主要指标调度表", "〔5G基站累计数〕"):  # fmt: skip
        assert shown in told, shown
    assert told.count("<rect") >= 5
    assert 'href="/indicators/infra.5g.forecast/?period=2023H1"' in told
    years = page("/indicators/infra.5g.total/?period=2023H1&by=year")
    assert "近十年怎样变化？" in years
    assert "451个" in years


def test_the_catalogue_is_found_by_name_alias_and_office():
    assert "共" in page("/indicators/")
    found = page("/indicators/?q=规上工业企业")
    assert "规模工业企业数" in found
    assert "5G基站累计数" not in found
    assert "5G基站累计数" in page("/indicators/?office=digital&q=基站")
    assert "没有找到" in page("/indicators/?q=没有这个")
    assert page("/indicators/?q=%00") != ""


def test_the_catalogue_is_exported_as_it_is_narrowed():
    browser = Client()
    browser.force_login(
        User.objects.get(username="auditor"), backend="django.contrib.auth.backends.ModelBackend"
    )
    answer = browser.get("/indicators/catalogue.xlsx?q=5G基站累计数&period=2023H1")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert ["5G基站累计数", "infra.5g.total", "571个"] in [
        [row[0], row[1], row[9]] for row in rows if len(row) > 9
    ]
    assert AuditEvent.objects.filter(verb="导出").count() == 1


@pytest.mark.parametrize("username", ["reporter", "expert", "system-admin"])
def test_others_are_refused(username: str):
    for path in ("/indicators/", "/indicators/infra.5g.total/", "/indicators/catalogue.xlsx"):
        page(path, username, status=403)


def test_what_does_not_exist_is_missing():
    page("/indicators/nothing/", status=404)
    page("/indicators/infra.5g.total/?period=2023H9", status=404)
