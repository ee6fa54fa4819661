"""定稿档案, 数据修订说明 and 佐证材料包 as pages: who sees them, what they say, what may be taken and is logged."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.http import HttpResponse

from tests import cast
from tests.web.test_report_pages import OTHERS, READERS, client, move_one, text
from wanqi.core.access import actor_of
from wanqi.core.models import AuditEvent, User
from wanqi.reports.actions import evidence
from wanqi.reports.actions.evidence import make_package
from wanqi.reports.actions.freezing import freeze_report
from wanqi.reports.archives.contents import output_path, verify
from wanqi.reports.archives.keeping import part_of
from wanqi.reports.models import Archive, Draft, EvidencePackage

pytestmark = pytest.mark.usefixtures("demo")
MADE = datetime(2023, 7, 3, 2, 30, tzinfo=UTC)
INDICATOR = "/evidence/?indicator=infra.5g.new&period=2023H1"


@pytest.fixture
def archive(demo: None) -> Archive:
    return freeze_report(Draft.objects.get(period="2023H1"), actor=cast.machine(), made=MADE)


def body(response: HttpResponse) -> bytes:
    assert response.status_code == 200, response.status_code
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def last_taken() -> list[str]:
    return [one["new"] for one in AuditEvent.objects.filter(verb="导出").latest("id").changes]


@pytest.mark.parametrize("username", ["finance", "auditor"])
def test_readers_see_the_report_as_signed(archive: Archive, username: str) -> None:
    browser = client(username)
    assert archive.title in text(browser.get("/archives/"))
    page = text(browser.get(f"/archives/{archive.pk}/"))
    for shown in ("定稿锁定", archive.digest, "完成5G基站建设", "120个", "此后没有数据修订", "演示数据"):
        assert shown in page, shown
    assert "没有变化" in text(browser.get(f"/archives/{archive.pk}/restatement/"))


def test_others_get_nothing(archive: Archive) -> None:
    assert set(READERS).isdisjoint(OTHERS)
    for username in OTHERS:
        browser = client(username)
        for path in ("", "file/", "zip/", "restatement/", "restatement/file/"):
            assert browser.get(f"/archives/{archive.pk}/{path}").status_code == 403, (username, path)
        assert browser.post(f"/archives/{archive.pk}/rebuild/").status_code == 403
        assert browser.get(INDICATOR).status_code == 403
        assert browser.post("/evidence/take/", {"archive": archive.pk}).status_code == 403
    assert client().get("/archives/999999/").status_code == 404
    assert not AuditEvent.objects.filter(verb="导出").exists()


def test_files_are_those_that_were_signed_and_taking_them_is_logged(archive: Archive) -> None:
    browser = client()
    for form in ("docx", "pdf", "html", "xlsx"):
        answer = browser.get(f"/archives/{archive.pk}/file/?format={form}")
        assert body(answer) == part_of(archive, output_path(form)), form
        assert last_taken() == ["定稿", form.upper()]
        assert "%E6%BC%94%E7%A4%BA%E6%95%B0%E6%8D%AE" in answer["Content-Disposition"]  # 演示数据
    assert browser.get(f"/archives/{archive.pk}/file/?format=exe").status_code == 404
    whole = verify(BytesIO(body(browser.get(f"/archives/{archive.pk}/zip/"))))
    assert (whole.digest, whole.wrong) == (archive.digest, ())
    assert [one.path for one in whole.parts if one.state == "withheld"] == ["inputs/rows/listing_plans.json"]


def test_a_correction_afterwards_is_told_on_both_pages_and_the_report_stays(archive: Archive) -> None:
    station = move_one()
    browser = client()
    page = text(browser.get(f"/archives/{archive.pk}/"))
    assert "个数据有修订" in page
    assert "120个" in page
    told = text(browser.get(f"/archives/{archive.pk}/restatement/"))
    for shown in ("120个", "119个", "更正人测试，核对验收单", f"/sites/{station.pk}/", "完成5G基站建设119个"):
        assert shown in told, shown
    hidden = text(client("finance").get(f"/archives/{archive.pk}/restatement/"))
    assert "1条记录有改动，您的角色不能查看明细" in hidden
    assert station.name not in hidden
    for form, start in (("docx", b"PK"), ("pdf", b"%PDF-"), ("xlsx", b"PK")):
        answer = browser.get(f"/archives/{archive.pk}/restatement/file/?format={form}")
        assert body(answer).startswith(start)
    assert last_taken() == ["数据修订说明", "XLSX"]


def test_the_report_is_made_again_on_the_page(archive: Archive) -> None:
    page = text(client("auditor").post(f"/archives/{archive.pk}/rebuild/"))
    assert page.count("逐字节相同") == 4
    assert "数字和文字：全部相同" in page


def test_a_small_package_is_taken_at_once() -> None:
    browser = client()
    page = text(browser.get(INDICATOR))
    assert "120条" in page
    answer = browser.post("/evidence/take/", {"indicator": "infra.5g.new", "period": "2023H1"})
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(BytesIO(body(answer))) as package:
        assert package.namelist()[:2] == ["目录.xlsx", "目录.pdf"]
    assert last_taken()[0] == "临湘市2023年上半年5G基站建设数佐证材料包"
    for wrong in (
        "?indicator=no.such&period=2023H1",
        "?indicator=infra.5g.new&period=2023H9",
        "?draft=x",
        "?",
    ):
        assert browser.get(f"/evidence/{wrong}").status_code == 404, wrong


def test_a_large_package_is_its_makers_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wanqi.web.console.archives.packages.AT_ONCE", 10)
    monkeypatch.setattr(evidence, "AT_ONCE", 10)
    browser, draft = client(), Draft.objects.get(period="2023H1")
    assert "生成佐证材料包" in text(browser.get(f"/evidence/?draft={draft.pk}"))
    answer = browser.post("/evidence/take/", {"draft": draft.pk})
    package = EvidencePackage.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/evidence/{package.pk}/")
    assert "正在排队" in text(browser.get(f"/evidence/{package.pk}/"))
    assert browser.get(f"/evidence/{package.pk}/file/").status_code == 404
    me = actor_of(User.objects.get(username="clerk"))
    make_package(package.pk, actor=me, progress=lambda done, total: None)
    evidence.package_ended(package.job_id)
    assert "已生成" in text(browser.get(f"/evidence/{package.pk}/"))
    assert verify(BytesIO(body(browser.get(f"/evidence/{package.pk}/file/")))).wrong == ()
    assert client("leader").get(f"/evidence/{package.pk}/file/").status_code == 404
