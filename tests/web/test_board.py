"""The board and the figure drawer: what they show, to whom, and how deep they open."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.test import Client

from tests import cast
from wanqi.core.models import AuditEvent, User
from wanqi.projects.actions import correct_site
from wanqi.projects.models import Site

pytestmark = pytest.mark.usefixtures("demo")
READERS = ("clerk", "head", "deputy", "leader", "finance", "auditor")
OTHERS = ("reporter", "expert", "system-admin", "security-admin", "audit-admin")
TOTAL = "/figures/infra.5g.total/?period=2023H1"
IN_DRAWER = {"HX-Request": "true"}


def client(username: str = "clerk") -> Client:
    browser = Client()
    browser.force_login(
        User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    return browser


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.mark.parametrize("username", READERS)
def test_the_board_opens_on_the_half_year_with_its_figures(username: str):
    page = text(client(username).get("/board/"))
    for shown in ("2023年上半年", "571个", "120个", "26.61%", "800个", "71.38%", "50.00%", "约691个", "滞后"):
        assert shown in page, shown
    assert "年底5G基站累计能否达到800个？" in page
    assert "今年需新增349个，已新增120个（34.38%），序时进度50.00%" in page


@pytest.mark.parametrize("username", OTHERS)
@pytest.mark.parametrize("path", ["/board/", TOTAL, "/figures/infra.5g.total/rows.xlsx?period=2023H1"])
def test_others_are_refused(username: str, path: str):
    assert client(username).get(path).status_code == 403


def test_without_sign_in_one_is_sent_to_it():
    response = Client().get("/board/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/board/")


def chart(page: str) -> dict:
    found = re.search(r'<script id="infra-5g-total" type="application/json">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


def test_the_chart_is_plain_data_with_target_last_year_and_forecast():
    option = chart(text(client().get("/board/")))
    series = {one["name"]: one["data"] for one in option["series"]}
    assert series["全年目标"] == [800.0] * 12
    assert series["上年累计"][11] == 451
    assert [point and point["value"] for point in series["本年累计"]] == [
        463, 472, 496, 517, 543, 571, None, None, None, None, None, None,
    ]  # fmt: skip
    assert series["按当前进度预计"][5:] == [571, 591, 611, 631, 651, 671, 691]
    assert series[""][11] + series["预计区间"][11] == 746


def test_the_chart_has_a_table_that_says_the_same():
    page = text(client().get("/board/"))
    assert "约691（636—746）" in page
    table = re.search(r"查看图中数据.*?</table>", page, re.DOTALL)
    assert table
    assert table[0].count('<th scope="row">') == 12


def test_one_area_has_no_target_of_its_own():
    browser = client()
    area = cast.area()
    browser.post("/place/", {"area": area.pk, "period": "2023H1", "next": "/board/"})
    page = text(browser.get("/board/"))
    assert area.name in page
    assert "年底5G基站累计能否达到" not in page
    counted = Site.objects.filter(area=area, opened_on__lte=date(2023, 6, 30)).count()
    assert f"{counted}个" in page


@pytest.mark.parametrize("username", READERS)
def test_the_monthly_table_is_exported_with_its_mark(username: str):
    response = client(username).get("/board/table.xlsx")
    assert response.status_code == 200
    assert response.content.startswith(b"PK")
    assert "%E6%BC%94%E7%A4%BA%E6%95%B0%E6%8D%AE" in response["Content-Disposition"]
    assert AuditEvent.objects.filter(verb="导出").count() == 1


@pytest.mark.parametrize("username", OTHERS)
def test_nobody_else_takes_the_monthly_table(username: str):
    assert client(username).get("/board/table.xlsx").status_code == 403
    assert not AuditEvent.objects.filter(verb="导出").exists()


def test_a_figure_opens_down_to_its_rows():
    page = text(client().get(TOTAL, headers=IN_DRAWER))
    assert "<html" not in page
    for shown in ("571条记录", "上年末451个＋本年120个＝571个", "不按建成日期", "有台账", "演示数据",
                  "累计达<b>571个</b>", "报告原值", "累计达571个"):  # fmt: skip
        assert shown in page, shown
    assert page.count("<tr data-row>") == 20
    assert "第1页，共29页" in page
    assert "/sites/?area=&amp;technology=5G&amp;opened_to=2023-06-30" in page


def test_the_same_figure_has_a_page_of_its_own():
    page = text(client().get(TOTAL))
    assert page.startswith("<!doctype html>")
    assert "上年末451个＋本年120个＝571个" in page


def test_rows_are_found_and_turned():
    browser = client()
    rows = "/figures/infra.5g.new/rows/?period=2023H1"
    found = text(browser.get(f"{rows}&q=演示-0571", headers=IN_DRAWER))
    assert "找到1条" in found
    assert found.count("<tr data-row>") == 1
    last = text(browser.get(f"{rows}&page=6", headers=IN_DRAWER))
    assert "第6页，共6页" in last
    assert "没有找到" in text(browser.get(f"{rows}&q=没有这个站", headers=IN_DRAWER))


def test_every_input_has_its_own_address():
    growth = text(client().get("/figures/infra.5g.total.vs_year_end/?period=2023H1", headers=IN_DRAWER))
    assert "（571−451）÷451＝26.61%" in growth
    assert "/figures/infra.5g.total/?period=2022-12-31" in growth
    base = text(client().get("/figures/infra.5g.total/?period=2022-12-31", headers=IN_DRAWER))
    assert "451条记录" in base


def test_a_target_opens_onto_the_document_it_was_taken_from():
    page = text(client().get("/figures/infra.5g.target/?period=2023H1", headers=IN_DRAWER))
    assert "仅报数" in page
    assert "二·第2句" in page
    assert "/observations/" in page


def test_the_finance_office_sees_the_number_but_not_the_rows():
    page = text(client("finance").get(TOTAL, headers=IN_DRAWER))
    assert "571条记录" in page
    assert "<tr data-row>" not in page
    assert client("finance").get("/figures/infra.5g.total/rows.xlsx?period=2023H1").status_code == 404


def test_a_change_is_told_in_the_drawer():
    actor = cast.machine()
    station = Site.objects.filter(opened_on__gte=date(2023, 6, 1), built_on__lte=date(2023, 6, 10)).first()
    correct_site(station, {"opened_on": date(2023, 7, 3)}, actor=actor, reason="核对")
    page = text(client().get("/figures/infra.5g.new/?period=2023H1", headers=IN_DRAWER))
    assert "120→119" in page
    assert f"{station.name}开通日期由" in page


def test_rows_are_exported_with_the_mark_and_a_line_in_the_log():
    response = client().get("/figures/infra.5g.new/rows.xlsx?period=2023H1")
    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"PK")
    assert "%E6%BC%94%E7%A4%BA%E6%95%B0%E6%8D%AE" in response["Content-Disposition"]
    event = AuditEvent.objects.filter(verb="导出").latest("id")
    assert [change["new"] for change in event.changes] == ["5G基站建设数", "2023年上半年", "120"]


@pytest.mark.parametrize(
    "path",
    ["/figures/nothing/", "/figures/infra.5g.new/?period=2023H9", "/figures/infra.5g.new/?period=2023H1&area=x",
     "/figures/infra.5g.pace/rows.xlsx?period=2023H1"],
)  # fmt: skip
def test_what_does_not_exist_is_said_to_be_missing(path: str):
    assert client().get(path).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "9999", "x", "1e9"])
def test_an_odd_page_number_gives_a_page(page: str):
    response = client().get(f"/figures/infra.5g.new/rows/?period=2023H1&page={page}", headers=IN_DRAWER)
    assert "<tr data-row>" in text(response)


def test_five_months_give_no_forecast_and_say_so():
    browser = client()
    browser.post("/place/", {"area": "", "period": "2023-01..05", "next": "/board/"})
    page = text(browser.get("/board/"))
    assert "543个" in page
    assert "只有5个月的数据，少于6个月，不作预测" in page
    assert "按当前进度年末" not in page


@pytest.mark.parametrize("period", ["2023H3", "0001H1", "1900H1", "2200H2", "9999", "9999-12", "\x00", "²"])
def test_an_odd_period_is_told_and_no_failure(period: str):
    for id in ("infra.5g.total", "infra.5g.new.yoy", "infra.5g.pace", "infra.5g.forecast"):
        assert client().get(f"/figures/{id}/", {"period": period}).status_code in (200, 400, 404)


def test_odd_letters_in_a_search_or_area_are_no_failure():
    assert client().get("/figures/infra.5g.total/", {"area": "\x00", "q": "a\x00b"}).status_code == 200
    assert client().get("/figures/infra.5g.total/rows/", {"q": "\x00"}, headers=IN_DRAWER).status_code == 200
    assert client().get("/figures/infra.5g.total/", {"area": "没有"}).status_code == 404


@pytest.mark.parametrize("username", ["deputy", "leader", "auditor", "finance"])
def test_who_only_reads_has_the_figures_first_on_the_desk(username: str):
    page = text(client(username).get("/"))
    assert 'class="key-figure"' in page
    assert 'href="/figures/infra.5g.total/?period=2023H1"' in page
    assert "滞后" in page


def test_a_clerk_has_the_tasks_first_on_the_desk():
    assert 'class="key-figure"' not in text(client("clerk").get("/"))
