"""The monthly table's page: its cells open their figures, it goes from month to month and out as XLSX."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.web.test_board import client, text
from tests.web.test_report_pages import move_one
from wanqi.core.models import AuditEvent
from wanqi.reports.models import Archive

pytestmark = pytest.mark.usefixtures("demo")


def row(page: str, title: str) -> str:
    found = re.search(rf'<th scope="row">{title}</th>.*?</tr>', page, re.S)
    assert found, title
    return found[0]


def test_every_number_opens_its_figure() -> None:
    page = text(client().get("/table/?period=2023H1"))
    assert "2023年1—6月主要指标调度表" in page
    assert re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page) == [
        "指标", "单位", "全年目标", "本月", "1—6月累计", "同比", "完成率", "序时进度", "六县市名次", "责任股室", "备注",
    ]  # fmt: skip
    new = row(page, "5G基站建设数")
    assert 'href="/figures/infra.5g.new/?period=2023-06" data-drawer>28<' in new
    assert 'href="/figures/infra.5g.new/?period=2023-01..06" data-drawer>120<' in new
    assert 'href="/figures/infra.5g.new.yoy/?period=2023-01..06" data-drawer>下降1.64%<' in new
    assert ">第2名<" in row(page, "入选全省“三化”重点项目企业数")
    assert "2023年1—6月没有填报值" in row(page, "规模工业总产值")
    drawer = text(
        client().get("/figures/digital.three.rank/?period=2023-01..06", headers={"HX-Request": "true"})
    )
    assert "通报排名" in drawer
    assert "岳阳六县市" in drawer


def test_from_month_to_month() -> None:
    page = text(client().get("/table/?period=2023-03"))
    assert 'href="/table/?period=2023-01..02" rel="prev"' in page
    assert 'href="/table/?period=2023-01..04" rel="next"' in page
    january = text(client().get("/table/?period=2023-01"))
    assert 'href="/table/?period=2022-01..12" rel="prev"' in january
    assert "1月累计" in january
    december = text(client().get("/table/?period=2022"))
    assert (
        'href="/table/?period=2023-01" rel="next"' in december or 'period=2023-01..01" rel="next"' in december
    )
    assert client().get("/table/?period=2023-13").status_code == 404


def test_the_file_is_kept_in_the_log() -> None:
    response = client().get("/table/table.xlsx?period=2023-05")
    assert response.content.startswith(b"PK")
    assert "attachment" in response["Content-Disposition"]
    event = AuditEvent.objects.latest("id")
    assert event.verb == "导出"
    assert {one["label"]: one["new"] for one in event.changes}["时期"] == "2023年1—5月"


@pytest.mark.parametrize("path", ["/table/", "/table/table.xlsx"])
def test_strangers_are_refused(path: str) -> None:
    assert client("reporter").get(path).status_code == 403
    assert Client().get(path)["Location"].startswith("/accounts/login/")


def form_of(page: str) -> dict[str, str]:
    found = re.search(r'<form method="post" action="/table/freeze/">(.*?)</form>', page, re.S)
    assert found
    return dict(re.findall(r'name="(period|seen)" value="([^"]*)"', found[1]))


def test_a_leader_locks_the_table_and_a_correction_is_told_beside_it() -> None:
    assert 'id="freeze"' not in text(client("clerk").get("/table/?period=2023H1"))
    leader = client("deputy")
    given = form_of(text(leader.get("/table/?period=2023H1")))
    answer = leader.post("/table/freeze/", given)
    archive = Archive.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/archives/{archive.pk}/")
    page = text(leader.get(answer["Location"]))
    for shown in ("已定稿锁定", "此后没有数据修订", archive.digest, ">下降1.64%<", "下载调度表"):
        assert shown in page, shown
    assert 'id="freeze"' not in text(leader.get("/table/?period=2023H1"))
    station = move_one()
    auditor = client("auditor")
    assert archive.title in text(auditor.get("/archives/?kind=table"))
    assert archive.title not in text(auditor.get("/archives/?kind=report"))
    page = text(auditor.get(f"/archives/{archive.pk}/"))
    assert '>28<div class="now">现为27个</div>' in page
    told = text(auditor.get(f"/archives/{archive.pk}/restatement/"))
    for shown in ("5G基站建设数·本月", "28个", "27个", "更正人测试，核对验收单", f"/sites/{station.pk}/"):
        assert shown in told, shown
    assert "个数据有修订" in text(auditor.get("/table/?period=2023H1"))
    assert leader.post("/table/freeze/", given, follow=True).status_code == 200
    assert Archive.objects.count() == 1  # what was looked at is no longer what stands there
    taken = auditor.get(f"/archives/{archive.pk}/file/")
    assert taken.content.startswith(b"PK")
    assert auditor.get(f"/archives/{archive.pk}/file/?format=docx").status_code == 404
    assert text(auditor.post(f"/archives/{archive.pk}/rebuild/")).count("逐字节相同") == 1
    assert "120条" in text(auditor.get(f"/evidence/?archive={archive.pk}"))


@pytest.mark.parametrize("username", ["clerk", "head", "auditor"])
def test_others_cannot_lock_the_table(username: str) -> None:
    assert client(username).post("/table/freeze/", {"period": "2023H1"}).status_code == 403
    assert client("reporter").post("/table/freeze/", {"period": "2023H1"}).status_code == 403
    assert client("deputy").post("/table/freeze/", {"period": "2023-13"}).status_code == 404
    assert not Archive.objects.exists()
